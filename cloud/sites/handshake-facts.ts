import { type ChainHead, genesisHash } from '@gatehouse/shared/ledger/chain'
import type { HandshakeRequest } from '@gatehouse/shared/wire/v1/sync'
import type { Queryable } from '../database/pool.ts'
import { openCaseSql } from '../exceptions/raise.ts'
import type { SiteCaller } from './site-access.ts'

/** What the cloud knows when a life shakes hands, all of one moment. */
export interface HandshakeFacts {
  /** Of the life that calls. */
  readonly head: ChainHead
  /** The newest life of the site; 0 when there is none. */
  readonly currentIncarnation: number
  /** Where the directory stands; before the first row at 0 of the cloud's epoch. */
  readonly position: { readonly epoch: number; readonly rev: number }
  /** Whether the machine of the life is known. */
  readonly hasMark: boolean
  /** Whether a case says that the history of the life is gone. */
  readonly hasHistoryCase: boolean
  /** The hash of an entry of the life, also of the last of an accepted gap; `undefined` when there is none. */
  readonly hashAt: (seq: number | undefined) => string | undefined
}

interface FactsRow {
  readonly seq: number | null
  readonly hash: string | null
  readonly current: number | null
  readonly epoch: number
  readonly rev: number
  readonly hasMark: boolean
  readonly hasHistoryCase: boolean
  readonly hashes: Readonly<Record<string, string>> | null
}

// One statement is one snapshot.
const factsSql = `SELECT s.head_seq AS seq, s.head_hash AS hash, coalesce(h.epoch, i.epoch) AS epoch, coalesce(h.rev, 0) AS rev,
    (SELECT incarnation FROM sites WHERE site_id = $1) AS current,
    EXISTS (SELECT FROM site_incarnations
      WHERE site_id = $1 AND incarnation = $2 AND machine_mark IS NOT NULL) AS "hasMark",
    EXISTS (SELECT FROM exceptions
      WHERE site_id = $1 AND kind = 'history_gone' AND about = $2::integer::text AND ${openCaseSql}) AS "hasHistoryCase",
    (SELECT jsonb_object_agg(known.seq, known.hash) FROM (
       SELECT seq, hash FROM ledger_entries WHERE site_id = $1 AND incarnation = $2 AND seq = ANY ($3::bigint[])
       UNION ALL SELECT to_seq, hash FROM ledger_gaps
       WHERE site_id = $1 AND incarnation = $2 AND to_seq = ANY ($3::bigint[])) AS known) AS hashes
  FROM cloud_identity i LEFT JOIN directory_heads h ON h.site_id = $1
  LEFT JOIN streams s ON s.site_id = $1 AND s.incarnation = $2`

/** Reads what a handshake is decided by. */
export async function readHandshakeFacts(
  db: Queryable,
  { siteId, incarnation }: SiteCaller,
  { head, contradicts, pruned, acknowledged }: HandshakeRequest,
): Promise<HandshakeFacts> {
  const seqs = [head, contradicts, pruned, acknowledged].flatMap((place) => place?.seq || [])
  const { rows } = await db.query<FactsRow>(factsSql, [siteId, incarnation, [...new Set(seqs)]])
  const [row] = rows
  return {
    head: { seq: row?.seq ?? 0, hash: row?.hash ?? genesisHash },
    currentIncarnation: row?.current ?? 0,
    position: { epoch: row?.epoch ?? 1, rev: row?.rev ?? 0 },
    hasMark: row?.hasMark ?? false,
    hasHistoryCase: row?.hasHistoryCase ?? false,
    hashAt: (seq) => row?.hashes?.[String(seq)],
  }
}
