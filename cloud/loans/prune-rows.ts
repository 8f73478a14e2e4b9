import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { inTransaction } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from '../directory/put-rows.ts'
import type { LoanJobParts } from './end-loans.ts'

/** As long as a site keeps receipts and acknowledged entries: a restored one finds what it was told since (RULES). */
const keptMs = 35 * 24 * 3_600_000
const batchMax = 500

/**
 * Takes rows of bookings long over and of loans long released out of the directories, and forgets such loans when nothing
 * in them is sold. A tombstone frees nothing (shared/wire/v1/directory.ts).
 */
export async function pruneLoanRows({ pool, clock }: LoanJobParts): Promise<'more' | 'done'> {
  const beforeMs = clock.now().wallMs - keptMs
  const { rows } = await pool.query<{ site_id: SiteId; kind: 'booking' | 'loan'; key: string }>(
    `SELECT d.site_id, d.kind, d.key FROM site_directory d JOIN bookings b ON b.site_id = d.site_id AND b.booking_id = d.key
     WHERE d.kind = 'booking' AND d.body IS NOT NULL AND b.to_ms < $1
     UNION ALL
     SELECT d.site_id, d.kind, d.key FROM site_directory d JOIN loans l ON l.site_id = d.site_id AND l.loan_id = d.key
     WHERE d.kind = 'loan' AND d.body IS NOT NULL AND l.state = 'released' AND l.changed_ms < $1
     ORDER BY 1, 2, 3 LIMIT ${batchMax}`,
    [beforeMs],
  )
  for (const siteId of new Set(rows.map(({ site_id }) => site_id))) {
    const own = rows.filter(({ site_id }) => site_id === siteId)
    const writes = own.map(({ kind, key }): DirectoryWrite => ({ kind, key, body: null }))
    await inTransaction(pool, (tx) => putRows(tx, siteIdSchema.parse(siteId), writes))
  }
  await pool.query(
    `DELETE FROM loan_sales s USING loans l WHERE l.site_id = s.site_id AND l.loan_id = s.loan_id
       AND l.state = 'released' AND l.to_ms < $1`,
    [beforeMs],
  )
  await pool.query(
    `DELETE FROM loans l WHERE l.state = 'released' AND l.changed_ms < $1
       AND NOT EXISTS (SELECT FROM loan_sales s WHERE s.site_id = l.site_id AND s.loan_id = l.loan_id)`,
    [beforeMs],
  )
  return rows.length < batchMax ? 'done' : 'more'
}
