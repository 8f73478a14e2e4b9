import type { CreditExposure, CreditsView, CreditView, MyCredits } from '@gatehouse/shared/api/credits-view'
import { atSiteMinor } from '@gatehouse/shared/credits/cloud-allowance'
import type { Queryable } from '../database/pool.ts'
import {
  type Bucket,
  type BucketCursor,
  readAllowances,
  readBuckets,
  type StoredAllowance,
  writeBucketCursor,
} from './bucket-store.ts'
import { freeMinor } from './move-credits.ts'

const ownMax = 500
const choicesMax = 1_000

/** The sites whose shares somebody sees. */
export type VisibleSites = 'all' | readonly string[]

interface SiteName {
  readonly name: string
  readonly operatorId: string
  readonly currency: string
  /** The first life whose books the present one holds; 0 before the first enrolment. */
  readonly life: number
}

/** Which page of whose credits is asked for; `limit` buckets at most. */
export interface CreditsAsked {
  readonly visible: VisibleSites
  readonly mayMove: boolean
  readonly nowMs: number
  readonly limit: number
  readonly after?: BucketCursor | undefined
  readonly memberId?: string | undefined
}

/** A page of members' credits, where they are and what is risked, as far as `visible` sites are concerned. */
export async function readCredits(db: Queryable, asked: CreditsAsked): Promise<CreditsView> {
  const { visible, mayMove, nowMs, limit, after, memberId } = asked
  const sites = await siteNames(db)
  const isSeen = (siteId: string) => visible === 'all' || visible.includes(siteId)
  const seen = visible === 'all' ? undefined : visible
  const found = await readBuckets(db, { siteIds: seen, memberId, nowMs, after }, limit + 1)
  const buckets = found.slice(0, limit)
  const last = found.length > limit ? buckets.at(-1) : undefined
  const shares = await sharesByBucket(db, buckets)
  const names = await memberNames(db, buckets)
  return {
    asOfMs: nowMs,
    items: buckets.map((bucket) => {
      const own = shares.get(bucket.bucketId) ?? []
      const name = names.get(bucket.memberId)
      return {
        ...viewOf(bucket, own, nowMs),
        ...(name === undefined ? {} : { memberName: name }),
        sites: own.filter(({ siteId }) => isSeen(siteId)).map((share) => shareView(share, sites)),
      }
    }),
    ...(last && { nextCursor: writeBucketCursor(last, nowMs) }),
    exposure: (await readExposure(db, sites, nowMs)).filter(({ siteId }) => isSeen(siteId)),
    mayMove,
    members: mayMove ? await memberChoices(db) : [],
    sites: mayMove
      ? [...sites].flatMap(([id, { name, operatorId, currency, life }]) =>
          life > 0 ? [{ id, name, operatorId, currency }] : [],
        )
      : [],
  }
}

/** A member's own credits that can be spent now, by currency. */
export async function readMyCredits(
  db: Queryable,
  memberId: string,
  nowMs: number,
): Promise<readonly MyCredits[]> {
  const sites = await siteNames(db)
  const buckets = (await readBuckets(db, { memberId, nowMs }, ownMax)).filter(
    ({ fromMs, expiresMs }) => fromMs <= nowMs && nowMs < expiresMs,
  )
  const shares = await sharesByBucket(db, buckets)
  return [...new Set(buckets.map(({ currency }) => currency))].map((currency) => {
    const left = buckets
      .filter((bucket) => bucket.currency === currency)
      .map(({ expiresMs, ...bucket }) => {
        const own = present(shares.get(bucket.bucketId) ?? [], sites)
        const free = freeMinor({ ...bucket, expiresMs }, shares.get(bucket.bucketId) ?? [])
        const amountMinor = Math.max(0, free) + own.reduce((sum, { sums }) => sum + atSiteMinor(sums), 0)
        return { expiresMs, amountMinor, own }
      })
    const next = left.find(({ amountMinor }) => amountMinor > 0)
    return {
      currency,
      totalMinor: left.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
      ...(next && { nextExpiry: { expiresMs: next.expiresMs, amountMinor: next.amountMinor } }),
      sites: perSite(
        left.flatMap(({ own }) => own),
        sites,
      ),
    }
  })
}

function perSite(
  shares: readonly StoredAllowance[],
  sites: ReadonlyMap<string, SiteName>,
): MyCredits['sites'] {
  const sums = new Map<string, number>()
  for (const { siteId, sums: of } of shares) sums.set(siteId, (sums.get(siteId) ?? 0) + atSiteMinor(of))
  return [...sums].flatMap(([siteId, amountMinor]) =>
    amountMinor > 0 ? [{ siteId, siteName: sites.get(siteId)?.name ?? siteId, amountMinor }] : [],
  )
}

/** The shares that the site's present books hold. */
function present(
  shares: readonly StoredAllowance[],
  sites: ReadonlyMap<string, SiteName>,
): readonly StoredAllowance[] {
  return shares.filter(({ siteId, life }) => sites.get(siteId)?.life === life)
}

function viewOf(
  bucket: Bucket,
  shares: readonly StoredAllowance[],
  nowMs: number,
): Omit<CreditView, 'sites'> {
  const { operatorId: _, createdMs: __, ...facts } = bucket
  const state = nowMs < bucket.fromMs ? 'coming' : nowMs < bucket.expiresMs ? 'running' : 'over'
  return { ...facts, state, cloudMinor: freeMinor(bucket, shares) }
}

function shareView(
  { siteId, life, sums }: StoredAllowance,
  sites: ReadonlyMap<string, SiteName>,
): CreditView['sites'][number] {
  const site = sites.get(siteId)
  return {
    ...{ siteId, siteName: site?.name ?? siteId, isLost: site?.life !== life },
    atSiteMinor: atSiteMinor(sums),
    drawnMinor: sums.drawnMinor - sums.restoredMinor,
    unconfirmedMinor: sums.movedMinor - sums.receivedMinor,
    askedBackMinor: Math.max(0, sums.askedBackMinor - sums.givenBackMinor),
    overdraftMinor: sums.overdraftMinor,
  }
}

async function readExposure(
  db: Queryable,
  sites: ReadonlyMap<string, SiteName>,
  nowMs: number,
): Promise<readonly CreditExposure[]> {
  const { rows } = await db.query<Omit<CreditExposure, 'siteName'>>(
    `SELECT site_id AS "siteId", currency, sum(overdraft_minor)::bigint AS "limitMinor",
       sum(greatest(0, drawn_minor - restored_minor + given_back_minor - moved_minor))::bigint AS "usedMinor",
       sum(greatest(0, moved_minor - given_back_minor - drawn_minor + restored_minor))::bigint AS "atSiteMinor",
       sum(moved_minor - received_minor)::bigint AS "unconfirmedMinor"
     FROM allowances JOIN credit_buckets USING (bucket_id) WHERE expires_ms > $1
     GROUP BY site_id, currency ORDER BY site_id, currency`,
    [nowMs],
  )
  return rows.map((row) => ({ ...row, siteName: sites.get(row.siteId)?.name ?? row.siteId }))
}

async function sharesByBucket(
  db: Queryable,
  buckets: readonly Bucket[],
): Promise<ReadonlyMap<string, readonly StoredAllowance[]>> {
  const byBucket = new Map<string, StoredAllowance[]>(buckets.map(({ bucketId }) => [bucketId, []]))
  for (const share of await readAllowances(db, [...byBucket.keys()]))
    byBucket.get(share.bucketId)?.push(share)
  return byBucket
}

async function siteNames(db: Queryable): Promise<ReadonlyMap<string, SiteName>> {
  const { rows } = await db.query<SiteName & { site_id: string }>(
    `SELECT site_id, operator_id AS "operatorId", coalesce(d.body ->> 'name', site_id) AS name,
       coalesce(d.body ->> 'currency', '') AS currency, coalesce(i.books_from, i.incarnation, 0) AS life
     FROM sites LEFT JOIN site_incarnations i USING (site_id, incarnation)
     LEFT JOIN site_directory d USING (site_id) WHERE coalesce(d.kind, 'site') = 'site' ORDER BY 3, 1`,
  )
  return new Map(rows.map(({ site_id, ...site }) => [site_id, site]))
}

async function memberNames(db: Queryable, buckets: readonly Bucket[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ member_id: string; display_name: string }>(
    'SELECT member_id, display_name FROM member WHERE member_id = ANY ($1)',
    [[...new Set(buckets.map(({ memberId }) => memberId))]],
  )
  return new Map(rows.map((row) => [row.member_id, row.display_name]))
}

async function memberChoices(db: Queryable): Promise<{ id: string; name: string }[]> {
  const { rows } = await db.query<{ id: string; name: string }>(
    `SELECT member_id AS id, display_name AS name FROM member ORDER BY display_name, member_id LIMIT ${choicesMax}`,
  )
  return rows
}
