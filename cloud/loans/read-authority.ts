import type { AuthorityView } from '@gatehouse/shared/api/authority-view'
import { authorityOver, standingInCloud } from '@gatehouse/shared/loans/authority'
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
  const { siteId, site, spaces } = catalogue
  const { fromMs, toMs, spaceId, nowMs } = asked
  const [known, granted, stops] = await Promise.all([
    readLoans(db, siteId, asked),
    db.query<{ loan_id: string; granted_ms: number }>(
      `SELECT loan_id, granted_ms FROM loans WHERE site_id = $1 AND state <> 'released'`,
      [siteId],
    ),
    db.query('SELECT FROM lending_stops WHERE site_id = $1', [siteId]),
  ])
  const since = new Map(granted.rows.map((row) => [row.loan_id, row.granted_ms]))
  const loans = [...known.values()].flatMap((loan) => {
    const standing = standingInCloud(loan)
    return standing === undefined || (spaceId ?? standing.spaceId) !== standing.spaceId
      ? []
      : [{ ...standing, sold: loan.sales.length, sinceMs: since.get(standing.loanId) ?? nowMs }]
  })
  const siteStopped = (stops.rowCount ?? 0) > 0 ? ({ siteStopped: 'lending_stopped' } as const) : {}
  const context = { nowMs, loans, never: new Set(site.lending?.never ?? []), ...siteStopped }
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
