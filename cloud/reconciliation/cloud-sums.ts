import type { SiteSums } from '@gatehouse/shared/wire/v1/sync'
import type { Transaction } from '../database/pool.ts'
import { entryHashAt, readHead, type StreamId } from '../ingest/stream-store.ts'
import type { CloudSums } from './decide-reconciliation.ts'

/** A life that took over holds the books of the lives before it, too. */
const booksFrom = `coalesce((SELECT books_from FROM site_incarnations
  WHERE site_id = $1 AND incarnation = $2), $2)`

/**
 * Sums one life of a site over the projected tables. Run it in a repeatable-read transaction, so that all
 * sums and the position belong to one moment.
 */
export async function readCloudSums(
  tx: Transaction,
  stream: StreamId,
  siteHeadSeq: number,
): Promise<CloudSums> {
  const key = [stream.siteId, stream.incarnation]
  const position = await tx.query<{ seq: number }>(
    'SELECT seq FROM projection_positions WHERE site_id = $1 AND incarnation = $2',
    key,
  )
  const entries = await tx.query<{ count: number }>(
    'SELECT count(*) AS count FROM ledger_entries WHERE site_id = $1 AND incarnation = $2',
    key,
  )
  const bookings = await tx.query<{ status: string; count: number }>(
    // What the cloud sold or changed counts as the site last told it.
    `SELECT coalesce(site_status, status) AS status, count(*) AS count FROM bookings
     WHERE site_id = $1 AND incarnation BETWEEN ${booksFrom} AND $2
       AND seq > 0 GROUP BY 1`,
    key,
  )
  const takings = await tx.query<SiteSums['takings'][number]>(
    `SELECT currency, method, count(*) AS count,
       sum(CASE kind WHEN 'captured' THEN amount_minor ELSE -amount_minor END)::bigint AS "amountMinor"
     FROM payments WHERE site_id = $1 AND incarnation BETWEEN ${booksFrom} AND $2
       AND seq > 0 GROUP BY currency, method`,
    key,
  )
  const sessions = await tx.query<SiteSums['sessions']>(
    `SELECT count(*) FILTER (WHERE state NOT IN ('departed', 'voided')) AS open,
       count(*) FILTER (WHERE state = 'departed') AS departed,
       count(*) FILTER (WHERE state = 'voided') AS voided
     FROM parking_sessions WHERE site_id = $1 AND incarnation BETWEEN ${booksFrom} AND $2`,
    key,
  )
  return {
    head: await readHead(tx, stream),
    hashAtSiteHead: await entryHashAt(tx, stream, siteHeadSeq),
    projectedSeq: position.rows[0]?.seq ?? 0,
    entries: entries.rows[0]?.count ?? 0,
    bookings: Object.fromEntries(bookings.rows.map(({ status, count }) => [status, count])),
    takings: takings.rows,
    sessions: sessions.rows[0] ?? { open: 0, departed: 0, voided: 0 },
  }
}
