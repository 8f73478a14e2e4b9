import type { Moment } from '@gatehouse/shared/clock/clock'
import type { CommandId, SiteId } from '@gatehouse/shared/ids/ids'
import { type ChainHead, emptyHead, type SealedEntry, sealEntry } from '@gatehouse/shared/ledger/chain'
import type { EntryOriginPlace, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { SiteDatabase } from './database.ts'
import { statement } from './statements.ts'

/** One stored entry: its canonical text and hash, as it will be uploaded. */
export interface StoredEntry {
  readonly seq: number
  readonly hash: string
  readonly text: string
}

/** What every entry of one command shares. */
export interface EntryOrigin {
  readonly site: SiteId
  readonly incarnation: number
  readonly at: Moment
  readonly commandId: CommandId
  /** Where it was recorded first, when a restored site enters it again. */
  readonly origin?: EntryOriginPlace
}

/** Reads the last entry of an incarnation. */
export function readHead(db: SiteDatabase, incarnation: number): ChainHead {
  const row = statement<ChainHead>(
    db,
    'SELECT seq, hash FROM entries WHERE incarnation = ? ORDER BY seq DESC LIMIT 1',
  ).get(incarnation)
  return row ?? emptyHead
}

/** Reads up to `limit` entries after `afterSeq`, in order. */
export function readEntries(
  db: SiteDatabase,
  range: { readonly incarnation: number; readonly afterSeq: number; readonly limit: number },
): StoredEntry[] {
  return statement<StoredEntry>(
    db,
    'SELECT seq, hash, text FROM entries WHERE incarnation = ? AND seq > ? ORDER BY seq LIMIT ?',
  ).all(range.incarnation, range.afterSeq, range.limit)
}

/** Seals `event` as the entry after `head` and stores it; runs inside the caller's transaction. */
export function appendEntry(
  db: SiteDatabase,
  head: ChainHead,
  event: LedgerEvent,
  origin: EntryOrigin,
): SealedEntry {
  const sealed = sealEntry({
    v: 1,
    site: origin.site,
    incarnation: origin.incarnation,
    seq: head.seq + 1,
    prev: head.hash,
    at: origin.at,
    type: event.type,
    commandId: origin.commandId,
    ...(origin.origin && { origin: origin.origin }),
    body: event.body,
  })
  statement(db, 'INSERT INTO entries (incarnation, seq, hash, type, text) VALUES (?, ?, ?, ?, ?)').run(
    origin.incarnation,
    sealed.entry.seq,
    sealed.hash,
    event.type,
    sealed.text,
  )
  return sealed
}
