import { type ChainHead, emptyHead } from '@gatehouse/shared/ledger/chain'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** The head that the cloud last acknowledged for an incarnation. */
export function acknowledgedHead(db: SiteDatabase, incarnation: number): ChainHead {
  const row = statement<ChainHead>(
    db,
    'SELECT acked_seq AS seq, acked_hash AS hash FROM upload_position WHERE incarnation = ?',
  ).get(incarnation)
  return row ?? emptyHead
}

/** The epoch of the cloud that acknowledged it; `undefined` before the first handshake, or in an older store. */
export function acknowledgedEpoch(db: SiteDatabase, incarnation: number): number | undefined {
  const sql = 'SELECT epoch FROM acknowledged_epoch WHERE incarnation = ?'
  return statement<{ epoch: number }>(db, sql).get(incarnation)?.epoch
}

/** Stores the cloud's acknowledgement. */
export function storeAcknowledgement(db: SiteDatabase, incarnation: number, head: ChainHead): void {
  statement(
    db,
    `INSERT INTO upload_position (incarnation, acked_seq, acked_hash, producer_epoch) VALUES (?, ?, ?, 0)
     ON CONFLICT (incarnation) DO UPDATE SET acked_seq = excluded.acked_seq, acked_hash = excluded.acked_hash`,
  ).run(incarnation, head.seq, head.hash)
}

/** Stores what a handshake told: the cloud's head, which may be an older one, and the epoch it is of. */
export function storeHandshake(
  db: SiteDatabase,
  incarnation: number,
  { head, epoch }: { readonly head: ChainHead; readonly epoch: number },
): void {
  db.transaction(() => {
    storeAcknowledgement(db, incarnation, head)
    statement(
      db,
      `INSERT INTO acknowledged_epoch (incarnation, epoch) VALUES (?, ?)
       ON CONFLICT (incarnation) DO UPDATE SET epoch = excluded.epoch`,
    ).run(incarnation, epoch)
  })()
}

/** Takes the next producer epoch: every upload run is a new one and counts its requests from 0. */
export function nextProducerEpoch(db: SiteDatabase, incarnation: number): number {
  statement(
    db,
    `INSERT INTO upload_position (incarnation, acked_seq, acked_hash, producer_epoch) VALUES (?, 0, ?, 0)
     ON CONFLICT (incarnation) DO UPDATE SET producer_epoch = producer_epoch + 1`,
  ).run(incarnation, emptyHead.hash)
  const row = statement<{ producer_epoch: number }>(
    db,
    'SELECT producer_epoch FROM upload_position WHERE incarnation = ?',
  ).get(incarnation)
  return row?.producer_epoch ?? 0
}

/** The verdict that took this life's right to sell, if one stands. */
export function standingVerdict(db: SiteDatabase, incarnation: number): string | undefined {
  const sql = 'SELECT verdict FROM standing_verdict WHERE incarnation = ?'
  return statement<{ verdict: string }>(db, sql).get(incarnation)?.verdict
}

/** Keeps a verdict that takes the right to sell; `undefined` when none stands any more. */
export function storeVerdict(db: SiteDatabase, incarnation: number, verdict: string | undefined): void {
  if (verdict === undefined) {
    statement(db, 'DELETE FROM standing_verdict WHERE incarnation = ?').run(incarnation)
  } else {
    statement(
      db,
      `INSERT INTO standing_verdict (incarnation, verdict) VALUES (?, ?)
       ON CONFLICT (incarnation) DO UPDATE SET verdict = excluded.verdict`,
    ).run(incarnation, verdict)
  }
}
