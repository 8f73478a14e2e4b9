import type { AuthorityView } from '@gatehouse/shared/api/authority-view'
import { authorityOver, standingInCloud } from '@gatehouse/shared/loans/authority'
import { poolOf } from '@gatehouse/shared/loans/lending-policy'
import type { SiteCatalogue } from '../bookings/site-catalogue.ts'
import type { Queryable } from '../database/pool.ts'
import { readLoans } from './loan-store.ts'

/** How many spaces one answer covers; more are asked for by name. */
export const authoritySpacesMax = 5_000

/** Who may sell what over an interval, as the cloud knows it; `spaceId` narrows it to one space. */
export async function readAuthority(
  db: Queryable,
  catalogue: SiteCatalogue,
  asked: {
    readonly fromMs: number
    readonly toMs: number
    readonly spaceId?: string | undefined
    readonly nowMs: number
  },
): Promise<AuthorityView> {
  const { siteId, spaces } = catalogue
  const { fromMs, toMs, spaceId, nowMs } = asked
  const [known, granted, stop] = await Promise.all([
    readLoans(db, siteId, asked),
    db.query<{ loan_id: string; space_id: string; granted_ms: number }>(
      'SELECT loan_id, space_id, granted_ms FROM loans WHERE site_id = $1',
      [siteId],
    ),
    readSiteStop(db, siteId),
  ])
  const since = new Map(granted.rows.map((row) => [row.loan_id, row.granted_ms]))
  const loans = [...known.values()].flatMap((loan) => {
    const standing = standingInCloud(loan)
    return standing === undefined || (spaceId ?? standing.spaceId) !== standing.spaceId
      ? []
      : [{ ...standing, sold: loan.sales.length, sinceMs: since.get(standing.loanId) ?? nowMs }]
  })
  loans.sort((a, b) => a.fromMs - b.fromMs || (a.spaceId < b.spaceId ? -1 : 1))
  const siteStopped = stop === undefined ? {} : { siteStopped: stop }
  const context = { nowMs, loans, never: neverLent(catalogue, granted.rows), ...siteStopped }
  return {
    ...{ siteId, fromMs, toMs, nowMs, asSeenBy: 'cloud', ...siteStopped, loans },
    spaces: [...spaces]
      .filter(([id, space]) => space.bookable && (space.parts?.length ?? 0) === 0 && (spaceId ?? id) === id)
      .slice(0, authoritySpacesMax)
      .map(([id, space]) => ({
        spaceId: id,
        name: space.name,
        spans: authorityOver({ spaceId: id, fromMs, toMs }, context),
      })),
  }
}

/** What a site sells in a stop of lending, as it judges itself: spaces that it does not lend, and of which no loan is known. */
function neverLent({ site, spaces }: SiteCatalogue, loans: readonly { readonly space_id: string }[]) {
  const lent = new Set(loans.map((loan) => loan.space_id))
  return new Set(
    [...spaces].flatMap(([id, space]) =>
      lent.has(id) || poolOf(site.lending, id, space) !== undefined ? [] : [id],
    ),
  )
}

/**
 * Why the newest life of a site sells nothing, or only what it never lends. It says itself whether it sells; where its last
 * handshake took that right, the cloud knows it at once. Its lending stops by an entry.
 */
async function readSiteStop(db: Queryable, siteId: string): Promise<AuthorityView['siteStopped']> {
  const { rows } = await db.query<{ fenced: boolean | null; stopped: boolean }>(
    `SELECT h.heartbeat->>'selling' = 'none' OR y.state IN ('fork', 'cloud_ahead') AS fenced,
       EXISTS (SELECT FROM lending_stops l WHERE l.site_id = s.site_id) AS stopped
     FROM sites s
     LEFT JOIN site_health h ON h.site_id = s.site_id AND h.incarnation = s.incarnation
     LEFT JOIN site_sync y ON y.site_id = s.site_id AND y.incarnation = s.incarnation
     WHERE s.site_id = $1`,
    [siteId],
  )
  const [row] = rows
  if (row?.fenced === true) return 'site_fenced'
  return row?.stopped === true ? 'lending_stopped' : undefined
}
