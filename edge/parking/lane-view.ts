import { laneIdSchema } from '@gatehouse/shared/ids/ids'
import { boomPosition } from '@gatehouse/shared/parking/boom'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { openedByHand, waitingByHand } from './hand-opening-store.ts'
import { isFireAt } from './lane-fire.ts'
import { hasHoldOutput, readHold } from './lane-holds.ts'
import { readLaneTroubles } from './lane-troubles.ts'
import type { LaneWatch } from './lane-watch.ts'
import type { LaneView } from './route-schemas.ts'
import { readPending } from './session-store.ts'

interface LaneRow {
  readonly lane_id: string
  readonly passages: number
  readonly tailgates: number
  readonly passed_ms: number | null
  readonly refused_reason: string | null
  readonly refused_session_id: string | null
  readonly refused_ms: number | null
}

/** All lanes of the site, by name: what the loops say and what was recorded. */
export function laneViews(db: SiteDatabase, directory: DirectoryReader, watch: LaneWatch): LaneView[] {
  const rows = statement<LaneRow>(db, 'SELECT * FROM parking_lanes').all()
  const byLane = new Map(rows.map((row) => [row.lane_id, row]))
  const views = [...directory.all('lane')].map(([key, { name, direction }]): LaneView => {
    const laneId = laneIdSchema.parse(key)
    const { lane, boom } = watch.controlOf(laneId)
    const pending = readPending(db, laneId).length + waitingByHand(db, laneId)
    const hold = readHold(db, laneId)
    return {
      ...{ laneId, name, direction, pending },
      state: lane.kind,
      boom: boomPosition(boom.limits),
      troubles: [...readLaneTroubles(db, laneId)],
      fire: isFireAt(db, directory, laneId),
      openedByHand: openedByHand(db, laneId),
      canHold: hasHoldOutput(directory, laneId),
      ...(hold && { hold: { reason: hold.reason, untilMs: hold.untilMs } }),
      ...recorded(byLane.get(key)),
    }
  })
  return views.sort((a, b) => a.name.localeCompare(b.name))
}

function recorded(
  row: LaneRow | undefined,
): Pick<LaneView, 'passages' | 'tailgates' | 'passedMs' | 'refusal'> {
  if (!row) return { passages: 0, tailgates: 0 }
  const { passages, tailgates, refused_reason: reason, refused_ms: atMs } = row
  const sessionId = row.refused_session_id ?? undefined
  return {
    passages,
    tailgates,
    ...(row.passed_ms === null ? {} : { passedMs: row.passed_ms }),
    ...(reason === null || atMs === null
      ? {}
      : { refusal: { reason, atMs, ...(sessionId === undefined ? {} : { sessionId }) } }),
  }
}
