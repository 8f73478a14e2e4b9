import {
  effectIdSchema,
  type LaneId,
  laneIdSchema,
  newId,
  type SessionId,
  sessionIdSchema,
} from '@gatehouse/shared/ids/ids'
import { err, ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { laneReasonSchema } from '@gatehouse/shared/wire/v1/lane-acts'
import { z } from 'zod'
import { lockdownSince } from '../access/lockdown.ts'
import { type Command, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { waitingByHand, waitingMax } from './hand-opening-store.ts'
import { releasedUnpaidIncident } from './incident-kinds.ts'
import type { ParkingOptions } from './parking-options.ts'
import { release } from './release-exit.ts'
import { readPending, readSession, stayingStates } from './session-store.ts'
import { lanePlace } from './site-plan.ts'
import { vendEffect } from './vend.ts'

const inputSchema = z.object({
  laneId: laneIdSchema,
  /** Who asks, as an opaque id. */
  by: z.string().min(1).max(64),
  reason: laneReasonSchema,
})

/** What opening by hand answers; `sessionId`: the stay that leaves with its debt on record. */
export interface HandOpening {
  readonly effectId: string
  readonly sessionId?: string
}

/**
 * A person lets one vehicle through. At an exit that refused a stay it is this stay that leaves, its debt on record.
 * Refusals: `unknown_lane`, `lockdown` (an entry, while nobody is let in), `lane_busy` (an entry, where enough are let in already).
 */
export function openLaneByHand(options: ParkingOptions): Command {
  return defineCommand({
    kind: 'openLaneByHand',
    priority: 1,
    sells: false,
    input: inputSchema,
    run: (db, input: z.infer<typeof inputSchema>, context) => {
      const { laneId } = input
      const found = lanePlace(options.directory, laneId)
      if (!found) return err({ code: 'unknown_lane' })
      const isExit = found.place.direction === 'exit'
      if (!isExit && lockdownSince(db) !== undefined) return err({ code: 'lockdown' })
      // Where no loop is heard nobody is seen to pass, and still a person lets out whoever wants to leave.
      if (!isExit && waitingByHand(db, laneId) >= waitingMax) return err({ code: 'lane_busy' })
      const sessionId = isExit ? refusedStay(db, laneId) : undefined
      const released = sessionId && release(db, options, { laneId, sessionId }, context)
      const departing = released?.events.find(({ type }) => type === 'session.departing')
      if (released && departing?.type === 'session.departing') {
        const { effectId } = departing.body
        const events = [
          handEvent({ ...input, effectId, sessionId }),
          ...released.events.filter(({ type, body }) => !isPolicy(type, body)),
        ]
        return ok({
          events,
          effects: released.effects,
          answer: (): HandOpening => ({ effectId, sessionId }),
        })
      }
      const effectId = newId(effectIdSchema, 'fx', context.random)
      return ok({
        events: [handEvent({ ...input, effectId })],
        effects: [vendEffect(effectId, { laneId, barrierDeviceId: found.lane.barrierDeviceId })],
        answer: (): HandOpening => ({ effectId }),
      })
    },
  })
}

function handEvent(body: Extract<LedgerEvent, { type: 'lane.opened_by_hand' }>['body']): LedgerEvent {
  return { type: 'lane.opened_by_hand', body }
}

/** It was a person, not the policy, who opened. */
function isPolicy(type: string, body: object): boolean {
  return type === 'incident.opened' && 'kind' in body && body.kind === releasedUnpaidIncident
}

/** The stay that this lane refused last, if it is still there and nobody passed since. */
function refusedStay(db: SiteDatabase, laneId: LaneId): SessionId | undefined {
  if (readPending(db, laneId).length > 0) return undefined
  const row = statement<{ sessionId: string | null }>(
    db,
    'SELECT refused_session_id AS sessionId FROM parking_lanes WHERE lane_id = ?',
  ).get(laneId)
  if (row?.sessionId === undefined || row.sessionId === null) return undefined
  const session = readSession(db, sessionIdSchema.parse(row.sessionId))
  return session && stayingStates.has(session.kind) ? session.stay.sessionId : undefined
}
