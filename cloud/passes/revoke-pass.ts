import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Transaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { markRevoked, type StoredPass } from './pass-store.ts'

/** Takes a locked pass back and tells its site; a second time changes nothing. */
export async function revokePass(tx: Transaction, pass: StoredPass, nowMs: number): Promise<void> {
  if (pass.revokedMs !== undefined) return
  const { passId, toMs } = pass
  await markRevoked(tx, passId, nowMs)
  const body = { revokedMs: nowMs, toMs }
  await putRows(tx, siteIdSchema.parse(pass.siteId), [{ kind: 'pass_revocation', key: passId, body }])
}
