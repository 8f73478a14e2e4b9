import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { Transaction } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from './put-rows.ts'

/**
 * Begins an epoch in every directory: each row is written anew under it, so that its digest names it, and
 * the log before it is gone, so that every site fetches its directory again.
 */
export async function renewDirectories(tx: Transaction, epoch: number): Promise<void> {
  await tx.query('DELETE FROM site_directory_log')
  await tx.query('UPDATE directory_heads SET epoch = $1, pruned_rev = rev', [epoch])
  const { rows } = await tx.query<{ site_id: SiteId; writes: DirectoryWrite[] }>(
    `SELECT site_id, jsonb_agg(jsonb_build_object('kind', kind, 'key', key, 'body', body) ORDER BY rev) AS writes
     FROM site_directory GROUP BY site_id`,
  )
  for (const { site_id, writes } of rows) await putRows(tx, site_id, writes)
}
