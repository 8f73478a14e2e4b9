import { z } from 'zod'
import { traceIdSchema } from '../../api/trace.ts'
import * as ids from '../../ids/ids.ts'
import { wallMsSchema } from './facts.ts'

/** Nothing that was asked for from afar is done later than this, whatever it is. */
const remoteValidMsMax = 5 * 60_000

/** What somebody who is not on site asks its doors for, and for how long after the quoted moment. */
export const remoteCommandSchema = z.object({
  act: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('unlockDoor'), doorId: ids.doorIdSchema }),
    z.object({ kind: z.literal('startLockdown') }),
    z.object({ kind: z.literal('endLockdown') }),
    /** Forgets in which zone a member is, or all members and guests. */
    z.object({ kind: z.literal('forgivePassback'), memberId: ids.memberIdSchema.optional() }),
  ]),
  /** The user who asked, as an opaque id. */
  by: z.string().min(1).max(64),
  /** Of the site's machine, by its last heartbeat; `monotonicMs` counts on from there by the cloud's clock. */
  bootId: z.string().min(1).max(200),
  monotonicMs: z.number().min(0),
  validMs: z.int().min(1).max(remoteValidMsMax),
  /** When it was asked by the cloud's clock, for records; no site judges by it. */
  askedMs: wallMsSchema,
  /** Of the call that asked, so that the logs of both tiers name it. */
  traceId: traceIdSchema,
})
export type RemoteCommand = z.infer<typeof remoteCommandSchema>

/** Who asked for it from afar; the row of that key was consumed by the entry. */
const asked = { requestId: ids.requestIdSchema, by: z.string().min(1).max(64) }

export const remotelyUnlockedSchema = z.object({
  ...asked,
  /** How long the lock was released, where other doors wait for it. */
  pulseMs: z.int().min(0).optional(),
  doorId: ids.doorIdSchema,
  effectId: ids.effectIdSchema,
})
/** No door opens inwards from `lockdown.started` to `lockdown.ended`; the way out stays free. */
export const lockdownSchema = z.object(asked)
