import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Queryable } from '../database/pool.ts'

/** How often the job looks. */
const everyMs = 3_600_000
/** Changes of a site that stay in the log: who is further behind fetches its directory again. */
const changesKept = 50_000
/** Changes that one look deletes at most; what is left goes with the next one. */
const deletedMax = 20_000

export interface LogRetentionParts {
  readonly pool: Queryable
  readonly clock: Clock
  /** 50,000 unless said otherwise. */
  readonly kept?: number
}

/**
 * Keeps the logs of directories bounded. A position is given up first and its changes are deleted one look later: whoever
 * was being served from it meanwhile is through by then. The rows in force stay, and so does every tombstone: a site that
 * comes back after a year must still learn that somebody was erased.
 */
export class DirectoryLogRetention {
  readonly #parts: LogRetentionParts
  #nextMonotonicMs = Number.NEGATIVE_INFINITY

  constructor(parts: LogRetentionParts) {
    this.#parts = parts
  }

  /** Deletes a bounded number of changes when it is time; call it as often as you like. Answers how many went. */
  async prune(): Promise<number> {
    const { pool, clock, kept = changesKept } = this.#parts
    const { monotonicMs } = clock.now()
    if (monotonicMs < this.#nextMonotonicMs) return 0
    this.#nextMonotonicMs = monotonicMs + everyMs
    const { rowCount } = await pool.query(
      `DELETE FROM site_directory_log WHERE (site_id, rev) IN (
         SELECT l.site_id, l.rev FROM site_directory_log l JOIN directory_heads h USING (site_id)
         WHERE l.rev <= h.pruned_rev ORDER BY l.rev LIMIT $1)`,
      [deletedMax],
    )
    await pool.query('UPDATE directory_heads SET pruned_rev = rev - $1 WHERE pruned_rev < rev - $1', [kept])
    return rowCount ?? 0
  }
}
