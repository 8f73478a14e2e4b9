import {
  type CloudAllowance,
  type CloudAllowanceCommand,
  type CloudAllowanceRefusal,
  decideCloudAllowance,
  nothingMoved,
  outMinor,
} from '@gatehouse/shared/credits/cloud-allowance'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { AllowanceRow } from '@gatehouse/shared/wire/v1/allowances'
import type { Act, ActOrigin } from '../audit/act.ts'
import { actOnce } from '../audit/act-once.ts'
import { recordActs } from '../audit/record-acts.ts'
import { channels } from '../database/notifications.ts'
import type { Pool, Transaction } from '../database/pool.ts'
import { lockNextPosition } from '../directory/next-position.ts'
import { putRows } from '../directory/put-rows.ts'
import { siteChange } from '../ingest/site-change.ts'
import { sitesNotCaughtUp } from '../sites/caught-up.ts'
import {
  allowanceIdOf,
  type Bucket,
  lifeOfSite,
  lockBuckets,
  readAllowances,
  type StoredAllowance,
  writeAllowance,
} from './bucket-store.ts'

/** What is to become of a member's credits between the cloud and one site. */
export interface CreditMove {
  readonly bucketId: string
  readonly siteId: SiteId
  readonly command: CloudAllowanceCommand
  /** A person's move, recorded as their act; the policy's has none and leaves alone what a person moved. */
  readonly by?: ActOrigin
  readonly nowMs: number
}

export type CreditMoveRefusal =
  | CloudAllowanceRefusal
  | 'unknown_bucket'
  | 'site_of_another_operator'
  | 'site_not_enrolled'
  | 'credits_expired'

/**
 * Moves credits to a site, asks them back or sets the site's overdraft: the sums and the row that tells the site in one
 * transaction, under the locks of the site's directory and then of the bucket. Refusals: those of
 * `decideCloudAllowance`, `unknown_bucket`, `site_of_another_operator`, `site_not_enrolled`, `credits_expired`.
 */
export async function moveCredits(pool: Pool, move: CreditMove): Promise<Result<null, CreditMoveRefusal>> {
  return actOnce(pool, move.by, null, async (tx) => {
    // Of the directory first, as wherever the cloud tells a site what it decided.
    const known = await tx.query<{ operator_id: string }>(
      'SELECT operator_id FROM sites WHERE site_id = $1',
      [move.siteId],
    )
    const operatorId = known.rows[0]?.operator_id
    if (operatorId === undefined) return err('site_of_another_operator')
    const position = await lockNextPosition(tx, move.siteId)
    const bucket = (await lockBuckets(tx, [move.bucketId])).get(move.bucketId)
    if (bucket === undefined) return err('unknown_bucket')
    if (bucket.operatorId !== operatorId) return err('site_of_another_operator')
    const life = await lifeOfSite(tx, move.siteId)
    if (life === 0) return err('site_not_enrolled')
    return carryOut(tx, move, { bucket, life, position })
  })
}

interface Locked {
  readonly bucket: Bucket
  readonly life: number
  readonly position: { readonly epoch: number; readonly rev: number }
}

async function carryOut(
  tx: Transaction,
  { siteId, command, by, nowMs }: CreditMove,
  { bucket, life, position }: Locked,
): Promise<Result<null, CreditMoveRefusal>> {
  const all = await readAllowances(tx, [bucket.bucketId])
  const before = all.find((one) => one.siteId === siteId && one.life === life)
  if (command.kind === 'move' && bucket.expiresMs <= nowMs) return err('credits_expired')
  const decided = decideCloudAllowance(before?.sums ?? nothingMoved, command, {
    bucketFreeMinor: freeMinor(bucket, all),
    sitesCaughtUp: (await sitesNotCaughtUp(tx, bucket.operatorId)).length === 0,
  })
  if (!decided.ok) return decided
  const allowanceId = before?.allowanceId ?? allowanceIdOf(bucket.bucketId, siteId, life)
  await writeAllowance(tx, {
    ...{ allowanceId, bucketId: bucket.bucketId, siteId, life, nowMs },
    byHand: by !== undefined || (before?.byHand ?? false),
    sums: decided.value,
    row: position,
  })
  await putRows(tx, siteId, [{ kind: 'allowance', key: allowanceId, body: rowOf(bucket, decided.value) }])
  await tx.query(`SELECT pg_notify('${channels.site}', $1)`, [
    JSON.stringify(siteChange(siteId, ['allowance.changed'])),
  ])
  if (by !== undefined) await recordActs(tx, by, [actOf(bucket, siteId, command)])
  return ok(null)
}

/** What a bucket holds that is not at a site, minor units; below zero when sites hold more than was put in. */
export function freeMinor(bucket: Bucket, allowances: readonly StoredAllowance[]): number {
  return bucket.fundedMinor - allowances.reduce((sum, { sums }) => sum + outMinor(sums), 0)
}

function rowOf(bucket: Bucket, sums: CloudAllowance): AllowanceRow {
  const { memberId, bucketId, currency, promotional, fromMs, expiresMs } = bucket
  const { movedMinor, askedBackMinor, overdraftMinor } = sums
  const facts = { memberId, bucketId, currency, promotional, fromMs, expiresMs }
  return { ...facts, movedMinor, askedBackMinor, overdraftMinor }
}

const actCodes = {
  move: 'credits.moved',
  askBack: 'credits.asked_back',
  setOverdraft: 'credits.overdraft_set',
} as const

function actOf(bucket: Bucket, siteId: SiteId, command: CloudAllowanceCommand): Act {
  const { bucketId, memberId, currency } = bucket
  const amountMinor = command.kind === 'setOverdraft' ? command.overdraftMinor : command.amountMinor
  const subject = { kind: 'credits', id: bucketId } as const
  return { act: actCodes[command.kind], subject, siteId, after: { memberId, currency, amountMinor } }
}
