import type { CreditReason } from '@gatehouse/shared/api/credits-view'
import type { CreditBucketId, MemberId } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { ActOrigin } from '../audit/act.ts'
import { actOnce } from '../audit/act-once.ts'
import { recordActs } from '../audit/record-acts.ts'
import type { Pool } from '../database/pool.ts'
import { insertBucket } from './bucket-store.ts'

/** What a member is given; amount in minor units, times epoch ms. */
export interface Funding {
  readonly bucketId: CreditBucketId
  readonly memberId: MemberId
  readonly operatorId: string
  readonly currency: string
  readonly amountMinor: number
  readonly promotional: boolean
  readonly fromMs: number
  /** Exclusive. */
  readonly expiresMs: number
  readonly reason: Exclude<CreditReason, 'told_by_site' | 'reissue'>
}

export type FundingRefusal =
  | 'not_positive'
  | 'unknown_member'
  | 'unknown_operator'
  | 'credits_expired'
  | 'reversed'

/**
 * Gives a member credits: a new bucket, all of it in the cloud, recorded as the act of whoever did it. Refusals:
 * `not_positive`, `unknown_member`, `unknown_operator`, `reversed`, `credits_expired` (over before it begins).
 */
export async function fundBucket(
  pool: Pool,
  funding: Funding,
  by: ActOrigin,
): Promise<Result<null, FundingRefusal>> {
  const { bucketId, memberId, operatorId, currency, amountMinor, promotional, fromMs, expiresMs, reason } =
    funding
  if (amountMinor <= 0) return err('not_positive')
  if (expiresMs <= fromMs) return err('reversed')
  if (expiresMs <= by.nowMs) return err('credits_expired')
  return actOnce(pool, by, null, async (tx) => {
    const known = await tx.query<{ member: boolean; operator: boolean }>(
      `SELECT EXISTS (SELECT FROM member WHERE member_id = $1) AS member,
         EXISTS (SELECT FROM operators WHERE operator_id = $2) AS operator`,
      [memberId, operatorId],
    )
    if (!known.rows[0]?.member) return err('unknown_member')
    if (!known.rows[0]?.operator) return err('unknown_operator')
    await insertBucket(tx, { ...funding, fundedMinor: amountMinor, createdMs: by.nowMs })
    const after = { memberId, currency, amountMinor, promotional, fromMs, expiresMs, reason }
    await recordActs(tx, by, [
      { act: 'credits.funded', subject: { kind: 'credits', id: bucketId }, operatorId, after },
    ])
    return ok(null)
  })
}
