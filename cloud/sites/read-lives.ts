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
  /** Entries that the cloud lost and the site keeps no longer: the newest box waits for a person. */
  readonly lost: { readonly fromSeq: number; readonly toSeq: number } | null
  /** Lost entries that somebody accepted; the oldest first. */
  readonly gaps: readonly AcceptedGap[]
}

/** Who accepted that entries are lost, when and why. */
export interface AcceptedGap {
  readonly fromSeq: number
  readonly toSeq: number
  readonly byId: string
  readonly atMs: number
  readonly reason: string
}

/** The lives of a site, newest first, at most 20. */
export async function readLives(db: Queryable, siteId: string): Promise<readonly SiteLife[]> {
  const { rows } = await db.query<SiteLife>(
    // What a box was ahead with at its handshake has arrived meanwhile.
    `SELECT i.incarnation, i.machine, i.origin, i.enrolled_ms AS "enrolledMs",
       CASE WHEN y.state = 'edge_ahead' AND s.head_seq >= y.edge_seq THEN 'in_step' ELSE y.state END AS state,
       y.since_ms AS "sinceMs", y.seen_ms AS "seenMs", y.edge_seq AS "edgeSeq", s.head_seq AS "cloudSeq",
       r.state AS recovery, r.why,
       CASE WHEN y.state = 'history_gone' AND y.pruned_seq > s.head_seq AND i.incarnation = newest.incarnation
         THEN jsonb_build_object('fromSeq', s.head_seq + 1, 'toSeq', y.pruned_seq) END AS lost,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('fromSeq', g.from_seq, 'toSeq', g.to_seq, 'byId', g.accepted_by,
           'atMs', g.accepted_ms, 'reason', g.reason) ORDER BY g.to_seq), '[]') FROM ledger_gaps g
         WHERE g.site_id = i.site_id AND g.incarnation = i.incarnation) AS gaps
     FROM site_incarnations i
     JOIN sites newest USING (site_id)
     JOIN streams s ON s.site_id = i.site_id AND s.incarnation = i.incarnation
     LEFT JOIN site_sync y ON y.site_id = i.site_id AND y.incarnation = i.incarnation
     LEFT JOIN site_recoveries r ON r.site_id = i.site_id AND r.incarnation = i.incarnation
     WHERE i.site_id = $1 ORDER BY i.incarnation DESC LIMIT 20`,
    [siteId],
  )
  return rows
}

/** Rows of its directory that a box did not take. */
export interface DirectoryTrouble {
  /** How often it refused one since its start. */
  readonly refused: number
  /** Those that did not come right since, and why; the first of them. */
  readonly refusedRows: readonly { readonly row: string; readonly code: string }[]
  /** Rows of a later release than its own. */
  readonly unreadable: readonly string[]
}

/** What the newest box said of its directory last. */
export async function readDirectoryTrouble(db: Queryable, siteId: string): Promise<DirectoryTrouble> {
  const { rows } = await db.query<{ [K in keyof DirectoryTrouble]: DirectoryTrouble[K] | null }>(
    `SELECT (heartbeat->'directory'->>'refused')::int AS refused,
       heartbeat->'directory'->'refusedRows' AS "refusedRows", heartbeat->'directory'->'unreadable' AS unreadable
     FROM site_health WHERE site_id = $1`,
    [siteId],
  )
  const [row] = rows
  return {
    refused: row?.refused ?? 0,
    refusedRows: row?.refusedRows ?? [],
    unreadable: row?.unreadable ?? [],
  }
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
