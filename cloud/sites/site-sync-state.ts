import type { Queryable } from '../database/pool.ts'
import type { HandshakeState } from './decide-handshake.ts'
import type { SiteCaller } from './site-access.ts'

export interface SyncOutcome {
  readonly state: HandshakeState['kind']
  readonly edgeSeq: number
  readonly cloudSeq: number
  readonly version: string
  readonly nowMs: number
}

/** Stores how a life compared at its last handshake; `since_ms` stays while the state stays. */
export async function storeSyncState(db: Queryable, caller: SiteCaller, outcome: SyncOutcome): Promise<void> {
  const { state, edgeSeq, cloudSeq, version, nowMs } = outcome
  await db.query(
    `INSERT INTO site_sync (site_id, incarnation, state, since_ms, seen_ms, edge_seq, cloud_seq, version)
     VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
     ON CONFLICT (site_id, incarnation) DO UPDATE
       SET since_ms = CASE WHEN site_sync.state = excluded.state THEN site_sync.since_ms ELSE excluded.since_ms END,
         state = excluded.state, seen_ms = excluded.seen_ms, edge_seq = excluded.edge_seq,
         cloud_seq = excluded.cloud_seq, version = excluded.version`,
    [caller.siteId, caller.incarnation, state, nowMs, edgeSeq, cloudSeq, version],
  )
}

/** Remembers the hardware of a life that was admitted without telling it; once known it never changes. */
export async function storeMachineMark(
  db: Queryable,
  { siteId, incarnation }: SiteCaller,
  machineMark: string | undefined,
): Promise<void> {
  if (machineMark === undefined) return
  await db.query(
    `UPDATE site_incarnations SET machine_mark = $3
     WHERE site_id = $1 AND incarnation = $2 AND machine_mark IS NULL`,
    [siteId, incarnation, machineMark],
  )
}
