import type { PaymentMethod } from '@gatehouse/shared/wire/v1/entries'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** One movement of money as recorded; amounts in minor units, `atMs` the entry's wall time. */
export interface PaymentRow {
  readonly paymentId: string
  readonly kind: 'captured' | 'refunded'
  readonly ofPaymentId: string | null
  readonly method: PaymentMethod
  readonly amountMinor: number
  readonly currency: string
  readonly takenBy: 'site' | 'cloud'
  readonly tenderedMinor: number | null
  readonly changeMinor: number | null
  readonly atMs: number
  readonly incarnation: number
  readonly seq: number
}

const columns = `payment_id AS paymentId, kind, of_payment_id AS ofPaymentId, method,
  amount_minor AS amountMinor, currency, taken_by AS takenBy, tendered_minor AS tenderedMinor,
  change_minor AS changeMinor, at_ms AS atMs, incarnation, seq`

/** The payments and refunds of one booking or session, in the order of the ledger. */
export function paymentsOf(db: SiteDatabase, subjectId: string): PaymentRow[] {
  return statement<PaymentRow>(
    db,
    `SELECT ${columns} FROM payments WHERE subject_id = ? ORDER BY incarnation, seq`,
  ).all(subjectId)
}

/** One payment by its id. */
export function findPayment(db: SiteDatabase, paymentId: string): PaymentRow | undefined {
  return statement<PaymentRow>(db, `SELECT ${columns} FROM payments WHERE payment_id = ?`).get(paymentId)
}

/** What a card was asked for under this id, minor units, while it waits for its decision; `undefined` when it was not. */
export function authorisedMinor(db: SiteDatabase, paymentId: string): number | undefined {
  return statement<{ amountMinor: number }>(
    db,
    'SELECT amount_minor AS amountMinor FROM card_attempts WHERE payment_id = ?',
  ).get(paymentId)?.amountMinor
}

/** What the site took per currency and method: entries of both kinds, and captured minus refunded. */
export interface Takings {
  readonly currency: string
  readonly method: PaymentMethod
  readonly count: number
  readonly amountMinor: number
}

/** All takings since the ledger began, as the heartbeat reports them to the cloud. */
export function takings(db: SiteDatabase): Takings[] {
  return statement<Takings>(
    db,
    `SELECT currency, method, payments AS count, amount_minor AS amountMinor FROM takings
     ORDER BY currency, method`,
  ).all()
}

/** Takings of `[fromMs, toMs)` (epoch ms), for today's figures. */
export function takingsWithin(
  db: SiteDatabase,
  within: { readonly fromMs: number; readonly toMs: number },
): Takings[] {
  return statement<Takings>(
    db,
    `SELECT currency, method, count(*) AS count,
       sum(CASE kind WHEN 'captured' THEN amount_minor ELSE -amount_minor END) AS amountMinor
     FROM payments WHERE at_ms >= ? AND at_ms < ? GROUP BY currency, method ORDER BY currency, method`,
  ).all(within.fromMs, within.toMs)
}
