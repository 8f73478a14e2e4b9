import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { Transaction } from '../database/pool.ts'
import { type Act, type ActOrigin, sealActs } from './act.ts'

/** Rows that one statement writes at most; an import of many thousand cards is written in several. */
const rowsPerStatementMax = 1_000

/**
 * Records acts in the transaction that does them, so that neither exists without the other. Call it last: it
 * takes the lock on the chain's end, for which all other writers wait until the commit. Throws
 * `act_head_missing` when somebody took the end of the chain away; then nothing administrative can be done.
 */
export async function recordActs(tx: Transaction, origin: ActOrigin, acts: readonly Act[]): Promise<void> {
  if (acts.length === 0) return
  const named = await withOperators(tx, acts)
  const found = await tx.query<ChainHead>('SELECT seq, hash FROM admin_act_head FOR UPDATE')
  const [head] = found.rows
  if (head === undefined) throw headMissing()
  const sealed = sealActs(head, origin, named)
  for (let at = 0; at < sealed.length; at += rowsPerStatementMax) {
    await tx.query(
      `INSERT INTO admin_acts (seq, hash, record)
       SELECT seq, hash, record FROM jsonb_to_recordset($1::jsonb) AS sealed (seq bigint, hash text, record text)
       ORDER BY seq`,
      [JSON.stringify(sealed.slice(at, at + rowsPerStatementMax))],
    )
  }
}

async function withOperators(tx: Transaction, acts: readonly Act[]): Promise<readonly Act[]> {
  const siteIds = new Set(acts.flatMap(({ siteId }) => siteId ?? []))
  if (siteIds.size === 0) return acts
  const { rows } = await tx.query<{ site_id: string; operator_id: string }>(
    'SELECT site_id, operator_id FROM sites WHERE site_id = ANY ($1)',
    [[...siteIds]],
  )
  const operators = new Map(rows.map((row) => [row.site_id, row.operator_id]))
  return acts.map((act) => {
    const operatorId = act.siteId === undefined ? undefined : operators.get(act.siteId)
    return operatorId === undefined ? act : { ...act, operatorId }
  })
}

function headMissing(): SiteError {
  return new SiteError({
    code: 'act_head_missing',
    op: 'audit.record',
    hint: 'The end of the chain of administrative acts is gone from admin_act_head. Restore it from a backup.',
    retryable: false,
  })
}
