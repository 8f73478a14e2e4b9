import type { Pool } from '../database/pool.ts'
import { readSiteHealth, type SiteHealth } from '../sites/site-health.ts'
import { readCloudSums } from './cloud-sums.ts'
import {
  decideReconciliation,
  type ReconciliationLine,
  type ReconciliationState,
} from './decide-reconciliation.ts'

/** How the books of one site agree. */
export interface SiteReconciliation {
  readonly siteId: string
  readonly incarnation: number
  readonly state: ReconciliationState
  readonly lines: readonly ReconciliationLine[]
  /** The site's entry at which both sides were compared. */
  readonly atSeq: number
  /** When they were compared, by the cloud's clock. */
  readonly atMs: number
  /** Sum of the absolute money differences, minor units. */
  readonly amountMinor: number
}

/**
 * Compares the books of the sites named, or of all. When a site has gone on since its last report, the last
 * comparison at a common entry stands, unless a projected row changed since; see `reconcileNow`.
 */
export async function reconcile(
  pool: Pool,
  nowMs: number,
  siteIds?: readonly string[],
): Promise<readonly SiteReconciliation[]> {
  const healths = await readSiteHealth(pool, nowMs, siteIds)
  return Promise.all(
    healths.map(async (health) => {
      const now = await reconcileNow(pool, health, nowMs)
      if (now.state !== 'waiting' || now.atSeq >= health.projectedSeq) return now
      return (await readRecorded(pool, health)) ?? now
    }),
  )
}

/** Compares a site's last report with the tables as they are now. */
export async function reconcileNow(
  pool: Pool,
  health: SiteHealth,
  nowMs: number,
): Promise<SiteReconciliation> {
  const { siteId, incarnation, heartbeat } = health
  if (heartbeat === undefined) {
    return { siteId, incarnation, state: 'waiting', lines: [], atSeq: 0, atMs: nowMs, amountMinor: 0 }
  }
  const { sums } = heartbeat
  const cloud = await readCloudSums(pool, { siteId, incarnation }, sums.head.seq)
  const { state, lines } = decideReconciliation(sums, cloud)
  return { siteId, incarnation, state, lines, atSeq: sums.head.seq, atMs: nowMs, amountMinor: moneyIn(lines) }
}

function moneyIn(lines: readonly ReconciliationLine[]): number {
  return lines
    .filter(({ unit }) => unit !== 'count' && unit !== 'hash')
    .reduce((sum, { difference }) => sum + Math.abs(difference), 0)
}

/** The last comparison at a common entry of this life. */
async function readRecorded(pool: Pool, health: SiteHealth): Promise<SiteReconciliation | undefined> {
  const { rows } = await pool.query<{ result: SiteReconciliation }>(
    'SELECT result FROM reconciliations WHERE site_id = $1 AND incarnation = $2',
    [health.siteId, health.incarnation],
  )
  return rows[0]?.result
}

/** Keeps a comparison as the last one of its site. */
export async function storeReconciliation(pool: Pool, result: SiteReconciliation): Promise<void> {
  await pool.query(
    `INSERT INTO reconciliations (site_id, incarnation, result) VALUES ($1, $2, $3)
     ON CONFLICT (site_id) DO UPDATE SET incarnation = excluded.incarnation, result = excluded.result`,
    [result.siteId, result.incarnation, JSON.stringify(result)],
  )
}
