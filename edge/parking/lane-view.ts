import { laneIdSchema } from '@gatehouse/shared/ids/ids'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
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
    const state = watch.stateOf(laneId).kind
    const pending = readPending(db, laneId).length
    return { laneId, name, direction, state, pending, ...recorded(byLane.get(key)) }
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
