import { type ChainHead, emptyHead, type SealedEntry } from '@gatehouse/shared/ledger/chain'
import { channels } from '../database/notifications.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { textArray } from '../database/text-array.ts'
import type { SiteCaller } from '../sites/site-access.ts'
import { appendedNote } from './appended-note.ts'
import type { ProducerState } from './decide-producer.ts'

/** One stream per life of a site. */
export type StreamId = SiteCaller

/** An entry as it is stored. */
export interface StoredEntry {
  readonly seq: number
  readonly hash: string
  /** RFC 8785 text. */
  readonly entry: string
}

const unreadableType = 'unreadable'
const printable = /^[\x20-\x7e]{1,100}$/

/** The head of a stream; the empty head when nothing was appended yet. */
export async function readHead(db: Queryable, stream: StreamId): Promise<ChainHead> {
  return (await selectTail(db, stream, '')).head
}

/** Where a stream ends, and the last `Stream-Seq` a writer gave. */
export interface StreamTail {
  readonly head: ChainHead
  readonly writerSeq: string | undefined
}

/** The tail, with the stream locked against other appends until the transaction ends. */
export async function lockTail(tx: Transaction, stream: StreamId): Promise<StreamTail> {
  return selectTail(tx, stream, 'FOR NO KEY UPDATE')
}

async function selectTail(db: Queryable, stream: StreamId, lock: string): Promise<StreamTail> {
  const { rows } = await db.query<ChainHead & { writer_seq: string | null }>(
    `SELECT head_seq AS seq, head_hash AS hash, writer_seq FROM streams
     WHERE site_id = $1 AND incarnation = $2 ${lock}`,
    [stream.siteId, stream.incarnation],
  )
  const [row] = rows
  if (row === undefined) return { head: emptyHead, writerSeq: undefined }
  return { head: { seq: row.seq, hash: row.hash }, writerSeq: row.writer_seq ?? undefined }
}

/** The stored hashes, also of the last entries of accepted gaps, of `fromSeq` to `toSeq`, both inclusive. */
export async function hashesBetween(
  db: Queryable,
  stream: StreamId,
  range: { readonly fromSeq: number; readonly toSeq: number },
): Promise<ReadonlyMap<number, string>> {
  const { rows } = await db.query<{ seq: number; hash: string }>(
    `SELECT seq, hash FROM ledger_entries
     WHERE site_id = $1 AND incarnation = $2 AND seq BETWEEN $3 AND $4
     UNION ALL SELECT to_seq, hash FROM ledger_gaps
     WHERE site_id = $1 AND incarnation = $2 AND to_seq BETWEEN $3 AND $4`,
    [stream.siteId, stream.incarnation, range.fromSeq, range.toSeq],
  )
  return new Map(rows.map(({ seq, hash }) => [seq, hash]))
}

/** At most `limit` entries after `afterSeq`, in order. */
export async function readEntriesAfter(
  db: Queryable,
  stream: StreamId,
  range: { readonly afterSeq: number; readonly limit: number },
): Promise<readonly StoredEntry[]> {
  const { rows } = await db.query<StoredEntry>(
    `SELECT seq, hash, entry FROM ledger_entries
     WHERE site_id = $1 AND incarnation = $2 AND seq > $3 ORDER BY seq LIMIT $4`,
    [stream.siteId, stream.incarnation, range.afterSeq, range.limit],
  )
  return rows
}

/** Reads entries of these types after `afterSeq` up to `toSeq` that were posted, not set aside. */
export async function readPosted(
  db: Queryable,
  stream: StreamId,
  range: {
    readonly afterSeq: number
    readonly toSeq: number
    readonly limit: number
    readonly types: readonly string[]
  },
): Promise<readonly StoredEntry[]> {
  const { rows } = await db.query<StoredEntry>(
    `SELECT seq, hash, entry FROM ledger_entries e
     WHERE site_id = $1 AND incarnation = $2 AND seq > $3 AND seq <= $4 AND type = ANY ($5)
       AND NOT EXISTS (SELECT FROM quarantine q
         WHERE (q.site_id, q.incarnation, q.seq, q.hash) = (e.site_id, e.incarnation, e.seq, e.hash))
     ORDER BY seq LIMIT $6`,
    [stream.siteId, stream.incarnation, range.afterSeq, range.toSeq, range.types, range.limit],
  )
  return rows
}

/** What an append changes. */
export interface StoredAppend {
  readonly entries: readonly SealedEntry[]
  readonly receivedMs: number
  readonly writerSeq: string | undefined
  readonly producer: (ProducerState & { readonly producerId: string }) | undefined
}

/**
 * Stores entries that continue the chain, moves the head, records the producer and tells the projectors, all
 * in one statement. Without entries only the producer is recorded.
 */
export async function storeAppend(tx: Transaction, stream: StreamId, append: StoredAppend): Promise<void> {
  const { entries, receivedMs, writerSeq, producer } = append
  const last = entries.at(-1)
  if (last === undefined) {
    if (producer !== undefined) await storeProducer(tx, stream, producer)
    return
  }
  await tx.query({
    name: 'store-append',
    text: `WITH stored AS (
        INSERT INTO ledger_entries (site_id, incarnation, received_ms, seq, hash, type, wall_ms, entry)
        SELECT $1, $2, $3, sent.seq::bigint, sent.hash, sent.type, sent.wall_ms::bigint, sent.entry
        FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
          AS sent (seq, hash, type, wall_ms, entry)),
      produced AS (
        INSERT INTO producers (site_id, incarnation, producer_id, epoch, seq)
        SELECT $1, $2, $9::text, $10::bigint, $11::bigint WHERE $9 IS NOT NULL
        ON CONFLICT (site_id, incarnation, producer_id) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq),
      moved AS (
        UPDATE streams SET head_seq = $12, head_hash = $13, writer_seq = coalesce($14, writer_seq)
        WHERE site_id = $1 AND incarnation = $2)
      SELECT pg_notify('${channels.ledger}', $15)`,
    values: [
      stream.siteId,
      stream.incarnation,
      receivedMs,
      textArray(entries.map(({ entry }) => String(entry.seq))),
      textArray(entries.map(({ hash }) => hash)),
      textArray(entries.map(({ entry }) => typeOf(entry))),
      textArray(entries.map(({ entry }) => String(wallMsOf(entry)))),
      textArray(entries.map(({ text }) => text)),
      producer?.producerId ?? null,
      producer?.epoch ?? null,
      producer?.seq ?? null,
      last.entry.seq,
      last.hash,
      writerSeq ?? null,
      appendedNote({ ...stream, headSeq: last.entry.seq }),
    ],
  })
}

function typeOf(entry: { readonly type?: unknown }): string {
  return typeof entry.type === 'string' && printable.test(entry.type) ? entry.type : unreadableType
}

function wallMsOf(entry: { readonly at?: { readonly wallMs?: unknown } }): number {
  const wallMs = entry.at?.wallMs
  return typeof wallMs === 'number' && Number.isSafeInteger(wallMs) && wallMs >= 0 ? wallMs : 0
}

/** The last accepted request of a producer on this stream. */
export async function readProducer(
  tx: Transaction,
  stream: StreamId,
  producerId: string,
): Promise<ProducerState | undefined> {
  const { rows } = await tx.query<ProducerState>(
    'SELECT epoch, seq FROM producers WHERE site_id = $1 AND incarnation = $2 AND producer_id = $3',
    [stream.siteId, stream.incarnation, producerId],
  )
  return rows[0]
}

async function storeProducer(
  tx: Transaction,
  stream: StreamId,
  producer: ProducerState & { readonly producerId: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO producers (site_id, incarnation, producer_id, epoch, seq) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (site_id, incarnation, producer_id) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq`,
    [stream.siteId, stream.incarnation, producer.producerId, producer.epoch, producer.seq],
  )
}

/** Why an entry was set aside. */
export interface Quarantined {
  readonly seq: number
  readonly hash: string
  readonly entry: string
  readonly reason: string
  readonly detail: string
}

/** Sets entries aside with the reason; ones that are there already stay as they are. */
export async function quarantine(
  db: Queryable,
  stream: StreamId,
  entries: readonly Quarantined[],
  nowMs: number,
): Promise<void> {
  for (const { seq, hash, entry, reason, detail } of entries) {
    await db.query(
      `INSERT INTO quarantine (site_id, incarnation, seq, hash, reason, detail, entry, quarantined_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [stream.siteId, stream.incarnation, seq, hash, reason, detail, entry, nowMs],
    )
  }
}
