import type { Clock } from '@gatehouse/shared/clock/clock'
import { inTransaction, type Pool } from '../database/pool.ts'
import { openException, resolveException } from '../exceptions/raise.ts'
import type { Projector } from '../ingest/projector.ts'
import { readSiteHealth } from '../sites/site-health.ts'
import { reconcileNow, type SiteReconciliation, storeReconciliation } from './reconcile.ts'

export interface RecorderParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly projector: Projector
}

/** Compares a site's books at each of its reports, keeps the result and raises differences. */
export class ReconciliationRecorder {
  readonly #parts: RecorderParts
  readonly #running = new Set<string>()

  constructor(parts: RecorderParts) {
    this.#parts = parts
  }

  /** Compares the report that was just stored; one comparison per site at a time. */
  async record(siteId: string): Promise<void> {
    if (this.#running.has(siteId)) return
    this.#running.add(siteId)
    try {
      await this.#compare(siteId)
    } finally {
      this.#running.delete(siteId)
    }
  }

  async #compare(siteId: string): Promise<void> {
    const { pool, clock, projector } = this.#parts
    await projector.settled()
    const nowMs = clock.now().wallMs
    const [health] = await readSiteHealth(pool, nowMs, [siteId])
    if (health?.heartbeat === undefined) return
    // Not the same entry on both sides: the next report is compared.
    if (health.projectedSeq !== health.heartbeat.sums.head.seq) return
    const result = await reconcileNow(pool, health, nowMs)
    if (result.state === 'waiting') return
    await storeReconciliation(pool, result)
    if (result.state === 'different') await this.#raise(result)
    else await this.#settle(result)
  }

  async #raise(result: SiteReconciliation): Promise<void> {
    const { siteId, incarnation, atSeq, atMs } = result
    const sides = result.lines.filter(({ difference }) => difference !== 0)
    await inTransaction(this.#parts.pool, (tx) =>
      openException(tx, {
        ...{ siteId, kind: 'difference', about: String(incarnation), sides, nowMs: atMs },
        ...{ detail: { atSeq, lines: sides }, entry: { incarnation, seq: atSeq } },
      }),
    )
  }

  /** Both sides agree: what they differed in, in this life or one whose books it took over, is there again. */
  async #settle({ siteId, incarnation, atMs }: SiteReconciliation): Promise<void> {
    const { rows } = await this.#parts.pool.query<{ kind: 'difference' | 'chain_gap'; about: string }>(
      `SELECT e.kind, e.about FROM exceptions e JOIN site_incarnations i USING (site_id)
       WHERE site_id = $1 AND i.incarnation = $2 AND e.kind IN ('difference', 'chain_gap')
         AND (e.closed_ms IS NULL OR e.accepted IS NOT NULL)
         AND e.about IN (SELECT life::text FROM generate_series(coalesce(i.books_from, $2), $2) AS life)`,
      [siteId, incarnation],
    )
    for (const { kind, about } of rows) {
      await resolveException(this.#parts.pool, { siteId, kind, about }, atMs)
    }
  }
}
