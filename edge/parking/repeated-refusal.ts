import type { LaneId } from '@gatehouse/shared/ids/ids'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** A vehicle that waits is read again and again; the same refusal is recorded once in this time. */
const sameRefusalMs = 15_000

/** Tells whether a lane has just recorded the same refusal. */
export function repeatsRefusal(
  db: SiteDatabase,
  refusal: {
    readonly laneId: LaneId
    readonly reason: string
    readonly sessionId?: string
    readonly atMs: number
  },
): boolean {
  const row = statement<{ reason: string | null; sessionId: string | null; ms: number | null }>(
    db,
    `SELECT refused_reason AS reason, refused_session_id AS sessionId, refused_ms AS ms
     FROM parking_lanes WHERE lane_id = ?`,
  ).get(refusal.laneId)
  if (!row || row.reason !== refusal.reason || row.ms === null) return false
  const sinceMs = refusal.atMs - row.ms
  return row.sessionId === (refusal.sessionId ?? null) && sinceMs >= 0 && sinceMs < sameRefusalMs
}
