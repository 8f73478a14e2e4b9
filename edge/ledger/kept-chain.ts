import { type ChainHead, emptyHead } from '@gatehouse/shared/ledger/chain'
import type { SiteDatabase } from './database.ts'
import { statement } from './statements.ts'

/** What a store knows of one place in a chain: `pruned` was there, and its hash is not known any more. */
type KnownPlace =
  | { readonly kind: 'known'; readonly hash: string }
  | { readonly kind: 'pruned' }
  | { readonly kind: 'absent' }

/** Reads the last pruned entry of a life, from which its kept chain goes on; the empty head while all of it is kept. */
export function prunedHead(db: SiteDatabase, incarnation: number): ChainHead {
  // A store of a release that pruned nothing has no such table before its first start with this one.
  const exists = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'pruned_entries'").get() !== undefined
  if (!exists) return emptyHead
  const sql = 'SELECT seq, hash FROM pruned_entries WHERE incarnation = ?'
  return statement<ChainHead>(db, sql).get(incarnation) ?? emptyHead
}

/** Tells what the store knows of the entry `seq` of a life; the last pruned one is still known by its hash. */
export function placeInChain(db: SiteDatabase, incarnation: number, seq: number): KnownPlace {
  const sql = 'SELECT hash FROM entries WHERE incarnation = ? AND seq = ?'
  const held = statement<{ hash: string }>(db, sql).get(incarnation, seq)
  if (held) return { kind: 'known', hash: held.hash }
  const pruned = prunedHead(db, incarnation)
  if (seq === pruned.seq) return { kind: 'known', hash: pruned.hash }
  return { kind: seq < pruned.seq ? 'pruned' : 'absent' }
}
