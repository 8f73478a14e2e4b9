import { type LaneId, laneIdSchema } from '@gatehouse/shared/ids/ids'
import { err, ok } from '@gatehouse/shared/result/result'
import { type LaneReason, laneReasonSchema } from '@gatehouse/shared/wire/v1/lane-acts'
import { z } from 'zod'
import { lockdownSince } from '../access/lockdown.ts'
import { type Command, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { ParkingOptions } from './parking-options.ts'

/** Nobody keeps a boom up for longer without asking again: half a day. */
export const holdMsMax = 12 * 3_600_000

const by = z.string().min(1).max(64)
const startSchema = z.object({
  laneId: laneIdSchema,
  by,
  reason: laneReasonSchema,
  forMs: z.int().min(60_000).max(holdMsMax),
})
const endSchema = z.object({ laneId: laneIdSchema, by: by.optional() })

/** A boom that is kept up. */
export interface LaneHold {
  readonly laneId: LaneId
  readonly reason: LaneReason
  readonly untilMs: number
}

/**
 * Keeps a lane's boom up until a time; asked again it lasts until the new one. Refusals: `unknown_lane`, `no_hold_output`
 * (the barrier has no input that keeps it up: pulses may be stored as cars), `lockdown` (an entry, while nobody is let in).
 */
export function startLaneHold({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'startLaneHold',
    priority: 1,
    sells: false,
    input: startSchema,
    run: (db, { forMs, ...asked }: z.infer<typeof startSchema>, context) => {
      const lane = directory.get('lane', asked.laneId)
      if (!lane) return err({ code: 'unknown_lane' })
      if (!hasHoldOutput(directory, asked.laneId)) return err({ code: 'no_hold_output' })
      if (lane.direction === 'entry' && lockdownSince(db) !== undefined) return err({ code: 'lockdown' })
      const untilMs = context.at.wallMs + forMs
      return ok({
        events: [{ type: 'lane.hold_started', body: { ...asked, untilMs } }],
        answer: () => ({ untilMs }),
      })
    },
  })
}

/** Lets a boom go; its own controller closes it. One that is not held changes nothing. Refusal: `unknown_lane`. */
export function endLaneHold({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'endLaneHold',
    priority: 1,
    sells: false,
    input: endSchema,
    run: (db, asked: z.infer<typeof endSchema>) => {
      if (!directory.get('lane', asked.laneId)) return err({ code: 'unknown_lane' })
      const held = readHold(db, asked.laneId) !== undefined
      return ok({
        events: held ? [{ type: 'lane.hold_ended', body: asked }] : [],
        answer: () => ({ ended: held }),
      })
    },
  })
}

/** Whether the barrier of a lane can be kept up. */
export function hasHoldOutput(directory: DirectoryReader, laneId: LaneId): boolean {
  const lane = directory.get('lane', laneId)
  return (
    lane !== undefined && directory.get('device', lane.barrierDeviceId)?.parameters.holdOutput !== undefined
  )
}

/** The hold of a lane, also one whose time is over and whose end is not on record yet. */
export function readHold(db: SiteDatabase, laneId: LaneId): LaneHold | undefined {
  return readHolds(db).find((hold) => hold.laneId === laneId)
}

/** All holds on record. */
export function readHolds(db: SiteDatabase): LaneHold[] {
  const text =
    'SELECT lane_id AS laneId, reason, until_ms AS untilMs FROM parking_lane_holds ORDER BY lane_id'
  return statement<{ laneId: string; reason: string; untilMs: number }>(db, text)
    .all()
    .map(({ laneId, reason, untilMs }) => ({
      laneId: laneIdSchema.parse(laneId),
      reason: laneReasonSchema.parse(reason),
      untilMs,
    }))
}

/** Keeps a hold; a later one takes its place. */
export function keepHold(
  db: SiteDatabase,
  hold: { readonly laneId: string; readonly reason: string; readonly untilMs: number },
): void {
  statement(
    db,
    `INSERT INTO parking_lane_holds (lane_id, reason, until_ms) VALUES (?, ?, ?)
     ON CONFLICT (lane_id) DO UPDATE SET reason = excluded.reason, until_ms = excluded.until_ms`,
  ).run(hold.laneId, hold.reason, hold.untilMs)
}

/** Keeps that a lane is not held. */
export function dropHold(db: SiteDatabase, laneId: string): void {
  statement(db, 'DELETE FROM parking_lane_holds WHERE lane_id = ?').run(laneId)
}
