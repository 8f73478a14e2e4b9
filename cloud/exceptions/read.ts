import type {
  ExceptionFix,
  ExceptionKind,
  ExceptionPage,
  ExceptionStepView,
} from '@gatehouse/shared/api/exception-view'
import type { Queryable } from '../database/pool.ts'
import type { ExceptionSide } from './kinds.ts'

/** Which sites somebody may see: all, or those named. */
export type VisibleSites = 'all' | readonly string[]

/** The place of a case in the order: worst and oldest first, settled ones last and newest first. */
export interface ExceptionCursor {
  readonly rank: number
  readonly sortMs: number
  readonly exceptionId: number
}

/** Which cases are asked for. */
export interface ExceptionQuery {
  readonly visible: VisibleSites
  readonly state?: 'open' | 'taken' | 'proposed' | 'settled' | 'unsettled' | undefined
  readonly site?: string | undefined
  readonly kind?: ExceptionKind | undefined
  /** A user's id, or `nobody`. */
  readonly owner?: string | undefined
  readonly after?: ExceptionCursor | undefined
  readonly exceptionId?: number | undefined
  readonly limit: number
}

/** A case as it is read, with the names of people. */
export interface FoundException {
  readonly exceptionId: number
  readonly siteId: string
  readonly siteName: string | null
  readonly timeZone: string | null
  readonly kind: ExceptionKind
  readonly about: string
  readonly state: 'open' | 'taken' | 'proposed' | 'settled'
  readonly severity: number
  readonly sinceMs: number
  readonly foundMs: number
  readonly sides: readonly ExceptionSide[]
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly ownerId: string | null
  readonly ownerName: string | null
  readonly proposedById: string | null
  readonly proposedByName: string | null
  readonly fix: ExceptionFix | 'resolved_by_itself' | null
  readonly note: string | null
  readonly settledById: string | null
  readonly settledByName: string | null
  readonly settledMs: number | null
  readonly incarnation: number | null
  readonly seq: number | null
  readonly hash: string | null
  readonly rank: number
  readonly sortMs: number
}

const rank = '(CASE WHEN e.closed_ms IS NULL THEN 3 - e.severity ELSE 9 END)'
const sortMs = '(CASE WHEN e.closed_ms IS NULL THEN e.opened_ms ELSE -e.closed_ms END)'
const ownersMax = 200
const sitesMax = 2_000
const stepsMax = 500

/** Reads a page of cases, worst and oldest first. */
export async function readExceptions(
  db: Queryable,
  query: ExceptionQuery,
): Promise<readonly FoundException[]> {
  const { visible, state, after } = query
  const { rows } = await db.query<FoundException>(
    `SELECT e.exception_id AS "exceptionId", e.site_id AS "siteId", d.body->>'name' AS "siteName",
       d.body->>'timeZone' AS "timeZone", e.kind, e.about, e.state, e.severity, e.opened_ms AS "sinceMs",
       coalesce(e.found_ms, e.opened_ms) AS "foundMs", e.sides, e.amount_minor AS "amountMinor", e.currency,
       e.owner_id AS "ownerId", o.name AS "ownerName", e.proposed_by AS "proposedById",
       p.name AS "proposedByName", e.fix, e.note, e.settled_by AS "settledById", s.name AS "settledByName",
       e.closed_ms AS "settledMs", e.incarnation, e.seq, l.hash, ${rank} AS rank, ${sortMs} AS "sortMs"
     FROM exceptions e
     LEFT JOIN site_directory d ON d.site_id = e.site_id AND d.kind = 'site' AND d.key = e.site_id
     LEFT JOIN login_user o ON o.id = e.owner_id
     LEFT JOIN login_user p ON p.id = e.proposed_by
     LEFT JOIN login_user s ON s.id = e.settled_by
     LEFT JOIN ledger_entries l ON l.site_id = e.site_id AND l.incarnation = e.incarnation AND l.seq = e.seq
     WHERE ($1::text[] IS NULL OR e.site_id = ANY ($1))
       AND ($2::text IS NULL OR e.state = $2) AND (NOT $3 OR e.closed_ms IS NULL)
       AND ($4::text IS NULL OR e.site_id = $4) AND ($5::text IS NULL OR e.kind = $5)
       AND ($6::text IS NULL OR e.owner_id = $6 OR ($6 = 'nobody' AND e.owner_id IS NULL))
       AND ($7::bigint IS NULL OR e.exception_id = $7)
       AND ($8::integer IS NULL OR (${rank}, ${sortMs}, e.exception_id) > ($8, $9::bigint, $10::bigint))
     ORDER BY ${rank}, ${sortMs}, e.exception_id LIMIT $11`,
    [
      ...[visible === 'all' ? null : visible, state === 'unsettled' ? null : (state ?? null)],
      ...[state === 'unsettled', query.site ?? null, query.kind ?? null, query.owner ?? null],
      ...[query.exceptionId ?? null, after?.rank ?? null, after?.sortMs ?? null],
      ...[after?.exceptionId ?? null, query.limit],
    ],
  )
  return rows
}

/** What became of a case, oldest first. */
export async function readExceptionHistory(db: Queryable, exceptionId: number): Promise<ExceptionStepView[]> {
  const { rows } = await db.query<{
    step: number
    act: string
    atMs: number
    byId: string
    byName: string | null
    state: string
    fix: ExceptionFix | 'resolved_by_itself' | null
    note: string | null
    amountMinor: number | null
  }>(
    `SELECT * FROM (
       SELECT h.step, h.act, h.at_ms AS "atMs", h.by_id AS "byId", u.name AS "byName", h.state, h.fix, h.note,
         h.amount_minor AS "amountMinor"
       FROM exception_history h LEFT JOIN login_user u ON u.id = h.by_id
       WHERE h.exception_id = $1 ORDER BY h.step DESC LIMIT ${stepsMax}) AS newest ORDER BY step`,
    [exceptionId],
  )
  return rows.map(({ step, act, atMs, byId, byName, state, fix, note, amountMinor }) => ({
    ...{ step, act, atMs, state, by: { id: byId, ...(byName !== null && { name: byName }) } },
    ...(fix !== null && { fix }),
    ...(note !== null && { note }),
    ...(amountMinor !== null && { amountMinor }),
  }))
}

/** How many cases are not settled, and what can be filtered by. */
export async function readExceptionChoices(
  db: Queryable,
  { visible, site }: Pick<ExceptionQuery, 'visible' | 'site'>,
): Promise<Pick<ExceptionPage, 'unsettled' | 'choices'>> {
  const seen = visible === 'all' ? null : visible
  const [count, sites, owners] = await Promise.all([
    db.query<{ count: number }>(
      `SELECT count(*) AS count FROM exceptions WHERE closed_ms IS NULL
         AND ($1::text[] IS NULL OR site_id = ANY ($1)) AND ($2::text IS NULL OR site_id = $2)`,
      [seen, site ?? null],
    ),
    db.query<{ siteId: string; name: string }>(
      `SELECT site_id AS "siteId", coalesce(body->>'name', site_id) AS name FROM site_directory
       WHERE kind = 'site' AND body IS NOT NULL AND ($1::text[] IS NULL OR site_id = ANY ($1))
       ORDER BY name, site_id LIMIT ${sitesMax}`,
      [seen],
    ),
    db.query<{ id: string; name: string | null }>(
      `SELECT o.id, u.name FROM (
         SELECT DISTINCT owner_id AS id FROM exceptions
         WHERE owner_id IS NOT NULL AND ($1::text[] IS NULL OR site_id = ANY ($1))) o
       LEFT JOIN login_user u USING (id) ORDER BY u.name NULLS LAST, o.id LIMIT ${ownersMax}`,
      [seen],
    ),
  ])
  return {
    unsettled: count.rows[0]?.count ?? 0,
    choices: {
      sites: sites.rows,
      owners: owners.rows.map(({ id, name }) => ({ id, ...(name !== null && { name }) })),
    },
  }
}

/** What a cursor looks like: opaque to callers, and bounded so that every part fits its column. */
export const exceptionCursorPattern = /^\d\.-?\d{1,15}\.\d{1,15}$/

/** Writes the cursor of a case. */
export function writeExceptionCursor({ rank: of, sortMs: at, exceptionId }: ExceptionCursor): string {
  return [of, at, exceptionId].join('.')
}

/** Reads a cursor that matches `exceptionCursorPattern`. */
export function readExceptionCursor(text: string): ExceptionCursor {
  const [of = 0, at = 0, exceptionId = 0] = text.split('.').map(Number)
  return { rank: of, sortMs: at, exceptionId }
}
