import { genesisHash } from '@gatehouse/shared/ledger/chain'
import type { SiteSums } from '@gatehouse/shared/wire/v1/sync'
import type { Queryable } from '../database/pool.ts'
import type { StreamId } from '../ingest/stream-store.ts'
import type { CloudSums } from './decide-reconciliation.ts'

interface SumsRow {
  readonly seq: number | null
  readonly hash: string | null
  readonly hashAtSiteHead: string | null
  readonly projectedSeq: number | null
  readonly entries: number
  readonly bookings: SiteSums['bookings'] | null
  readonly takings: SiteSums['takings'] | null
  readonly sessions: SiteSums['sessions']
}

// One statement is one snapshot, so that all sums and the position belong to one moment. A life that took over holds
// the books of the lives before it, too; of bookings that the cloud sold or changed counts what the site last told.
const sumsSql = `WITH life AS (SELECT coalesce((SELECT books_from FROM site_incarnations
    WHERE site_id = $1 AND incarnation = $2), $2) AS first)
  SELECT s.head_seq AS seq, s.head_hash AS hash, p.seq AS "projectedSeq",
    coalesce((SELECT hash FROM ledger_entries WHERE site_id = $1 AND incarnation = $2 AND seq = $3),
      (SELECT hash FROM ledger_gaps WHERE site_id = $1 AND incarnation = $2 AND to_seq = $3)) AS "hashAtSiteHead",
    (SELECT count(*) FROM ledger_entries WHERE site_id = $1 AND incarnation = $2) AS entries,
    (SELECT jsonb_object_agg(b.status, b.count) FROM (
       SELECT coalesce(site_status, status) AS status, count(*) AS count FROM bookings
       WHERE site_id = $1 AND incarnation BETWEEN life.first AND $2 AND seq > 0 GROUP BY 1) AS b) AS bookings,
    (SELECT jsonb_agg(jsonb_build_object('currency', t.currency, 'method', t.method, 'count', t.count,
         'amountMinor', t.amount)) FROM (
       SELECT currency, method, count(*) AS count,
         sum(CASE kind WHEN 'captured' THEN amount_minor ELSE -amount_minor END) AS amount FROM payments
       WHERE site_id = $1 AND incarnation BETWEEN life.first AND $2 AND seq > 0 GROUP BY currency, method) AS t) AS takings,
    (SELECT jsonb_build_object('open', count(*) FILTER (WHERE state NOT IN ('departed', 'voided')),
         'departed', count(*) FILTER (WHERE state = 'departed'), 'voided', count(*) FILTER (WHERE state = 'voided'))
     FROM parking_sessions WHERE site_id = $1 AND incarnation BETWEEN life.first AND $2) AS sessions
  FROM life LEFT JOIN streams s ON s.site_id = $1 AND s.incarnation = $2
  LEFT JOIN projection_positions p ON p.site_id = $1 AND p.incarnation = $2`

/** Sums one life of a site over the projected tables, all at one moment. */
export async function readCloudSums(
  db: Queryable,
  stream: StreamId,
  siteHeadSeq: number,
): Promise<CloudSums> {
  const { rows } = await db.query<SumsRow>(sumsSql, [stream.siteId, stream.incarnation, siteHeadSeq])
  const [row] = rows
  return {
    head: { seq: row?.seq ?? 0, hash: row?.hash ?? genesisHash },
    hashAtSiteHead: row?.hashAtSiteHead ?? undefined,
    projectedSeq: row?.projectedSeq ?? 0,
    entries: row?.entries ?? 0,
    bookings: row?.bookings ?? {},
    takings: row?.takings ?? [],
    sessions: row?.sessions ?? { open: 0, departed: 0, voided: 0 },
  }
}
