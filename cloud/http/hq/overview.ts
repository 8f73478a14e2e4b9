import type { Overview, ReconciliationItem, SiteDetail, SiteSummary } from '@gatehouse/shared/api/hq-views'
import { roomCapacity } from '@gatehouse/shared/booking/combined'
import { dayNumber } from '@gatehouse/shared/calendar/civil'
import { dateAt, dayBounds } from '@gatehouse/shared/calendar/wall-time'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SiteCatalogue, SiteCatalogues } from '../../bookings/site-catalogue.ts'
import type { Pool, Queryable } from '../../database/pool.ts'
import { readAcceptedGaps } from '../../reconciliation/accepted-gaps.ts'
import { reconcile, type SiteReconciliation } from '../../reconciliation/reconcile.ts'
import { readSiteHealth, type SiteHealth } from '../../sites/site-health.ts'
import { readHours } from './hours.ts'
import { offlineCards } from './offline-cards.ts'
import { readSiteFigures } from './site-figures.ts'

export interface OverviewParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly catalogues: SiteCatalogues
}

/** Which sites somebody may see: all, or those named. */
export type Visible = 'all' | readonly string[]

const hoursShown = 24

/** Summaries of all visible sites with totals and the last 24 hours. */
export async function readOverview(parts: OverviewParts, visible: Visible): Promise<Overview> {
  const { pool: db, clock } = parts
  const nowMs = clock.now().wallMs
  const sites = await readSummaries(parts, visible, nowMs)
  const capacity = sum(sites, (site) => site.capacity)
  const siteIds = sites.map((site) => site.siteId)
  const hours = await readHours(db, { siteIds, capacity, toMs: nowMs, hours: hoursShown, nowMs })
  const currency = sites[0]?.currency ?? 'EUR'
  return {
    asOfMs: nowMs,
    totals: {
      // Amounts of different currencies do not add up; sites of another currency keep their own line.
      takingsMinor: sum(sites, (site) => (site.currency === currency ? site.takingsTodayMinor : 0)),
      currency,
      occupiedPercent: percent(
        sum(sites, (site) => site.occupied),
        capacity,
      ),
      exceptions: sum(sites, (site) => site.exceptions),
      entriesToday: sum(sites, (site) => site.entriesToday),
    },
    sites: [...sites],
    occupancyByHour: hours.map(({ fromMs, percent: of }) => ({ fromMs, percent: of })),
    takingsByHour: hours.map(({ fromMs, amountMinor }) => ({ fromMs, amountMinor })),
  }
}

/** The summaries of the visible sites, in order of name. */
export async function readSummaries(
  parts: OverviewParts,
  visible: Visible,
  nowMs: number,
): Promise<readonly SiteSummary[]> {
  const { pool, catalogues } = parts
  const siteIds = visible === 'all' ? undefined : visible
  const [healths, items] = await Promise.all([
    readSiteHealth(pool, nowMs, siteIds),
    reconcile(pool, nowMs, siteIds),
  ])
  const books = new Map(items.map((item) => [item.siteId, item]))
  const summaries = await Promise.all(
    healths.map(async (health) => {
      const catalogue = await catalogues.find(health.siteId)
      return catalogue && summarise(pool, catalogue, health, books.get(health.siteId), nowMs)
    }),
  )
  return summaries.filter((site) => site !== undefined).sort((a, b) => a.name.localeCompare(b.name))
}

/** What each visible site reports against what the cloud has projected, line by line, and what is known to be missing. */
export async function readReconciliation(
  { pool, catalogues }: OverviewParts,
  visible: Visible,
  nowMs: number,
): Promise<readonly ReconciliationItem[]> {
  const books = await reconcile(pool, nowMs, visible === 'all' ? undefined : visible)
  const gaps = await readAcceptedGaps(
    pool,
    books.map(({ siteId }) => siteId),
  )
  return Promise.all(
    books.map(async ({ lines, ...book }) => {
      const catalogue = await catalogues.find(book.siteId)
      const lost = gaps.get(book.siteId)
      const name = catalogue?.site.name ?? book.siteId
      return { ...book, name, lines: [...lines], ...(lost && { gaps: [...lost] }) }
    }),
  )
}

/** One site with its day, counts and open exceptions; `undefined` when it is not known. */
export async function readSiteDetail(parts: OverviewParts, siteId: string): Promise<SiteDetail | undefined> {
  const { pool: db, clock } = parts
  const nowMs = clock.now().wallMs
  const [summary] = await readSummaries(parts, [siteId], nowMs)
  if (summary === undefined) return undefined
  const [[health], hours, bookings, sessions, openExceptions] = await Promise.all([
    readSiteHealth(db, nowMs, [siteId]),
    readHours(db, { siteIds: [siteId], capacity: summary.capacity, toMs: nowMs, hours: hoursShown, nowMs }),
    countBookings(db, siteId),
    countSessions(db, siteId),
    listExceptions(db, siteId),
  ])
  const heartbeat = health?.heartbeat
  const catalogue = await parts.catalogues.find(siteId)
  const cards = catalogue && health && offlineCards(catalogue, health)
  return {
    ...summary,
    ...(cards && { offlineCards: cards }),
    asOfMs: nowMs,
    ...(heartbeat === undefined ? {} : { version: heartbeat.version, clockQuality: heartbeat.clockQuality }),
    devicesDownIds: heartbeat?.devicesDown ?? [],
    bookings,
    sessions,
    openExceptions,
    hours: [...hours],
  }
}

async function summarise(
  db: Queryable,
  catalogue: SiteCatalogue,
  health: SiteHealth,
  books: SiteReconciliation | undefined,
  nowMs: number,
): Promise<SiteSummary> {
  const { name, kind, timeZone, currency } = catalogue.site
  const day = dayBounds(timeZone, dayNumber(dateAt(timeZone, nowMs)) ?? 0)
  const figures = await readSiteFigures(db, { siteId: catalogue.siteId, kind, ...day, nowMs })
  const head = health.heartbeat?.sums.head ?? health.head
  return {
    siteId: catalogue.siteId,
    name,
    kind,
    timeZone,
    currency,
    ...(health.heardMs === undefined ? {} : { heardMs: health.heardMs }),
    ...(health.behindSinceMs === undefined ? {} : { behindSinceMs: health.behindSinceMs }),
    link: health.online ? 'live' : 'offline',
    waiting: health.heartbeat?.waiting ?? 0,
    devicesDown: health.heartbeat?.devicesDown.length ?? 0,
    selling: health.heartbeat?.selling ?? 'unknown',
    incarnation: health.incarnation,
    headSeq: Math.max(head.seq, health.head.seq),
    headHash: head.seq >= health.head.seq ? head.hash : health.head.hash,
    cloudSeq: health.projectedSeq,
    lagEntries: Math.max(0, Math.max(head.seq, health.head.seq) - health.projectedSeq),
    ...figures,
    capacity: roomCapacity(catalogue.spaces),
    diff: { state: books?.state ?? 'waiting', amountMinor: books?.amountMinor ?? 0 },
  }
}

async function countBookings(db: Queryable, siteId: string): Promise<Record<string, number>> {
  const found = await db.query<{ status: string; count: number }>(
    'SELECT status, count(*) FROM bookings WHERE site_id = $1 GROUP BY status ORDER BY status',
    [siteId],
  )
  return Object.fromEntries(found.rows.map((row) => [row.status, row.count]))
}

async function countSessions(db: Queryable, siteId: string): Promise<SiteDetail['sessions']> {
  const found = await db.query<SiteDetail['sessions']>(
    `SELECT count(*) FILTER (WHERE state NOT IN ('departed', 'voided')) AS open,
       count(*) FILTER (WHERE state = 'departed') AS departed,
       count(*) FILTER (WHERE state = 'voided') AS voided
     FROM parking_sessions WHERE site_id = $1`,
    [siteId],
  )
  return found.rows[0] ?? { open: 0, departed: 0, voided: 0 }
}

async function listExceptions(db: Queryable, siteId: string): Promise<SiteDetail['openExceptions']> {
  const found = await db.query<SiteDetail['openExceptions'][number]>(
    `SELECT exception_id AS "exceptionId", site_id AS "siteId", kind, about, opened_ms AS "openedMs"
     FROM exceptions WHERE site_id = $1 AND closed_ms IS NULL ORDER BY opened_ms DESC LIMIT 100`,
    [siteId],
  )
  return found.rows
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10
}
