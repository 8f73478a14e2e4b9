import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { Queryable } from '../database/pool.ts'
import type { HandshakeState } from './decide-handshake.ts'
import type { SiteCaller } from './site-access.ts'

export interface SyncOutcome {
  readonly state: HandshakeState['kind']
  readonly edgeSeq: number
  readonly cloudSeq: number
  readonly version: string
  /** The last entry that the site pruned, when the cloud lacks it. */
  readonly pruned?: ChainHead | undefined
  readonly nowMs: number
}

/** Stores how a life compared at its last handshake; `since_ms` stays while the state stays. */
export async function storeSyncState(db: Queryable, caller: SiteCaller, outcome: SyncOutcome): Promise<void> {
  const { state, edgeSeq, cloudSeq, version, pruned, nowMs } = outcome
  await db.query(
    `INSERT INTO site_sync (site_id, incarnation, state, since_ms, seen_ms, edge_seq, cloud_seq, version,
       pruned_seq, pruned_hash)
     VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (site_id, incarnation) DO UPDATE
       SET since_ms = CASE WHEN site_sync.state = excluded.state THEN site_sync.since_ms ELSE excluded.since_ms END,
         state = excluded.state, seen_ms = excluded.seen_ms, edge_seq = excluded.edge_seq,
         cloud_seq = excluded.cloud_seq, version = excluded.version,
         pruned_seq = excluded.pruned_seq, pruned_hash = excluded.pruned_hash`,
    [
      ...[caller.siteId, caller.incarnation, state, nowMs, edgeSeq, cloudSeq, version],
      ...[pruned?.seq ?? null, pruned?.hash ?? null],
    ],
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
