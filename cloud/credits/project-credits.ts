import { outMinor } from '@gatehouse/shared/credits/cloud-allowance'
import { reissueOf } from '@gatehouse/shared/credits/reissue'
import { allowanceIdSchema, creditBucketIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { EntryFrame } from '@gatehouse/shared/wire/v1/entries'
import type { Transaction } from '../database/pool.ts'
import { openException } from '../exceptions/raise.ts'
import type { FoldedCredits } from '../ingest/evolve-credits.ts'
import type { StreamId } from '../ingest/stream-store.ts'
import {
  insertBucket,
  lockBuckets,
  readAllowances,
  type StoredAllowance,
  writeAllowance,
} from './bucket-store.ts'

/** What one run's entries make of members' credits at their site. */
export interface ProjectedCredits extends FoldedCredits {
  readonly stored: ReadonlyMap<string, StoredAllowance>
  /** The first life of the books that the entries belong to. */
  readonly life: number
}

/**
 * Locks the buckets that a run's entries speak of, after loans and before other rows; `undefined` when none of them is
 * about credits. Each entry is folded once, because the position moves in the same transaction.
 */
export async function lockProjectedCredits(
  tx: Transaction,
  { siteId, incarnation }: StreamId,
  frames: readonly EntryFrame[],
): Promise<ProjectedCredits | undefined> {
  const about = frames.filter(({ type }) => type.startsWith('allowance.'))
  if (about.length === 0) return undefined
  // Bodies are checked later; here they only say what to lock.
  const named = about.flatMap(({ body }) => textOf(body.allowanceId))
  const told = about.flatMap(({ body }) => textOf((body.row as { bucketId?: unknown } | undefined)?.bucketId))
  const known = await tx.query<{ bucket_id: string }>(
    'SELECT DISTINCT bucket_id FROM allowances WHERE site_id = $1 AND allowance_id = ANY ($2)',
    [siteId, named],
  )
  const bucketIds = [...new Set([...told, ...known.rows.map((row) => row.bucket_id)])]
  const buckets = await lockBuckets(tx, bucketIds)
  // Of their own statement, so that it sees what was committed while the locks were waited for.
  const allowances = (await readAllowances(tx, bucketIds)).filter((one) => one.siteId === siteId)
  const books = await tx.query<{ life: number }>(
    `SELECT coalesce(books_from, incarnation) AS life FROM site_incarnations WHERE site_id = $1 AND incarnation = $2`,
    [siteId, incarnation],
  )
  return {
    buckets: new Map(buckets),
    allowances: new Map(allowances.map(({ allowanceId, ...one }) => [allowanceId, one])),
    stored: new Map(allowances.map((one) => [one.allowanceId, one])),
    told: new Map(),
    dirty: new Set(),
    restored: [],
    life: books.rows[0]?.life ?? incarnation,
  }
}

/** Writes what the entries made of the credits, and opens a case for each bucket that owes. */
export async function writeProjectedCredits(
  tx: Transaction,
  { siteId }: StreamId,
  credits: ProjectedCredits,
  nowMs: number,
): Promise<void> {
  await insertTold(tx, siteId, credits, nowMs)
  const changed = new Set<string>()
  for (const allowanceId of credits.dirty) {
    const after = credits.allowances.get(allowanceId)
    if (after === undefined) continue
    const before = credits.stored.get(allowanceId)
    await writeAllowance(tx, {
      allowanceId: allowanceIdSchema.parse(allowanceId),
      bucketId: creditBucketIdSchema.parse(after.bucketId),
      siteId: siteIdSchema.parse(siteId),
      life: before?.life ?? credits.life,
      byHand: before?.byHand ?? false,
      sums: after.sums,
      received: after.received,
      nowMs,
    })
    changed.add(after.bucketId)
  }
  await issueAgain(tx, credits, nowMs)
  for (const bucketId of [...changed].sort()) await raiseOwing(tx, siteId, bucketId, nowMs)
}

/** Credits that came back after their bucket was over become a bucket of their own, once (RULES, Money). */
async function issueAgain(
  tx: Transaction,
  { buckets, restored }: ProjectedCredits,
  nowMs: number,
): Promise<void> {
  for (const { allowanceId, bucketId, amountMinor, sumMinor, atMs } of restored) {
    const over = buckets.get(bucketId)
    const reissue = over && reissueOf({ amountMinor, restoredMs: atMs, expiresMs: over.expiresMs }, nowMs)
    if (over === undefined || reissue === undefined) continue
    const { fromMs, expiresMs } = reissue
    const { memberId, currency, promotional } = over
    const { rows } = await tx.query<{ operator_id: string }>(
      'SELECT operator_id FROM credit_buckets WHERE bucket_id = $1',
      [bucketId],
    )
    await insertBucket(tx, {
      bucketId: creditBucketIdSchema.parse(
        `cb_${sha256Hex(`reissue ${allowanceId} ${sumMinor}`).slice(0, 24)}`,
      ),
      ...{ operatorId: rows[0]?.operator_id ?? '', memberId, currency, promotional, fromMs, expiresMs },
      ...{ fundedMinor: amountMinor, reason: 'reissue', createdMs: nowMs },
    })
  }
}

async function insertTold(
  tx: Transaction,
  siteId: string,
  { told }: ProjectedCredits,
  nowMs: number,
): Promise<void> {
  for (const { bucketId, memberId, currency, promotional, fromMs, expiresMs } of told.values()) {
    const { rows } = await tx.query<{ operator_id: string }>(
      'SELECT operator_id FROM sites WHERE site_id = $1',
      [siteId],
    )
    const operatorId = rows[0]?.operator_id ?? ''
    const facts = { bucketId, operatorId, memberId, currency, promotional, fromMs, expiresMs }
    await insertBucket(tx, { ...facts, fundedMinor: 0, reason: 'told_by_site', createdMs: nowMs })
  }
}

/** Sites hold more of a bucket than was put in: a restored cloud forgot money, or moved the same twice. */
async function raiseOwing(tx: Transaction, siteId: string, bucketId: string, nowMs: number): Promise<void> {
  const [bucket] = (await lockBuckets(tx, [bucketId])).values()
  if (bucket === undefined) return
  const allowances = await readAllowances(tx, [bucketId])
  const out = allowances.reduce((sum, { sums }) => sum + outMinor(sums), 0)
  if (out <= bucket.fundedMinor) return
  const { currency, fundedMinor, memberId } = bucket
  await openException(tx, {
    ...{ siteId: siteIdSchema.parse(siteId), kind: 'credits_owed', about: bucketId, nowMs },
    sides: [
      { what: 'credits', site: out, cloud: fundedMinor, difference: fundedMinor - out, unit: currency },
    ],
    detail: { bucketId, memberId, atSites: allowances.map((one) => one.siteId) },
  })
}

function textOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : []
}
