import type { CreditChecks, Share } from './credit-checks.ts'
import type { Simulation } from './simulation.ts'
import type { SiteChecks } from './site-checks.ts'

interface AllowanceRow {
  readonly allowance_id: string
  readonly bucket_id: string
  readonly site_id: string
  readonly moved_minor: number
  readonly overdraft_minor: number
  readonly received_minor: number
  readonly given_back_minor: number
  readonly drawn_minor: number
  readonly restored_minor: number
}

interface BucketRow {
  readonly bucket_id: string
  readonly free_minor: number
  readonly isOwed: boolean
}

const bucketsSql = `SELECT bucket_id, funded_minor - coalesce(sum(moved_minor - given_back_minor), 0) AS free_minor,
    EXISTS (SELECT FROM exceptions e WHERE e.kind = 'credits_owed' AND e.about = bucket_id) AS "isOwed"
  FROM credit_buckets LEFT JOIN allowances USING (bucket_id) GROUP BY bucket_id ORDER BY bucket_id`

/** Once all is healed the cloud's sums of each share are those of its site's entries, and no bucket owes unseen. */
export async function checkCreditBooks(
  simulation: Simulation,
  { sites, credits }: { readonly sites: SiteChecks; readonly credits: CreditChecks },
): Promise<void> {
  const { pool } = simulation.stage
  const rows = await pool.inspect<AllowanceRow>('SELECT * FROM allowances ORDER BY allowance_id')
  const known = new Map(rows.map((row) => [row.allowance_id, row]))
  for (const { machine } of simulation.sites.values()) {
    const branch = sites.chains.present(machine)
    for (const [allowanceId, share] of branch ? credits.sharesOf(branch) : []) {
      const differs = difference(share, known.get(allowanceId))
      if (differs) simulation.violations.push(`credits at ${machine.siteId}: ${allowanceId} ${differs}`)
    }
  }
  for (const { bucket_id, free_minor, isOwed } of await pool.inspect<BucketRow>(bucketsSql)) {
    if (free_minor < 0 && !isOwed)
      simulation.violations.push(`${bucket_id} owes ${-free_minor}, and nobody is told`)
  }
}

function difference(share: Share, row: AllowanceRow | undefined): string | undefined {
  if (!row) return 'is unknown to the cloud'
  const pairs: readonly (readonly [string, number, number])[] = [
    ['moved', share.movedMinor, row.moved_minor],
    ['received', share.movedMinor, row.received_minor],
    ['overdraft', share.overdraftMinor, row.overdraft_minor],
    ['given back', share.givenBackMinor, row.given_back_minor],
    ['drawn', share.drawnMinor, row.drawn_minor],
    ['restored', share.restoredMinor, row.restored_minor],
  ]
  const wrong = pairs.find(([, own, cloud]) => own !== cloud)
  return wrong && `${wrong[0]}: ${wrong[1]} by its entries, ${wrong[2]} in the cloud`
}
