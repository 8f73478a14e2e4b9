import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Queryable } from '../database/pool.ts'

const dayMs = 86_400_000
/** How often the job looks for rows that are too old. */
const everyMs = 3_600_000
/** Rows that one look deletes of a table at most; what is left goes with the next sweep. */
const batchMax = 5_000

export interface RetentionParts {
  readonly pool: Queryable
  readonly clock: Clock
  readonly keptDays: number
}

/**
 * Forgets projected access decisions and past incidents that are older than the site operator keeps them. Open
 * incidents stay. The ledger's entries stay, too: they name nobody, and the chain would break without them.
 */
export class AccessRetention {
  readonly #parts: RetentionParts
  #nextMonotonicMs = Number.NEGATIVE_INFINITY

  constructor(parts: RetentionParts) {
    this.#parts = parts
  }

  /** Deletes a bounded number of rows when it is time; call it as often as you like. Answers how many went. */
  async prune(): Promise<number> {
    const { pool, clock, keptDays } = this.#parts
    const { wallMs, monotonicMs } = clock.now()
    if (monotonicMs < this.#nextMonotonicMs) return 0
    const beforeMs = wallMs - keptDays * dayMs
    const decisions = await pool.query(
      `DELETE FROM access_events WHERE (site_id, incarnation, seq) IN (
         SELECT site_id, incarnation, seq FROM access_events WHERE at_ms < $1
         ORDER BY at_ms LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [beforeMs, batchMax],
    )
    const incidents = await pool.query(
      `DELETE FROM incidents WHERE (site_id, incident_id) IN (
         SELECT site_id, incident_id FROM incidents WHERE NOT is_open AND coalesce(ended_ms, at_ms) < $1
         LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [beforeMs, batchMax],
    )
    const gone = [decisions.rowCount ?? 0, incidents.rowCount ?? 0]
    if (gone.every((count) => count < batchMax)) this.#nextMonotonicMs = monotonicMs + everyMs
    return gone.reduce((total, count) => total + count, 0)
  }
}
