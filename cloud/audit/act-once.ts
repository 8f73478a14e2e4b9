import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { Result } from '@gatehouse/shared/result/result'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import type { ActOrigin } from './act.ts'

/**
 * Runs an act in one transaction with the mark that its request's key has been carried out, so that a request that is
 * sent again after a process died without answering changes nothing: it gets `again`. A refusal marks nothing. Acts without
 * a key run as they are. Throws the retryable `key_lost` when another process let go of the key meanwhile.
 */
export async function actOnce<T, E>(
  pool: Pool,
  by: Pick<ActOrigin, 'actor' | 'key' | 'nowMs'> | undefined,
  again: T,
  work: (tx: Transaction) => Promise<Result<T, E>>,
): Promise<Result<T, E>> {
  return inTransaction(pool, async (tx) => {
    if (by?.key === undefined) return work(tx)
    const id = [by.actor.id, by.key]
    const { rows } = await tx.query<{ done: boolean }>(
      `SELECT carried_out_ms IS NOT NULL AS done FROM idempotency_key WHERE caller = $1 AND key = $2 FOR UPDATE`,
      id,
    )
    const [mark] = rows
    if (mark === undefined) throw keyLost()
    if (mark.done) return { ok: true, value: again }
    const outcome = await work(tx)
    if (outcome.ok) {
      await tx.query('UPDATE idempotency_key SET carried_out_ms = $3 WHERE caller = $1 AND key = $2', [
        ...id,
        by.nowMs,
      ])
    }
    return outcome
  })
}

function keyLost(): SiteError {
  return new SiteError({
    code: 'key_lost',
    op: 'audit.act_once',
    hint: 'Another process answered for this key and failed. Nothing was done; send the request again.',
    retryable: true,
  })
}
