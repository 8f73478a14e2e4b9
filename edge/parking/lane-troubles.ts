import { type LaneId, laneIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import { type LaneTrouble, laneTroubles } from '@gatehouse/shared/parking/lane-control'
import { err, ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { laneTroubleIncident } from './incident-kinds.ts'
import type { ParkingOptions } from './parking-options.ts'

const troubleSchema = z.enum(laneTroubles)
const inputSchema = z.object({ laneId: laneIdSchema, trouble: troubleSchema, active: z.boolean() })

/** Records that something is wrong with a lane, or right again; only a change is an entry. Refusal: `not_found` (no such lane). */
export function reportLaneTrouble({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'reportLaneTrouble',
    priority: 1,
    sells: false,
    input: inputSchema,
    run: (db, { laneId, trouble, active }: z.infer<typeof inputSchema>, context) => {
      if (!directory.get('lane', laneId)) return err({ code: 'not_found' })
      const changed = readLaneTroubles(db, laneId).has(trouble) !== active
      const incidentId = `inc_${randomCode(context.random, 16)}`
      const event: LedgerEvent = active
        ? {
            type: 'incident.opened',
            body: { incidentId, kind: laneTroubleIncident(trouble), about: laneId },
          }
        : { type: 'lane.trouble_ended', body: { laneId, trouble } }
      return ok({ events: changed ? [event] : [], answer: () => ({ changed }) })
    },
  })
}

/** What is on record as wrong with a lane and has not ended. */
export function readLaneTroubles(db: SiteDatabase, laneId: LaneId): ReadonlySet<LaneTrouble> {
  const rows = statement<{ trouble: string }>(
    db,
    'SELECT trouble FROM parking_lane_troubles WHERE lane_id = ? ORDER BY trouble',
  ).all(laneId)
  // What a later release found is not known here and stays on record.
  return new Set(rows.flatMap(({ trouble }) => troubleSchema.safeParse(trouble).data ?? []))
}

/** Keeps that something is wrong with a lane, when this kind of incident says so. */
export function noteLaneTrouble(
  db: SiteDatabase,
  incident: { readonly kind: string; readonly about: string },
  sinceMs: number,
): void {
  const trouble = laneTroubles.find((one) => laneTroubleIncident(one) === incident.kind)
  if (trouble === undefined) return
  statement(
    db,
    'INSERT INTO parking_lane_troubles (lane_id, trouble, since_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  ).run(incident.about, trouble, sinceMs)
}

/** Keeps that it is right again. */
export function endLaneTrouble(db: SiteDatabase, laneId: string, trouble: string): void {
  statement(db, 'DELETE FROM parking_lane_troubles WHERE lane_id = ? AND trouble = ?').run(laneId, trouble)
}
