import { z } from 'zod'
import * as ids from '../../ids/ids.ts'
import { wallMsSchema } from './facts.ts'

/** Why a person opens a lane: a closed list, since the ledger keeps no free words about people. */
export const laneReasonSchema = z.enum([
  'fault',
  'help',
  'delivery',
  'rush',
  'event',
  'emergency',
  'maintenance',
])
export type LaneReason = z.infer<typeof laneReasonSchema>

const lane = { laneId: ids.laneIdSchema }
/** Who asked, as an opaque id. */
const by = z.string().min(1).max(64)

/** A person let one vehicle through; with its stay where the lane knew it, whose departure is an entry of its own. */
export const laneOpenedByHandSchema = z.object({
  ...lane,
  by,
  reason: laneReasonSchema,
  effectId: ids.effectIdSchema,
  sessionId: ids.sessionIdSchema.optional(),
})

/** A vehicle passed without a stay and without alarm: the count follows it. */
export const lanePassedSchema = z.object({
  ...lane,
  zoneId: ids.zoneIdSchema,
  direction: z.enum(['entry', 'exit']),
  why: z.enum(['by_hand', 'held', 'fire']),
})

/** The boom is kept up until then; who passes is counted and no tailgate. */
export const laneHoldStartedSchema = z.object({
  ...lane,
  by,
  reason: laneReasonSchema,
  untilMs: wallMsSchema,
})
/** A person says that the fire that this contact told is over: its booms are let go. */
export const laneFireEndedSchema = z.object({ deviceId: ids.deviceIdSchema, by })

/** Without `by` its time was over. */
export const laneHoldEndedSchema = z.object({ ...lane, by: by.optional() })
