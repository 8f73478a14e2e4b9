import type { Clock } from '@gatehouse/shared/clock/clock'
import { nothingMoved } from '@gatehouse/shared/credits/cloud-allowance'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Pool } from '../database/pool.ts'
import type { DueJob } from '../jobs/run-due.ts'
import { type Bucket, lockBuckets, readAllowances } from './bucket-store.ts'
import { decideSpread, type SpreadPolicy, type SpreadSite } from './decide-spread.ts'
import { freeMinor, moveCredits } from './move-credits.ts'

const batchMax = 20
const againMs = 60_000
const sitesMax = 20
const dayMs = 24 * 3_600_000
const dueBucket = 'credit_buckets WHERE tend_ms <= $1::bigint'

/** How the cloud shares credits by itself. */
export interface CreditPolicy extends SpreadPolicy {
  /** A site counts as used when the member booked there within so many days. */
  readonly usedWithinDays: number
}

interface TendParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly policy: CreditPolicy
}

/** Shares credits where that was not looked at lately; run it every few seconds. */
export function creditJob(parts: TendParts): DueJob {
  return {
    isDue: `EXISTS (SELECT FROM ${dueBucket})`,
    run: () => tendCredits(parts),
  }
}

/**
 * Looks at the buckets that are due, each at most once a minute whichever processes run, and moves what the policy says.
 * Each movement is decided again under its locks; one that is refused is looked at again the next time.
 */
export async function tendCredits(parts: TendParts): Promise<void> {
  const { pool, clock, policy } = parts
  const nowMs = clock.now().wallMs
  const { rows } = await pool.query<{ bucket_id: string }>(
    `UPDATE credit_buckets SET tend_ms = $1 + ${againMs} WHERE bucket_id IN (
       SELECT bucket_id FROM ${dueBucket} ORDER BY tend_ms LIMIT ${batchMax} FOR UPDATE SKIP LOCKED)
     RETURNING bucket_id`,
    [nowMs],
  )
  for (const { bucket_id: bucketId } of rows) {
    for (const { siteId, command } of await plan(pool, bucketId, { policy, nowMs })) {
      await moveCredits(pool, { bucketId, siteId: siteIdSchema.parse(siteId), command, nowMs })
    }
  }
}

async function plan(
  pool: Pool,
  bucketId: string,
  { policy, nowMs }: { readonly policy: CreditPolicy; readonly nowMs: number },
) {
  return inTransaction(pool, async (tx) => {
    const bucket = (await lockBuckets(tx, [bucketId])).get(bucketId)
    if (bucket === undefined) return []
    const shares = await readAllowances(tx, [bucketId])
    const found = await tx.query<{ site_id: string; life: number; used: boolean }>(
      `SELECT site_id, coalesce(books_from, incarnation) AS life, EXISTS (SELECT FROM bookings b
         WHERE b.site_id = sites.site_id AND b.member_id = $2 AND b.held_ms >= $3) AS used
       FROM sites JOIN site_incarnations USING (site_id, incarnation) WHERE operator_id = $1 ORDER BY site_id`,
      [bucket.operatorId, bucket.memberId, nowMs - policy.usedWithinDays * dayMs],
    )
    const sites = found.rows.flatMap(({ site_id: siteId, life, used }): SpreadSite[] => {
      const share = shares.find((one) => one.siteId === siteId && one.life === life)
      if (!used && share === undefined) return []
      const { sums = nothingMoved, byHand = false } = share ?? {}
      return [{ siteId, usedLately: used && hasBegun(bucket, nowMs), byHand, sums }]
    })
    const facts = { freeMinor: freeMinor(bucket, shares), isOver: bucket.expiresMs <= nowMs }
    return decideSpread({ ...facts, sites: sites.slice(0, sitesMax) }, policy)
  })
}

function hasBegun({ fromMs }: Bucket, nowMs: number): boolean {
  return fromMs <= nowMs + dayMs
}
