import { entryFrameSchema } from '@gatehouse/shared/wire/v1/entries'
import type { Queryable } from '../../database/pool.ts'
import type { LedgerLine, LedgerPage } from './views.ts'

/** What of a site's ledger is asked for; newest first. */
export interface LedgerQuery {
  readonly siteId: string
  /** Absent: the newest life of the site. */
  readonly incarnation?: number | undefined
  readonly beforeSeq?: number | undefined
  readonly limit: number
  /** A type (`booking.held`) or a family of types (`booking`). */
  readonly type?: string | undefined
}

interface LedgerRow {
  readonly incarnation: number
  readonly seq: number
  readonly hash: string
  readonly received_ms: number
  readonly entry: string
}

/** Reads one page of a site's ledger from the original bytes. */
export async function readLedgerPage(db: Queryable, query: LedgerQuery): Promise<LedgerPage> {
  const { siteId, incarnation, beforeSeq, limit, type } = query
  const found = await db.query<LedgerRow>(
    `SELECT incarnation, seq, hash, received_ms, entry FROM ledger_entries
     WHERE site_id = $1
       AND incarnation = coalesce($2, (SELECT incarnation FROM sites WHERE site_id = $1))
       AND seq < coalesce($3::bigint, 9223372036854775807)
       AND ($4::text IS NULL OR type = $4 OR starts_with(type, $4 || '.'))
     ORDER BY seq DESC LIMIT $5`,
    [siteId, incarnation ?? null, beforeSeq ?? null, type ?? null, limit + 1],
  )
  const items = found.rows.slice(0, limit).map(ledgerLine)
  const last = items.at(-1)
  return {
    items,
    ...(found.rows.length > limit && last !== undefined ? { nextBeforeSeq: last.seq } : {}),
  }
}

function ledgerLine(row: LedgerRow): LedgerLine {
  const entry = entryFrameSchema.parse(JSON.parse(row.entry))
  return {
    incarnation: row.incarnation,
    seq: row.seq,
    hash: row.hash,
    prev: entry.prev,
    atMs: entry.at.wallMs,
    quality: entry.at.quality,
    receivedMs: row.received_ms,
    type: entry.type,
    commandId: entry.commandId,
    body: entry.body,
  }
}
