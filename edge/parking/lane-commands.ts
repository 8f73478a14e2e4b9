import { type LaneId, laneIdSchema, randomCode, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { correctedCount } from '@gatehouse/shared/parking/counting'
import {
  countCorrectedIncident,
  decideBackOut,
  decidePassage,
  decideWrongWay,
  type LanePlace,
} from '@gatehouse/shared/parking/passage'
import { exitBackedOut } from '@gatehouse/shared/parking/session'
import { err, ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { waitingByHand } from './hand-opening-store.ts'
import { isFireAt } from './lane-fire.ts'
import { readHold } from './lane-holds.ts'
import { readSensedBays, rememberFull } from './occupancy.ts'
import type { ParkingOptions } from './parking-options.ts'
import { readInside } from './projections.ts'
import { readPending } from './session-store.ts'
import { countedZones, lanePlace, zoneBays } from './site-plan.ts'

/** One vehicle passed under the boom. Refusal: `not_found` (no such lane). */
export function confirmPassage({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'confirmPassage',
    priority: 1,
    sells: false,
    input: z.object({ laneId: laneIdSchema }),
    run: (db, { laneId }, context) => {
      const place = lanePlace(directory, laneId)?.place
      if (!place) return err({ code: 'not_found' })
      const [pending] = readPending(db, laneId)
      const excuse = excuseOf(db, directory, { laneId, atMs: context.at.wallMs })
      const events = decidePassage(place, pending, `inc_${randomCode(context.random, 16)}`, excuse)
      const tailgate = pending === undefined && excuse === undefined
      return ok({
        events,
        answer: () => {
          rememberFull(db, directory)
          return { sessionId: pending?.stay.sessionId ?? null, tailgate }
        },
      })
    },
  })
}

/** Why a vehicle without a stay may pass without an alarm. */
function excuseOf(
  db: SiteDatabase,
  directory: DirectoryReader,
  lane: { readonly laneId: LaneId; readonly atMs: number },
): 'by_hand' | 'held' | 'fire' | undefined {
  const { laneId, atMs } = lane
  if (waitingByHand(db, laneId) > 0) return 'by_hand'
  if (isFireAt(db, directory, laneId)) return 'fire'
  const hold = readHold(db, laneId)
  return hold !== undefined && atMs < hold.untilMs + holdGraceMs ? 'held' : undefined
}

/** A boom that is let go is still up for a moment. */
const holdGraceMs = 15_000

/** One vehicle drove through against the direction. Refusal: `not_found` (no such lane). */
export function recordWrongWay({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'recordWrongWay',
    priority: 1,
    sells: false,
    input: z.object({ laneId: laneIdSchema }),
    run: (db, { laneId }, context) => {
      const place = lanePlace(directory, laneId)?.place
      if (!place) return err({ code: 'not_found' })
      const events = [decideWrongWay(place, `inc_${randomCode(context.random, 16)}`)]
      return ok({
        events,
        answer: () => {
          rememberFull(db, directory)
          return { recorded: true }
        },
      })
    },
  })
}

/** An authorised vehicle went away without passing. Refusal: `not_found` (no such lane). */
export function backOut({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'backOut',
    priority: 1,
    sells: false,
    input: z.object({ laneId: laneIdSchema, reason: z.enum(['backed_out', 'timeout']) }),
    run: (db, { laneId, reason }) => {
      const place = lanePlace(directory, laneId)?.place
      if (!place) return err({ code: 'not_found' })
      const [pending] = readPending(db, laneId)
      return ok({
        events: pending ? decideBackOut(place, pending, reason) : handBackOut(db, laneId),
        answer: () => {
          rememberFull(db, directory)
          return { sessionId: pending?.stay.sessionId ?? null }
        },
      })
    },
  })
}

/** Who was let through by hand went away. */
function handBackOut(db: SiteDatabase, laneId: LaneId): LedgerEvent[] {
  if (waitingByHand(db, laneId) === 0) return []
  return [{ type: 'lane.refused', body: { laneId, reason: exitBackedOut } }]
}

/** A bay sensor reports; only a change is an entry. Refusal: `not_found` (no such bay). */
export function senseBay({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'senseBay',
    priority: 3,
    sells: false,
    input: z.object({ spaceId: spaceIdSchema, occupied: z.boolean() }),
    run: (db, { spaceId, occupied }) => {
      if (!directory.get('space', spaceId)) return err({ code: 'not_found' })
      const before = statement<{ occupied: number }>(
        db,
        'SELECT occupied FROM parking_bays WHERE space_id = ?',
      ).get(spaceId)
      const changed = before === undefined || (before.occupied === 1) !== occupied
      const event: LedgerEvent = { type: 'space.sensed', body: { spaceId, occupied } }
      return ok({
        events: changed ? [event] : [],
        answer: () => {
          rememberFull(db, directory)
          return { changed }
        },
      })
    },
  })
}

const correctionInput = z.object({
  /** Bays whose sensor is online now. */
  healthy: z.array(spaceIdSchema).max(10_000),
})

/** Lets complete, healthy bay sensors correct lane counts in a quiet site. Answers how many were corrected. */
export function correctCounts({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'correctCounts',
    priority: 3,
    sells: false,
    input: correctionInput,
    run: (db, input: z.infer<typeof correctionInput>, context) => {
      const healthy = new Set<string>(input.healthy)
      const quietMs = context.at.wallMs - lastMovementMs(db)
      const events = countedZones(directory).flatMap((zoneId): LedgerEvent[] => {
        const count = countOf(db, directory, zoneId, healthy, quietMs)
        if (count === undefined) return []
        const incidentId = `inc_${randomCode(context.random, 16)}`
        const body = { incidentId, kind: countCorrectedIncident, about: `${zoneId}/${count}` }
        return [{ type: 'incident.opened', body }]
      })
      return ok({
        events,
        answer: () => {
          rememberFull(db, directory)
          return { corrected: events.length }
        },
      })
    },
  })
}

function countOf(
  db: SiteDatabase,
  directory: DirectoryReader,
  zoneId: LanePlace['zoneId'],
  healthy: ReadonlySet<string>,
  quietMs: number,
): number | undefined {
  const bays = zoneBays(directory, zoneId)
  const sensed = readSensedBays(db)
  const reports = bays.flatMap(({ spaceId }) => (healthy.has(spaceId) ? [sensed.get(spaceId)] : []))
  return correctedCount({
    inside: readInside(db, zoneId),
    bays: bays.length,
    bayReports: reports.filter((report) => report !== undefined).length,
    baysOccupied: reports.filter((report) => report === true).length,
    quietMs,
  })
}

/** When a vehicle last passed a lane, arrived at one or moved in a bay; 0 when never. */
function lastMovementMs(db: SiteDatabase): number {
  const row = statement<{ ms: number | null }>(
    db,
    `SELECT max(ms) AS ms FROM (
       SELECT max(passed_ms) AS ms FROM parking_lanes
       UNION ALL SELECT max(arrived_ms) FROM parking_sessions
       UNION ALL SELECT max(since_ms) FROM parking_bays)`,
  ).get()
  return row?.ms ?? 0
}
