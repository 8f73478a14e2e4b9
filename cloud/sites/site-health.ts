import type { SiteId } from '@gatehouse/shared/ids/ids'
import { type Heartbeat, heartbeatSchema } from '@gatehouse/shared/wire/v1/sync'
import { inTransaction, type Pool, type Queryable, type Transaction } from '../database/pool.ts'
import { openCaseSql } from '../exceptions/raise.ts'
import { type Boot, hearBoot, isOtherHeard } from './decide-boots.ts'
import type { SiteCaller } from './site-access.ts'
import { currentIncarnation } from './site-store.ts'

/** A site that was not heard for longer is taken for offline: two heartbeats of 10 s and some slack. */
export const offlineAfterMs = 25_000
/** With more entries of a site not projected than this the cloud is behind; fewer are always under way. */
export const behindEntriesMin = 51

/** What the cloud knows of a site's life beside its ledger. */
export interface SiteHealth {
  readonly siteId: SiteId
  /** The newest life; 0 before the first enrolment. */
  readonly incarnation: number
  /** Wall time of the last heartbeat by the cloud's clock; `undefined` when never heard. */
  readonly heardMs: number | undefined
  readonly online: boolean
  readonly heartbeat: Heartbeat | undefined
  /** The cloud's head of the newest life. */
  readonly head: { readonly seq: number; readonly hash: string }
  /** How far the entries have been projected. */
  readonly projectedSeq: number
  /** Since when each heartbeat found the cloud behind, by its clock; `undefined` while it keeps up. */
  readonly behindSinceMs: number | undefined
}

/** What became of a heartbeat: only a current one that is not late is kept as the site's health. */
export interface HeardHeartbeat {
  /** It is of the site's newest life. */
  readonly isCurrent: boolean
  /** It was sent before another one that was heard: it tells nothing of now. */
  readonly isLate: boolean
  /** Two machines hold this life. */
  readonly twins: boolean
  /** Whether there may be a case about the clock of the site. */
  readonly hasClockCase: boolean
}

/** Keeps the last heartbeat of a site's newest life, and what every heartbeat tells of the boot that sent it. */
export async function storeHeartbeat(
  pool: Pool,
  siteId: SiteId,
  heartbeat: Heartbeat,
  heardMs: number,
): Promise<HeardHeartbeat> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ boots: readonly Boot[]; life: number; has_clock_case: boolean }>(
      `SELECT boots, (SELECT incarnation FROM sites WHERE site_id = $1) AS life, EXISTS (SELECT FROM exceptions
         WHERE site_id = $1 AND kind = 'clock_skew' AND ${openCaseSql}) AS has_clock_case
       FROM site_health WHERE site_id = $1 FOR UPDATE`,
      [siteId],
    )
    const [known] = rows
    const life = known?.life ?? (await currentIncarnation(tx, siteId))
    const isCurrent = life === heartbeat.incarnation
    const { boots, isLate, twins } = hearBoot(known?.boots ?? [], heartbeat, heardMs)
    if (isCurrent && !isLate) await putHealth(tx, siteId, { heartbeat, boots, heardMs })
    else await putBoots(tx, siteId, boots)
    return { isCurrent, isLate, twins, hasClockCase: known?.has_clock_case ?? true }
  })
}

async function putBoots(tx: Transaction, siteId: SiteId, boots: readonly Boot[]): Promise<void> {
  await tx.query('UPDATE site_health SET boots = $2 WHERE site_id = $1', [siteId, JSON.stringify(boots)])
}

async function putHealth(
  tx: Transaction,
  siteId: SiteId,
  {
    heartbeat,
    boots,
    heardMs,
  }: { readonly heartbeat: Heartbeat; readonly boots: readonly Boot[]; readonly heardMs: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO site_health (site_id, incarnation, heard_ms, heartbeat, behind_since_ms, boots)
     SELECT s.site_id, $2, $3, $4, CASE WHEN $5::bigint - coalesce(p.seq, 0) >= $6 THEN $3::bigint END, $7
     FROM sites s LEFT JOIN projection_positions p ON p.site_id = s.site_id AND p.incarnation = s.incarnation
     WHERE s.site_id = $1
     ON CONFLICT (site_id) DO UPDATE
       SET incarnation = excluded.incarnation, heard_ms = excluded.heard_ms, heartbeat = excluded.heartbeat,
         behind_since_ms = CASE WHEN excluded.behind_since_ms IS NULL THEN NULL
           ELSE coalesce(site_health.behind_since_ms, excluded.behind_since_ms) END,
         boots = excluded.boots`,
    [
      ...[siteId, heartbeat.incarnation, heardMs, JSON.stringify(heartbeat)],
      ...[heartbeat.sums.head.seq, behindEntriesMin, JSON.stringify(boots)],
    ],
  )
}

/** Tells whether another boot of this life was heard within the last 25 s. */
export async function otherBootHeard(
  db: Queryable,
  { siteId, incarnation }: SiteCaller,
  bootId: string,
  nowMs: number,
): Promise<boolean> {
  const { rows } = await db.query<{ boots: readonly Boot[] }>(
    'SELECT boots FROM site_health WHERE site_id = $1',
    [siteId],
  )
  return isOtherHeard(rows[0]?.boots ?? [], { incarnation, bootId }, nowMs - offlineAfterMs)
}

interface HealthRow {
  readonly site_id: SiteId
  readonly incarnation: number
  readonly heard_ms: number | null
  readonly heartbeat: unknown
  readonly head_seq: number | null
  readonly head_hash: string | null
  readonly projected_seq: number | null
  readonly behind_since_ms: number | null
}

/** The health of all sites, or of those named; `nowMs` decides who is online. */
export async function readSiteHealth(
  db: Queryable,
  nowMs: number,
  siteIds?: readonly string[],
): Promise<readonly SiteHealth[]> {
  const { rows } = await db.query<HealthRow>(
    `SELECT s.site_id, s.incarnation, h.heard_ms, h.heartbeat, t.head_seq, t.head_hash, p.seq AS projected_seq,
       h.behind_since_ms
     FROM sites s
     LEFT JOIN site_health h ON h.site_id = s.site_id AND h.incarnation = s.incarnation
     LEFT JOIN streams t ON t.site_id = s.site_id AND t.incarnation = s.incarnation
     LEFT JOIN projection_positions p ON p.site_id = s.site_id AND p.incarnation = s.incarnation
     WHERE $1::text[] IS NULL OR s.site_id = ANY ($1)
     ORDER BY s.site_id`,
    [siteIds ?? null],
  )
  return rows.map((row) => healthOf(row, nowMs))
}

function healthOf(row: HealthRow, nowMs: number): SiteHealth {
  const heardMs = row.heard_ms ?? undefined
  return {
    siteId: row.site_id,
    incarnation: row.incarnation,
    heardMs,
    online: isOnline(heardMs, nowMs),
    heartbeat: heartbeatSchema.safeParse(row.heartbeat).data,
    head: { seq: row.head_seq ?? 0, hash: row.head_hash ?? '0'.repeat(64) },
    projectedSeq: row.projected_seq ?? 0,
    behindSinceMs: row.behind_since_ms ?? undefined,
  }
}

/** Tells whether a site was heard within the last 25 s. */
export async function isSiteOnline(db: Queryable, siteId: string, nowMs: number): Promise<boolean> {
  const [contact] = await readSiteContacts(db, nowMs, [siteId])
  return contact?.online ?? false
}

/** When all sites, or those named, were heard last; `nowMs` decides who is online. Reads nothing of what they said. */
export async function readSiteContacts(
  db: Queryable,
  nowMs: number,
  siteIds?: readonly string[],
): Promise<readonly Pick<SiteHealth, 'siteId' | 'heardMs' | 'online'>[]> {
  const { rows } = await db.query<Pick<HealthRow, 'site_id' | 'heard_ms'>>(
    `SELECT s.site_id, h.heard_ms FROM sites s
     LEFT JOIN site_health h ON h.site_id = s.site_id AND h.incarnation = s.incarnation
     WHERE $1::text[] IS NULL OR s.site_id = ANY ($1) ORDER BY s.site_id`,
    [siteIds ?? null],
  )
  return rows.map(({ site_id: siteId, heard_ms }) => {
    const heardMs = heard_ms ?? undefined
    return { siteId, heardMs, online: isOnline(heardMs, nowMs) }
  })
}

function isOnline(heardMs: number | undefined, nowMs: number): boolean {
  return heardMs !== undefined && nowMs - heardMs < offlineAfterMs
}
