import { SiteError } from '@gatehouse/shared/errors/site-error'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import type { Charge, PaymentGateway } from './gateway.ts'

/** The sandbox's cards: one that always pays and one that is always refused. */
export const sandboxCards = ['sandbox_ok', 'sandbox_declined'] as const

type ChargeState = 'authorised' | 'declined' | 'captured' | 'voided'

/** A gateway without money that keeps books of its own, with the repeat rules of a real one. */
export class SandboxGateway implements PaymentGateway {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async authorise(charge: Charge): Promise<Result<void, 'declined'>> {
    const state: ChargeState = charge.card === 'sandbox_ok' ? 'authorised' : 'declined'
    await this.#pool.query(
      `INSERT INTO sandbox_charge (idempotency_key, amount_minor, currency, state) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [charge.idempotencyKey, charge.amountMinor, charge.currency, state],
    )
    const known = await this.#charge(charge.idempotencyKey)
    if (known?.amount_minor !== charge.amountMinor || known.currency !== charge.currency) {
      throw misuse('payments.authorise', 'The same key was sent with another amount.')
    }
    return known.state === 'declined' ? err('declined') : ok(undefined)
  }

  async capture(idempotencyKey: string): Promise<void> {
    await this.#pool.query(
      `UPDATE sandbox_charge SET state = 'captured' WHERE idempotency_key = $1 AND state = 'authorised'`,
      [idempotencyKey],
    )
    const known = await this.#charge(idempotencyKey)
    if (known?.state !== 'captured') {
      throw misuse('payments.capture', 'Only an authorised amount can be captured.')
    }
  }

  async voidCharge(idempotencyKey: string): Promise<void> {
    await this.#pool.query(
      `UPDATE sandbox_charge SET state = 'voided' WHERE idempotency_key = $1 AND state = 'authorised'`,
      [idempotencyKey],
    )
  }

  async refund(refund: { idempotencyKey: string; chargeKey: string; amountMinor: number }): Promise<void> {
    await inTransaction(this.#pool, (tx) => bookRefund(tx, refund))
  }

  async #charge(key: string) {
    const found = await this.#pool.query<{ amount_minor: number; currency: string; state: ChargeState }>(
      'SELECT amount_minor, currency, state FROM sandbox_charge WHERE idempotency_key = $1',
      [key],
    )
    return found.rows[0]
  }
}

async function bookRefund(
  tx: Transaction,
  refund: { idempotencyKey: string; chargeKey: string; amountMinor: number },
): Promise<void> {
  // The charge's row lock makes concurrent refunds take turns; the table's CHECK bounds their sum.
  const charge = await tx.query<{ state: ChargeState; amount_minor: number; refunded_minor: number }>(
    'SELECT state, amount_minor, refunded_minor FROM sandbox_charge WHERE idempotency_key = $1 FOR UPDATE',
    [refund.chargeKey],
  )
  const [row] = charge.rows
  const known = await tx.query('SELECT 1 FROM sandbox_refund WHERE idempotency_key = $1', [
    refund.idempotencyKey,
  ])
  if (known.rowCount === 1) return
  if (row?.state !== 'captured' || row.refunded_minor + refund.amountMinor > row.amount_minor) {
    throw misuse('payments.refund', 'A refund never exceeds what was captured.')
  }
  await tx.query(
    'INSERT INTO sandbox_refund (idempotency_key, charge_key, amount_minor) VALUES ($1, $2, $3)',
    [refund.idempotencyKey, refund.chargeKey, refund.amountMinor],
  )
  await tx.query(
    'UPDATE sandbox_charge SET refunded_minor = refunded_minor + $2 WHERE idempotency_key = $1',
    [refund.chargeKey, refund.amountMinor],
  )
}

function misuse(op: string, hint: string): SiteError {
  return new SiteError({ code: 'gateway_misused', op, hint, retryable: false })
}
