import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { Transaction } from '../database/pool.ts'
import { putRows } from './put-rows.ts'

/**
 * Takes the row lock of a site's directory until the end of the transaction, and says which position the next row
 * written in it gets; the one after that one rev more. Whoever decides about loans takes it first. Throws `unknown_site`.
 */
export async function lockNextPosition(
  tx: Transaction,
  siteId: SiteId,
): Promise<{ readonly epoch: number; readonly rev: number }> {
  const { epoch, rev } = await putRows(tx, siteId, [])
  return { epoch, rev: rev + 1 }
}
