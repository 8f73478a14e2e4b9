import type { IncidentRow } from '@gatehouse/shared/api/access-view'
import type { Queryable } from '../../database/pool.ts'
import { endsByPerson } from '../../ingest/incident-subject.ts'
import { withoutNulls } from './access-log.ts'
import type { Visible } from './overview.ts'
import type { RowCursor } from './row-cursor.ts'

/** Which incidents are asked for; open ones first, then newest first. */
export interface IncidentQuery {
  readonly visible: Visible
  readonly site?: string | undefined
  /** The id of a door, lane, zone or space. */
  readonly door?: string | undefined
  readonly kind?: string | undefined
  readonly incidentId?: string | undefined
  readonly state?: IncidentRow['state'] | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly after?: RowCursor | undefined
  readonly limit: number
}

/** A row without what the site's catalogue adds. */
export type IncidentFound = Omit<IncidentRow, 'siteName' | 'timeZone'>

interface Row extends Omit<IncidentFound, 'ended' | 'silent' | 'needsPerson'> {
  readonly endsWith?: string
  readonly endedIncarnation?: number
  readonly endedSeq?: number
  readonly endedHash?: string
}

/** A duress alarm must never be seen by whoever forces the person (RULES, Access). */
const silentKinds: ReadonlySet<string> = new Set(['duress', 'duress_at_kiosk'])

/** Reads incidents from the projected rows, each with the entries that opened and ended it. */
export async function readIncidents(db: Queryable, query: IncidentQuery): Promise<readonly IncidentFound[]> {
  const { visible, after } = query
  const found = await db.query<Row>(
    `WITH page AS (
       SELECT i.* FROM incidents i
       WHERE ($1::text[] IS NULL OR i.site_id = ANY ($1))
         AND ($2::text IS NULL OR i.site_id = $2) AND ($3::text IS NULL OR i.place_id = $3)
         AND ($4::text IS NULL OR i.kind = $4)
         AND ($5::text IS NULL OR CASE $5 WHEN 'open' THEN i.is_open
           WHEN 'ended' THEN i.ended_ms IS NOT NULL ELSE i.ends_with IS NULL END)
         AND i.at_ms >= $6 AND i.at_ms < $7 AND ($14::text IS NULL OR i.incident_id = $14)
         AND ($8::boolean IS NULL
           OR (i.is_open, i.at_ms, i.site_id, i.incarnation, i.seq) < ($8, $9::bigint, $10, $11::int, $12::bigint))
       ORDER BY i.is_open DESC, i.at_ms DESC, i.site_id DESC, i.incarnation DESC, i.seq DESC LIMIT $13)
     SELECT i.site_id AS "siteId", i.incarnation, i.seq, l.hash, i.incident_id AS "incidentId", i.kind, i.about,
       CASE WHEN i.is_open THEN 'open' WHEN i.ended_ms IS NOT NULL THEN 'ended' ELSE 'moment' END AS state,
       i.at_ms AS "sinceMs", i.ended_ms AS "endedMs", i.ended_incarnation AS "endedIncarnation",
       i.ended_seq AS "endedSeq", e.hash AS "endedHash", i.place, i.place_id AS "placeId",
       p.body->>'name' AS "placeName", i.session_id AS "sessionId", i.ends_with AS "endsWith",
       i.acknowledged_by AS "acknowledgedById", u.name AS "acknowledgedByName"
     FROM page i
     JOIN ledger_entries l USING (site_id, incarnation, seq)
     LEFT JOIN ledger_entries e
       ON (e.site_id, e.incarnation, e.seq) = (i.site_id, i.ended_incarnation, i.ended_seq)
     LEFT JOIN login_user u ON u.id = i.acknowledged_by
     LEFT JOIN site_directory p ON p.site_id = i.site_id AND p.kind = i.place AND p.key = i.place_id
     ORDER BY i.is_open DESC, i.at_ms DESC, i.site_id DESC, i.incarnation DESC, i.seq DESC`,
    [
      visible === 'all' ? null : visible,
      query.site ?? null,
      query.door ?? null,
      query.kind ?? null,
      query.state ?? null,
      query.fromMs ?? 0,
      query.toMs ?? Number.MAX_SAFE_INTEGER,
      after?.isOpen ?? null,
      after?.atMs ?? null,
      after?.siteId ?? null,
      after?.incarnation ?? null,
      after?.seq ?? null,
      query.limit,
      query.incidentId ?? null,
    ],
  )
  return found.rows.map((row) => incidentOf(withoutNulls(row)))
}

function incidentOf({ endedIncarnation, endedSeq, endedHash, endsWith, ...found }: Row): IncidentFound {
  const needsPerson = found.state === 'open' && endsWith?.startsWith(endsByPerson) === true
  const row = { ...found, silent: silentKinds.has(found.kind), needsPerson }
  if (endedIncarnation === undefined || endedSeq === undefined || endedHash === undefined) return row
  return { ...row, ended: { incarnation: endedIncarnation, seq: endedSeq, hash: endedHash } }
}

/** Counts the open incidents of the visible sites, or of one of them. */
export async function countOpenIncidents(db: Queryable, visible: Visible, site?: string): Promise<number> {
  const found = await db.query<{ count: number }>(
    `SELECT count(*) FROM incidents
     WHERE is_open AND ($1::text[] IS NULL OR site_id = ANY ($1)) AND ($2::text IS NULL OR site_id = $2)`,
    [visible === 'all' ? null : visible, site ?? null],
  )
  return found.rows[0]?.count ?? 0
}
