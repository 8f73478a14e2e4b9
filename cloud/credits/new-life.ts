import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { Transaction } from '../database/pool.ts'
import { lockNextPosition } from '../directory/next-position.ts'
import { putRows } from '../directory/put-rows.ts'
import { lifeOfSite } from './bucket-store.ts'

/**
 * Takes the rows of shares that the books of the site's present life do not hold out of its directory; call it in the
 * transaction that admits the life. A box that starts with empty books would spend by sums of which it does not know
 * what is spent. What was moved to the box before counts as spent (ARCHITECTURE §5): nobody can say that it was not.
 */
export async function endLostAllowances(tx: Transaction, siteId: SiteId): Promise<void> {
  await lockNextPosition(tx, siteId)
  const { rows } = await tx.query<{ allowance_id: string }>(
    `SELECT allowance_id FROM allowances JOIN site_directory d USING (site_id)
     WHERE site_id = $1 AND life <> $2 AND d.kind = 'allowance' AND d.key = allowance_id AND d.body IS NOT NULL
     ORDER BY allowance_id`,
    [siteId, await lifeOfSite(tx, siteId)],
  )
  const writes = rows.map(
    ({ allowance_id }) => ({ kind: 'allowance', key: allowance_id, body: null }) as const,
  )
  if (writes.length > 0) await putRows(tx, siteId, writes)
}
