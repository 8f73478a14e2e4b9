import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { resolveException } from '../exceptions/raise.ts'
import { type ReadEntry, readEntry } from './fold.ts'
import { fold, lockPosition, notify, readBounds } from './project.ts'
import { noRows } from './projected-rows.ts'
import type { StoredEntry, StreamId } from './stream-store.ts'

/** Entries of one stream that are looked at again at a time; the rest follow at the next start. */
const retriedMax = 1_000
/** What a later release may read, and what was missing only because of that. A contradiction stays a person's. */
const retryable = ['unreadable', 'unknown_type_or_body', 'unknown_booking', 'unknown_session']

/**
 * Looks again at entries that were set aside because a release could not read them, or because what they build on was:
 * called at the start of a process, which may be a newer one. What can be posted now is, in its order, and its case settles
 * itself; an entry whose booking or stay was written by a later entry meanwhile is left to a person. Returns how many.
 */
export async function retryQuarantined(pool: Pool, nowMs: number): Promise<number> {
  const { rows } = await pool.query<StreamId>(
    `SELECT DISTINCT q.site_id AS "siteId", q.incarnation FROM quarantine q
     JOIN sites s ON s.site_id = q.site_id AND s.incarnation = q.incarnation WHERE q.reason = ANY ($1)`,
    [retryable],
  )
  let posted = 0
  for (const stream of rows) {
    const seqs = await inTransaction(pool, (tx) => retryStream(tx, stream, nowMs))
    for (const seq of seqs) {
      const { siteId, incarnation } = stream
      await resolveException(pool, { siteId, kind: 'unprojectable', about: `${incarnation}:${seq}` }, nowMs)
    }
    posted += seqs.length
  }
  return posted
}

async function retryStream(tx: Transaction, stream: StreamId, nowMs: number): Promise<readonly number[]> {
  if ((await lockPosition(tx, stream)) === undefined) return []
  const found = await tx.query<StoredEntry>(
    `SELECT seq, hash, entry FROM quarantine
     WHERE site_id = $1 AND incarnation = $2 AND reason = ANY ($3) ORDER BY seq LIMIT $4`,
    [stream.siteId, stream.incarnation, retryable, retriedMax],
  )
  const entries = await notOvertaken(tx, stream, found.rows.map(readEntry))
  if (entries.length === 0) return []
  const rows = noRows()
  const { untilSeq } = await readBounds(tx, stream)
  const aside = new Set((await fold(tx, stream, { rows, entries, untilSeq, nowMs })).map(({ seq }) => seq))
  const posted = entries.filter(({ stored }) => !aside.has(stored.seq))
  const seqs = posted.map(({ stored }) => stored.seq)
  await tx.query('DELETE FROM quarantine WHERE site_id = $1 AND incarnation = $2 AND seq = ANY ($3)', [
    ...[stream.siteId, stream.incarnation, seqs],
  ])
  await notify(tx, stream, posted, rows)
  return seqs
}

/** Leaves out what speaks of a booking or stay that a later entry wrote: an old word must not undo a new one. */
async function notOvertaken(
  tx: Transaction,
  { siteId }: StreamId,
  entries: readonly ReadEntry[],
): Promise<readonly ReadEntry[]> {
  const idOf = ({ frame }: ReadEntry) => String(frame?.body.bookingId ?? frame?.body.sessionId ?? '')
  const { rows } = await tx.query<{ id: string; seq: number }>(
    `SELECT booking_id AS id, seq FROM bookings WHERE site_id = $1 AND booking_id = ANY ($2)
     UNION ALL SELECT session_id, seq FROM parking_sessions WHERE site_id = $1 AND session_id = ANY ($2)`,
    [siteId, entries.map(idOf)],
  )
  const written = new Map(rows.map(({ id, seq }) => [id, seq]))
  return entries.filter((entry) => (written.get(idOf(entry)) ?? 0) < entry.stored.seq)
}
