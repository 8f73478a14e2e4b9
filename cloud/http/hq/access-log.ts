import type { AccessRow } from '@gatehouse/shared/api/access-view'
import type { Queryable } from '../../database/pool.ts'
import type { Visible } from './overview.ts'
import type { RowCursor } from './row-cursor.ts'

/** Which access decisions are asked for; newest first. */
export interface AccessQuery {
  readonly visible: Visible
  readonly site?: string | undefined
  /** The id of a door or lane. */
  readonly door?: string | undefined
  readonly result?: 'granted' | 'refused' | undefined
  readonly reason?: string | undefined
  readonly member?: string | undefined
  /** Part of a member's name, in any case. */
  readonly name?: string | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly after?: RowCursor | undefined
  readonly limit: number
}

/** Names are looked up first; a part of a name that fits more people finds the first of them. */
const membersMax = 500
const credentialsMax = 5_000

/** A row without what the site's catalogue adds. */
export type AccessFound = Omit<AccessRow, 'siteName' | 'timeZone'>

/** Reads access decisions from the projected rows, each with the hash of its entry. */
export async function readAccess(db: Queryable, query: AccessQuery): Promise<readonly AccessFound[]> {
  const { visible, after } = query
  const who = await peopleOf(db, query)
  const found = await db.query<AccessFound>(
    `WITH page AS (
       SELECT a.* FROM access_events a
       WHERE ($1::text[] IS NULL OR a.site_id = ANY ($1))
         AND ($2::text IS NULL OR a.site_id = $2) AND ($3::text IS NULL OR a.door_id = $3)
         AND ($4::text IS NULL OR a.kind = $4) AND ($5::text IS NULL OR a.reason = $5)
         AND ($6::text[] IS NULL OR a.member_id = ANY ($6) OR a.credential_id = ANY ($7::text[]))
         AND a.at_ms >= $8 AND a.at_ms < $9
         AND ($10::bigint IS NULL OR (a.at_ms, a.site_id, a.incarnation, a.seq) < ($10, $11, $12, $13))
       ORDER BY a.at_ms DESC, a.site_id DESC, a.incarnation DESC, a.seq DESC LIMIT $14)
     SELECT a.site_id AS "siteId", a.incarnation, a.seq, l.hash, a.at_ms AS "atMs", a.kind AS result, a.reason,
       a.place, a.door_id AS "placeId", p.body->>'name' AS "placeName",
       coalesce(a.direction, CASE p.body->>'direction' WHEN 'entry' THEN 'in' WHEN 'exit' THEN 'out' END)
         AS direction,
       a.reader_id AS "readerId", r.body->>'name' AS "readerName",
       coalesce(a.credential_kind, c.kind) AS "credentialKind", a.credential_id AS "credentialId",
       coalesce(a.member_id, c.member_id) AS "memberId", m.display_name AS "memberName",
       a.booking_id AS "bookingId", a.session_id AS "sessionId"
     FROM page a
     JOIN ledger_entries l USING (site_id, incarnation, seq)
     LEFT JOIN credential c ON c.credential_id = a.credential_id
     LEFT JOIN member m ON m.member_id = coalesce(a.member_id, c.member_id)
     LEFT JOIN site_directory p ON p.site_id = a.site_id AND p.kind = a.place AND p.key = a.door_id
     LEFT JOIN site_directory r ON r.site_id = a.site_id AND r.kind = 'device' AND r.key = a.reader_id
     ORDER BY a.at_ms DESC, a.site_id DESC, a.incarnation DESC, a.seq DESC`,
    [
      visible === 'all' ? null : visible,
      query.site ?? null,
      query.door ?? null,
      query.result ?? null,
      query.reason ?? null,
      who?.memberIds ?? null,
      who?.credentialIds ?? null,
      query.fromMs ?? 0,
      query.toMs ?? Number.MAX_SAFE_INTEGER,
      after?.atMs ?? null,
      after?.siteId ?? null,
      after?.incarnation ?? null,
      after?.seq ?? null,
      query.limit,
    ],
  )
  return found.rows.map(withoutNulls)
}

interface People {
  readonly memberIds: readonly string[]
  /** Refusals name only the credential. */
  readonly credentialIds: readonly string[]
}

/** Whom the query asks about; `undefined` when anybody. */
async function peopleOf(db: Queryable, { member, name }: AccessQuery): Promise<People | undefined> {
  if (member === undefined && name === undefined) return undefined
  // A member whose row is gone is still named by entries.
  const named = await db.query<{ member_id: string }>(
    `SELECT member_id FROM member WHERE ($1::text IS NULL OR member_id = $1)
       AND position(lower($2) IN lower(display_name)) > 0 ORDER BY member_id LIMIT $3`,
    [member ?? null, name ?? '', membersMax],
  )
  const found = named.rows.map((row) => row.member_id)
  const memberIds = name === undefined && member !== undefined ? [member] : found
  const cards = await db.query<{ credential_id: string }>(
    'SELECT credential_id FROM credential WHERE member_id = ANY ($1) ORDER BY credential_id LIMIT $2',
    [memberIds, credentialsMax],
  )
  return { memberIds, credentialIds: cards.rows.map((row) => row.credential_id) }
}

/** The row without columns that say nothing. */
export function withoutNulls<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T
}
