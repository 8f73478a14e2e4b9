import type { LedgerLine, LedgerPage } from '@gatehouse/shared/api/hq-views'
import { entryFrameSchema } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import type { Queryable } from '../../database/pool.ts'

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
  readonly type: string
  readonly wall_ms: number
  readonly received_ms: number
  readonly entry: string
}

/** Reads one page of a site's ledger from the original bytes. */
export async function readLedgerPage(db: Queryable, query: LedgerQuery): Promise<LedgerPage> {
  const { siteId, incarnation, beforeSeq, limit, type } = query
  const found = await db.query<LedgerRow>(
    `SELECT incarnation, seq, hash, type, wall_ms, received_ms, entry FROM ledger_entries
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
  const written: unknown = JSON.parse(row.entry)
  const frame = entryFrameSchema.safeParse(written)
  const stored = {
    incarnation: row.incarnation,
    seq: row.seq,
    hash: row.hash,
    type: row.type,
    atMs: row.wall_ms,
    receivedMs: row.received_ms,
  }
  if (frame.success) {
    const { prev, at, commandId, body } = frame.data
    return { ...stored, prev, quality: at.quality, commandId, body }
  }
  // A recorded fact that this version cannot read is a line all the same; what can be told is what was stored.
  const { prev } = z.looseObject({ prev: z.string() }).parse(written)
  return { ...stored, prev, quality: 'untrusted', commandId: '', body: {} }
}
