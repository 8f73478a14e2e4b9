import type { Queryable } from '../database/pool.ts'
import type { HandshakeState } from './decide-handshake.ts'

/** One life of a site as HQ sees it. */
export interface SiteLife {
  readonly incarnation: number
  readonly machine: string
  readonly origin: 'enrolled' | 'recovered' | 'adopted'
  readonly enrolledMs: number
  /** How it compared at its last handshake, since when, and when it was heard so last; null before the first. */
  readonly state: HandshakeState['kind'] | null
  readonly sinceMs: number | null
  readonly seenMs: number | null
  readonly edgeSeq: number | null
  readonly cloudSeq: number
  /** Its call for the next life; null when it made none. */
  readonly recovery: 'waiting' | 'allowed' | 'refused' | 'granted' | null
  readonly why: string | null
}

/** The lives of a site, newest first, at most 20. */
export async function readLives(db: Queryable, siteId: string): Promise<readonly SiteLife[]> {
  const { rows } = await db.query<SiteLife>(
    // What a box was ahead with at its handshake has arrived meanwhile.
    `SELECT i.incarnation, i.machine, i.origin, i.enrolled_ms AS "enrolledMs",
       CASE WHEN y.state = 'edge_ahead' AND s.head_seq >= y.edge_seq THEN 'in_step' ELSE y.state END AS state,
       y.since_ms AS "sinceMs", y.seen_ms AS "seenMs", y.edge_seq AS "edgeSeq", s.head_seq AS "cloudSeq",
       r.state AS recovery, r.why
     FROM site_incarnations i
     JOIN streams s USING (site_id, incarnation)
     LEFT JOIN site_sync y USING (site_id, incarnation)
     LEFT JOIN site_recoveries r USING (site_id, incarnation)
     WHERE site_id = $1 ORDER BY i.incarnation DESC LIMIT 20`,
    [siteId],
  )
  return rows
}

/** What the newest box said of its directory last: rows it refused since its start, and rows it cannot read. */
export async function readDirectoryTrouble(
  db: Queryable,
  siteId: string,
): Promise<{ readonly refused: number; readonly unreadable: readonly string[] }> {
  const { rows } = await db.query<{ refused: number | null; unreadable: readonly string[] | null }>(
    `SELECT (heartbeat->'directory'->>'refused')::int AS refused, heartbeat->'directory'->'unreadable' AS unreadable
     FROM site_health WHERE site_id = $1`,
    [siteId],
  )
  return { refused: rows[0]?.refused ?? 0, unreadable: rows[0]?.unreadable ?? [] }
}

/** The epoch of the cloud's promises, why it began and when; the first one began with the cloud. */
export async function readEpoch(
  db: Queryable,
): Promise<{ readonly epoch: number; readonly reason: string | null; readonly beganMs: number | null }> {
  const { rows } = await db.query<{ epoch: number; reason: string | null; beganMs: number | null }>(
    'SELECT epoch, epoch_reason AS reason, epoch_began_ms AS "beganMs" FROM cloud_identity',
  )
  return rows[0] ?? { epoch: 0, reason: null, beganMs: null }
}
