import type { Queryable } from '../database/pool.ts'

/**
 * The enrolled sites of an operator that have not told the present epoch all that they keep: since it began they have not
 * compared books, or what they had by then is not projected yet (ARCHITECTURE §5). None in the first epoch.
 */
export async function sitesNotCaughtUp(db: Queryable, operatorId: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ site_id: string }>(
    `SELECT site_id FROM sites JOIN cloud_identity i ON i.epoch_began_ms IS NOT NULL
     LEFT JOIN site_sync s USING (site_id, incarnation) LEFT JOIN projection_positions p USING (site_id, incarnation)
     WHERE operator_id = $1 AND incarnation > 0 AND NOT coalesce(
       s.seen_ms >= i.epoch_began_ms AND s.state IN ('in_step', 'edge_ahead') AND coalesce(p.seq, 0) >= s.edge_seq, false)
     ORDER BY site_id`,
    [operatorId],
  )
  return rows.map((row) => row.site_id)
}
