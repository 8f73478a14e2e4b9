import type { AcceptedGap } from '@gatehouse/shared/api/hq-views'
import type { Queryable } from '../database/pool.ts'

/** Sites show so many of their gaps at most, the last ones. */
const gapsMax = 20

/** A gap that the present books of a site go on behind. */
type GapOfSite = AcceptedGap & { readonly siteId: string }

/**
 * What somebody accepted as lost of the histories that the present books of these sites stand on, the first entry first: what
 * those entries told is missing on the cloud's side for ever.
 */
export async function readAcceptedGaps(
  db: Queryable,
  siteIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AcceptedGap[]>> {
  const { rows } = await db.query<GapOfSite>(
    `SELECT * FROM (
       SELECT g.site_id AS "siteId", g.incarnation, g.from_seq AS "fromSeq", g.to_seq AS "toSeq",
         coalesce(u.name, g.accepted_by) AS by, g.accepted_ms AS "atMs", g.reason,
         row_number() OVER (PARTITION BY g.site_id ORDER BY g.incarnation DESC, g.to_seq DESC) AS back
       FROM ledger_gaps g JOIN sites s USING (site_id)
       JOIN site_incarnations i ON i.site_id = s.site_id AND i.incarnation = s.incarnation
       LEFT JOIN login_user u ON u.id = g.accepted_by
       WHERE g.site_id = ANY ($1) AND g.incarnation BETWEEN coalesce(i.books_from, i.incarnation) AND i.incarnation
     ) found WHERE back <= ${gapsMax} ORDER BY incarnation, "fromSeq"`,
    [siteIds],
  )
  const bySite = new Map<string, AcceptedGap[]>()
  for (const { siteId, incarnation, fromSeq, toSeq, by, atMs, reason } of rows) {
    const gap = { incarnation, fromSeq, toSeq, by, atMs, reason }
    bySite.set(siteId, [...(bySite.get(siteId) ?? []), gap])
  }
  return bySite
}
