import { isSiteError } from '@gatehouse/shared/errors/site-error'
import type { Queryable } from '../database/pool.ts'
import type { PaymentGateway } from './gateway.ts'

/*
 *   created ──authorise──▶ authorised ──site said yes──▶ captured ──entry payment.refunded──▶ refunds
 *      │ └─────declined──▶ declined     └─site said no──▶ voided
 *      └─never sent to the site──▶ voided
 */
export type CardPaymentState = 'created' | 'authorised' | 'declined' | 'captured' | 'voided'

export interface NewCardPayment {
  readonly paymentId: string
  readonly bookingId: string
  readonly siteId: string
  readonly requestId: string
  readonly amountMinor: number
  readonly currency: string
  readonly card: string
  readonly nowMs: number
}

// A handler that has not sent its request within this time has died.
const abandonedAfterMs = 60_000
const batchMax = 200

const openPayment = "p.state IN ('created', 'authorised')"
const dueRefund = `payments f
  JOIN card_payment p ON p.payment_id = f.of_payment_id AND p.site_id = f.site_id
  LEFT JOIN card_refund d ON d.refund_id = f.payment_id AND d.done
  WHERE f.kind = 'refunded' AND f.taken_by = 'cloud' AND f.amount_minor > 0
    AND p.state = 'captured' AND d.refund_id IS NULL`

/** SQL that tells whether `settleAll` has anything to look at. */
export const cardMoneyIsOpen = `EXISTS (SELECT FROM card_payment p WHERE ${openPayment})
  OR EXISTS (SELECT FROM ${dueRefund})`

/** Card money for bookings: written down before each call to the gateway, so that every step can be repeated. */
export class CardPayments {
  readonly #db: Queryable
  readonly #gateway: PaymentGateway

  constructor(db: Queryable, gateway: PaymentGateway) {
    this.#db = db
    this.#gateway = gateway
  }

  /**
   * Reserves the amount; the payment's id is the gateway's idempotency key. `declined` also when it was let go
   * before, `unavailable` when the gateway cannot be reached; what it may have reserved is let go later. */
  async authorise(payment: NewCardPayment): Promise<'authorised' | 'declined' | 'unavailable'> {
    const { paymentId, bookingId, siteId, requestId, amountMinor, currency, card, nowMs } = payment
    await this.#db.query(
      `INSERT INTO card_payment (payment_id, booking_id, site_id, request_id, amount_minor, currency, card,
         state, created_ms, changed_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'created', $8, $8) ON CONFLICT DO NOTHING`,
      [paymentId, bookingId, siteId, requestId, amountMinor, currency, card, nowMs],
    )
    const charge = { idempotencyKey: paymentId, amountMinor, currency, card }
    const answer = await whenReached(() => this.#gateway.authorise(charge))
    if (answer === undefined) return 'unavailable'
    await this.#change(paymentId, ['created'], answer.value.ok ? 'authorised' : 'declined', nowMs)
    const state = await this.#state(paymentId)
    return state === 'authorised' || state === 'captured' ? 'authorised' : 'declined'
  }

  /** Takes the reserved amount after the site's yes; while the gateway cannot be reached, the sweep takes it later. */
  async capture(paymentId: string, nowMs: number): Promise<void> {
    if ((await this.#state(paymentId)) !== 'authorised') return
    if ((await whenReached(() => this.#gateway.capture(paymentId))) === undefined) return
    await this.#change(paymentId, ['authorised'], 'captured', nowMs)
  }

  /** Lets go of the reserved amount after the site's no; while the gateway cannot be reached, the sweep does later. */
  async release(paymentId: string, nowMs: number): Promise<void> {
    const state = await this.#state(paymentId)
    if (state !== 'created' && state !== 'authorised') return
    if ((await whenReached(() => this.#gateway.voidCharge(paymentId))) === undefined) return
    await this.#change(paymentId, ['created', 'authorised'], 'voided', nowMs)
  }

  /**
   * Finishes what a crash left: captures where the site said yes, lets go where it said no or was never
   * asked, and carries out refunds that sites recorded for money the cloud took.
   */
  async settleAll(nowMs: number): Promise<void> {
    const open = await this.#db.query<{
      payment_id: string
      request_state: string | null
      created_ms: number
    }>(
      // What the cloud sold inside a loan was booked with the sale itself.
      `SELECT p.payment_id, CASE WHEN b.payment_id IS NULL THEN r.state ELSE 'done' END AS request_state, p.created_ms
       FROM card_payment p LEFT JOIN booking_request r ON r.request_id = p.request_id
       LEFT JOIN payments b ON b.site_id = p.site_id AND b.payment_id = p.payment_id
       WHERE ${openPayment} ORDER BY p.created_ms LIMIT ${batchMax}`,
    )
    for (const row of open.rows) {
      if (row.request_state === 'done') await this.capture(row.payment_id, nowMs)
      else if (row.request_state === 'refused' || row.request_state === 'withdrawn') {
        await this.release(row.payment_id, nowMs)
      } else if (row.request_state === null && nowMs - row.created_ms > abandonedAfterMs) {
        await this.release(row.payment_id, nowMs)
      }
    }
    await this.refundDue(nowMs)
  }

  /** Gives back what sites recorded as refunded of captured payments; each refund entry once. */
  async refundDue(nowMs: number): Promise<void> {
    const due = await this.#db.query<{ refund_id: string; payment_id: string; amount_minor: number }>(
      `SELECT f.payment_id AS refund_id, p.payment_id, f.amount_minor FROM ${dueRefund}
       LIMIT ${batchMax}`,
    )
    for (const row of due.rows) {
      await this.#db.query(
        `INSERT INTO card_refund (refund_id, payment_id, amount_minor, created_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING`,
        [row.refund_id, row.payment_id, row.amount_minor, nowMs],
      )
      const { refund_id: idempotencyKey, payment_id: chargeKey, amount_minor: amountMinor } = row
      const refund = { idempotencyKey, chargeKey, amountMinor }
      if ((await whenReached(() => this.#gateway.refund(refund))) === undefined) return
      await this.#db.query('UPDATE card_refund SET done = true WHERE refund_id = $1', [row.refund_id])
    }
  }

  async #state(paymentId: string): Promise<CardPaymentState | undefined> {
    const found = await this.#db.query<{ state: CardPaymentState }>(
      'SELECT state FROM card_payment WHERE payment_id = $1',
      [paymentId],
    )
    return found.rows[0]?.state
  }

  async #change(
    paymentId: string,
    from: readonly CardPaymentState[],
    to: CardPaymentState,
    nowMs: number,
  ): Promise<void> {
    await this.#db.query(
      'UPDATE card_payment SET state = $3, changed_ms = $4 WHERE payment_id = $1 AND state = ANY ($2)',
      [paymentId, from, to, nowMs],
    )
  }
}

/** What the gateway answered; `undefined` while it cannot be reached. */
async function whenReached<Answer>(
  call: () => Promise<Answer>,
): Promise<{ readonly value: Answer } | undefined> {
  try {
    return { value: await call() }
  } catch (error) {
    if (isSiteError(error) && error.retryable) return undefined
    throw error
  }
}
