import type { CreditReason } from '@gatehouse/shared/api/credits-view'
import type { CloudAllowance } from '@gatehouse/shared/credits/cloud-allowance'
import type { AllowanceId, CreditBucketId, MemberId, SiteId } from '@gatehouse/shared/ids/ids'
import {
  allowanceIdSchema,
  creditBucketIdSchema,
  memberIdSchema,
  siteIdSchema,
} from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { Queryable, Transaction } from '../database/pool.ts'

/** What a member was given, once; amounts in minor units, times epoch ms. */
export interface Bucket {
  readonly bucketId: CreditBucketId
  readonly operatorId: string
  readonly memberId: MemberId
  readonly currency: string
  readonly fundedMinor: number
  readonly promotional: boolean
  readonly fromMs: number
  /** Exclusive. */
  readonly expiresMs: number
  readonly reason: CreditReason
  readonly createdMs: number
}

/** A share of a bucket at one site, as stored. */
export interface StoredAllowance {
  readonly allowanceId: AllowanceId
  readonly bucketId: CreditBucketId
  readonly siteId: SiteId
  readonly life: number
  readonly byHand: boolean
  readonly sums: CloudAllowance
  /** Where its last row stands in the directory; absent when this cloud knows it by the site's word alone. */
  readonly row?: { readonly epoch: number; readonly rev: number } | undefined
}

const bucketColumns = `bucket_id, operator_id, member_id, currency, funded_minor, promotional, from_ms, expires_ms, reason,
  created_ms`

interface BucketRow {
  readonly bucket_id: string
  readonly operator_id: string
  readonly member_id: string
  readonly currency: string
  readonly funded_minor: number
  readonly promotional: boolean
  readonly from_ms: number
  readonly expires_ms: number
  readonly reason: CreditReason
  readonly created_ms: number
}

interface AllowanceColumns {
  readonly allowance_id: string
  readonly bucket_id: string
  readonly site_id: string
  readonly life: number
  readonly by_hand: boolean
  readonly moved_minor: number
  readonly asked_back_minor: number
  readonly overdraft_minor: number
  readonly received_minor: number
  readonly given_back_minor: number
  readonly drawn_minor: number
  readonly restored_minor: number
  readonly row_epoch: number | null
  readonly row_rev: number | null
}

/** Takes the row locks of buckets, in the order of their ids; whoever changes a bucket's allowances holds its lock. */
export async function lockBuckets(
  tx: Transaction,
  bucketIds: readonly string[],
): Promise<ReadonlyMap<string, Bucket>> {
  const { rows } = await tx.query<BucketRow>(
    `SELECT ${bucketColumns} FROM credit_buckets WHERE bucket_id = ANY ($1) ORDER BY bucket_id FOR UPDATE`,
    [bucketIds],
  )
  return new Map(rows.map((row) => [row.bucket_id, bucketOf(row)]))
}

/** The place of a bucket in their order: whether it is over, its expiry (epoch ms), promotional before paid, its id. */
export interface BucketCursor {
  readonly isOver: boolean
  readonly expiresMs: number
  readonly promotional: boolean
  readonly bucketId: string
}

/** What a cursor looks like: opaque to callers, and bounded so that every part fits its column. */
export const bucketCursorPattern = /^[01]\.\d{1,15}\.[01]\.[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** Writes the cursor of a bucket at `nowMs` (epoch ms). */
export function writeBucketCursor(
  { expiresMs, promotional, bucketId }: Omit<BucketCursor, 'isOver'>,
  nowMs: number,
): string {
  return [expiresMs <= nowMs ? 1 : 0, expiresMs, promotional ? 1 : 0, bucketId].join('.')
}

/** Reads a cursor that matches `bucketCursorPattern`. */
export function readBucketCursor(text: string): BucketCursor {
  const [isOver, expiresMs, promotional, bucketId = ''] = text.split('.')
  return {
    ...{ isOver: isOver === '1', expiresMs: Number(expiresMs) },
    ...{ promotional: promotional === '1', bucketId },
  }
}

/** The buckets that `where` chooses: those that are not over first, the earliest expiry first; at most `limit`. */
export async function readBuckets(
  db: Queryable,
  where: {
    readonly memberId?: string | undefined
    readonly siteIds?: readonly string[] | undefined
    readonly nowMs: number
    readonly after?: BucketCursor | undefined
  },
  limit: number,
): Promise<readonly Bucket[]> {
  const { rows } = await db.query<BucketRow>(
    `SELECT ${bucketColumns} FROM credit_buckets b WHERE ($1::text IS NULL OR member_id = $1)
       AND ($2::text[] IS NULL OR EXISTS (SELECT FROM allowances a WHERE a.bucket_id = b.bucket_id AND a.site_id = ANY ($2)))
       AND ($5::boolean IS NULL
         OR (expires_ms <= $4, expires_ms, NOT promotional, bucket_id) > ($5, $6::bigint, NOT $7::boolean, $8::text))
     ORDER BY expires_ms <= $4, expires_ms, NOT promotional, bucket_id LIMIT $3`,
    [
      ...[where.memberId ?? null, where.siteIds ?? null, limit, where.nowMs],
      ...[where.after?.isOver ?? null, where.after?.expiresMs ?? null],
      ...[where.after?.promotional ?? null, where.after?.bucketId ?? null],
    ],
  )
  return rows.map(bucketOf)
}

/** The allowances of some buckets, of every life of every site; in the order of sites and lives. */
export async function readAllowances(
  db: Queryable,
  bucketIds: readonly string[],
): Promise<readonly StoredAllowance[]> {
  const { rows } = await db.query<AllowanceColumns>(
    'SELECT * FROM allowances WHERE bucket_id = ANY ($1) ORDER BY site_id, life, allowance_id',
    [bucketIds],
  )
  return rows.map((row) => ({
    allowanceId: allowanceIdSchema.parse(row.allowance_id),
    bucketId: creditBucketIdSchema.parse(row.bucket_id),
    siteId: siteIdSchema.parse(row.site_id),
    life: row.life,
    byHand: row.by_hand,
    sums: {
      movedMinor: row.moved_minor,
      askedBackMinor: row.asked_back_minor,
      overdraftMinor: row.overdraft_minor,
      receivedMinor: row.received_minor,
      givenBackMinor: row.given_back_minor,
      drawnMinor: row.drawn_minor,
      restoredMinor: row.restored_minor,
    },
    ...(row.row_epoch !== null &&
      row.row_rev !== null && { row: { epoch: row.row_epoch, rev: row.row_rev } }),
  }))
}

/** Keeps a bucket; one that is there already stays as it is. */
export async function insertBucket(tx: Transaction, bucket: Bucket): Promise<void> {
  const { bucketId, operatorId, memberId, currency, fundedMinor, promotional, reason } = bucket
  await tx.query(
    `INSERT INTO credit_buckets (${bucketColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (bucket_id) DO NOTHING`,
    [
      ...[bucketId, operatorId, memberId, currency, fundedMinor, promotional],
      ...[bucket.fromMs, bucket.expiresMs, reason, bucket.createdMs],
    ],
  )
}

/** An allowance to keep, with what changes beside its sums. */
export interface ChangedAllowance extends StoredAllowance {
  readonly nowMs: number
  /** The last row that the site applied, when it told. */
  readonly received?: { readonly epoch: number; readonly rev: number } | undefined
}

/** Keeps an allowance as decided; its bucket is locked. */
export async function writeAllowance(tx: Transaction, changed: ChangedAllowance): Promise<void> {
  const { sums, row, received } = changed
  await tx.query(
    `INSERT INTO allowances (allowance_id, bucket_id, site_id, life, by_hand, changed_ms, moved_minor, asked_back_minor,
       overdraft_minor, received_minor, given_back_minor, drawn_minor, restored_minor, row_epoch, row_rev, received_epoch,
       received_rev) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     ON CONFLICT (allowance_id) DO UPDATE SET by_hand = excluded.by_hand, changed_ms = excluded.changed_ms,
       moved_minor = excluded.moved_minor, asked_back_minor = excluded.asked_back_minor,
       overdraft_minor = excluded.overdraft_minor, received_minor = excluded.received_minor,
       given_back_minor = excluded.given_back_minor, drawn_minor = excluded.drawn_minor,
       restored_minor = excluded.restored_minor, row_epoch = coalesce(excluded.row_epoch, allowances.row_epoch),
       row_rev = coalesce(excluded.row_rev, allowances.row_rev),
       received_epoch = coalesce(excluded.received_epoch, allowances.received_epoch),
       received_rev = coalesce(excluded.received_rev, allowances.received_rev)`,
    [
      ...[changed.allowanceId, changed.bucketId, changed.siteId, changed.life, changed.byHand, changed.nowMs],
      ...[sums.movedMinor, sums.askedBackMinor, sums.overdraftMinor, sums.receivedMinor],
      ...[sums.givenBackMinor, sums.drawnMinor, sums.restoredMinor],
      ...[row?.epoch ?? null, row?.rev ?? null, received?.epoch ?? null, received?.rev ?? null],
    ],
  )
}

/**
 * The name of the share of a bucket that the books of one life of a site hold: a box that starts with empty books must
 * not go on spending by sums that it does not know. The same after a restore of the cloud.
 */
export function allowanceIdOf(bucketId: string, siteId: string, life: number): AllowanceId {
  return allowanceIdSchema.parse(`al_${sha256Hex(`${bucketId} ${siteId} ${life}`).slice(0, 24)}`)
}

/** The first life of the site whose books its present life holds; 0 before the first enrolment. */
export async function lifeOfSite(db: Queryable, siteId: string): Promise<number> {
  const { rows } = await db.query<{ life: number }>(
    `SELECT coalesce(books_from, incarnation) AS life FROM sites JOIN site_incarnations USING (site_id, incarnation)
     WHERE site_id = $1`,
    [siteId],
  )
  return rows[0]?.life ?? 0
}

function bucketOf(row: BucketRow): Bucket {
  return {
    bucketId: creditBucketIdSchema.parse(row.bucket_id),
    operatorId: row.operator_id,
    memberId: memberIdSchema.parse(row.member_id),
    currency: row.currency,
    fundedMinor: row.funded_minor,
    promotional: row.promotional,
    fromMs: row.from_ms,
    expiresMs: row.expires_ms,
    reason: row.reason,
    createdMs: row.created_ms,
  }
}
