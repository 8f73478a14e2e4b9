import {
  type BookingId,
  loanIdSchema,
  memberIdSchema,
  type PaymentId,
  paymentIdSchema,
  type SiteId,
  spaceIdSchema,
} from '@gatehouse/shared/ids/ids'
import type { BookedStatus } from '@gatehouse/shared/loans/received-books'
import type { PaymentMethod, Price } from '@gatehouse/shared/wire/v1/entries'
import type { SoldBooking } from '@gatehouse/shared/wire/v1/loans'
import type { Transaction } from '../database/pool.ts'

/** A booking that the cloud sold inside loans, as it stands in the books. */
export interface SoldRecord {
  readonly siteId: SiteId
  readonly bookingId: BookingId
  readonly spaceId: string
  readonly parts: readonly string[]
  readonly loanIds: readonly string[]
  readonly memberId: string
  readonly reference: string
  readonly fromMs: number
  readonly toMs: number
  readonly blockToMs: number
  readonly status: BookedStatus
  readonly holdUntilMs: number
  readonly price: Price
  readonly payments: readonly SoldPayment[]
  /** A later end that the site holds; then the booking is the site's matter. */
  readonly isExtended: boolean
}

/** Money of a booking that the cloud took or gave back. */
export interface SoldPayment {
  readonly paymentId: PaymentId
  /** What it gives back; absent for a capture. */
  readonly ofPaymentId: PaymentId | undefined
  readonly method: PaymentMethod
  readonly amountMinor: number
  /** False for what the site itself took. */
  readonly byCloud: boolean
}

interface Row {
  readonly site_id: SiteId
  readonly booking_id: BookingId
  readonly space_id: string
  readonly parts: readonly string[]
  readonly loan_ids: readonly string[]
  readonly member_id: string | null
  readonly reference: string
  readonly from_ms: number
  readonly to_ms: number
  readonly block_to_ms: number
  readonly status: BookedStatus
  readonly hold_until_ms: number
  readonly price: Price
  readonly is_extended: boolean
}

/** Locks a booking that was sold inside loans, after the desk was opened; `undefined` when there is none by that id. */
export async function lockSold(
  tx: Transaction,
  siteId: SiteId,
  bookingId: string,
): Promise<SoldRecord | undefined> {
  const { rows } = await tx.query<Row>(
    `SELECT site_id, booking_id, space_id, parts, loan_ids, member_id, reference, from_ms, to_ms, block_to_ms, status,
       hold_until_ms, price, extension IS NOT NULL AS is_extended
     FROM bookings WHERE site_id = $1 AND booking_id = $2 AND loan_ids <> '{}' FOR UPDATE`,
    [siteId, bookingId],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const payments = await tx.query<{
    payment_id: PaymentId
    of_payment_id: PaymentId | null
    method: PaymentMethod
    amount_minor: number
    taken_by: string
  }>(
    `SELECT payment_id, of_payment_id, method, amount_minor, taken_by FROM payments
     WHERE site_id = $1 AND booking_id = $2 ORDER BY at_ms, of_payment_id NULLS FIRST, payment_id`,
    [siteId, bookingId],
  )
  return {
    siteId: row.site_id,
    bookingId: row.booking_id,
    spaceId: row.space_id,
    parts: row.parts,
    loanIds: row.loan_ids,
    memberId: row.member_id ?? '',
    reference: row.reference,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    blockToMs: row.block_to_ms,
    status: row.status,
    holdUntilMs: row.hold_until_ms,
    price: row.price,
    isExtended: row.is_extended,
    payments: payments.rows.map((paid) => ({
      paymentId: paid.payment_id,
      ofPaymentId: paid.of_payment_id ?? undefined,
      method: paid.method,
      amountMinor: paid.amount_minor,
      byCloud: paid.taken_by === 'cloud',
    })),
  }
}

/** Writes a new booking of the cloud and where its row stands: entry 0 of incarnation 0 until its site tells of it. */
export async function insertSold(
  tx: Transaction,
  sold: SoldRecord,
  at: { readonly epoch: number; readonly rev: number; readonly heldMs: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO bookings (site_id, booking_id, incarnation, seq, space_id, parts, loan_ids, member_id, reference, from_ms,
       to_ms, block_to_ms, status, hold_until_ms, price, held_ms, row_epoch, row_rev)
     VALUES ($1, $2, 0, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      ...[sold.siteId, sold.bookingId, sold.spaceId, sold.parts, sold.loanIds, sold.memberId, sold.reference],
      ...[sold.fromMs, sold.toMs, sold.blockToMs, sold.status, sold.holdUntilMs, JSON.stringify(sold.price)],
      ...[at.heldMs, at.epoch, at.rev],
    ],
  )
}

/** Writes what the cloud made of a sold booking, and where its row stands. */
export async function updateSold(
  tx: Transaction,
  sold: SoldRecord,
  at: { readonly epoch: number; readonly rev: number; readonly feeMinor?: number },
): Promise<void> {
  const captured = sold.payments.filter(({ ofPaymentId }) => ofPaymentId === undefined)
  const refunded = sold.payments.filter(({ ofPaymentId }) => ofPaymentId !== undefined)
  await tx.query(
    `UPDATE bookings SET status = $3, row_epoch = $4, row_rev = $5, fee_minor = coalesce($6, fee_minor),
       paid_minor = $7, refunded_minor = $8, paid_by = $9 WHERE site_id = $1 AND booking_id = $2`,
    [
      ...[sold.siteId, sold.bookingId, sold.status, at.epoch, at.rev, at.feeMinor ?? null],
      ...[sumOf(captured), sumOf(refunded), captured.at(-1)?.method ?? null],
    ],
  )
}

/** Writes money of a sold booking; the site's entry makes it part of the site's books. */
export async function insertSoldPayments(
  tx: Transaction,
  sold: SoldRecord,
  payments: readonly SoldPayment[],
  atMs: number,
): Promise<void> {
  for (const { paymentId, ofPaymentId, method, amountMinor } of payments) {
    await tx.query(
      `INSERT INTO payments (site_id, payment_id, incarnation, seq, kind, of_payment_id, booking_id, method, amount_minor,
         currency, taken_by, at_ms) VALUES ($1, $2, 0, 0, $3, $4, $5, $6, $7, $8, 'cloud', $9)`,
      [
        ...[sold.siteId, paymentId, ofPaymentId === undefined ? 'captured' : 'refunded', ofPaymentId ?? null],
        ...[sold.bookingId, method, amountMinor, sold.price.currency, atMs],
      ],
    )
  }
}

const sumOf = (payments: readonly SoldPayment[]) =>
  payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0)

/** The booking as its row tells it: whole, with all money that the cloud moved for it so far. */
export function rowOf(sold: SoldRecord, status: SoldBooking['status']): SoldBooking {
  const byCloud = sold.payments.filter((payment) => payment.byCloud)
  const payments = byCloud.flatMap(({ paymentId, ofPaymentId, method, amountMinor }) =>
    ofPaymentId === undefined ? [{ paymentId, method, amountMinor }] : [],
  )
  const refunds = byCloud.flatMap(({ paymentId, ofPaymentId, method, amountMinor }) =>
    ofPaymentId === undefined
      ? []
      : [{ paymentId, ofPaymentId: paymentIdSchema.parse(ofPaymentId), method, amountMinor }],
  )
  return {
    status,
    spaceId: spaceIdSchema.parse(sold.spaceId),
    ...(sold.parts.length === 0 ? {} : { parts: sold.parts.map((part) => spaceIdSchema.parse(part)) }),
    loanIds: sold.loanIds.map((loanId) => loanIdSchema.parse(loanId)),
    holder: { kind: 'member', memberId: memberIdSchema.parse(sold.memberId) },
    reference: sold.reference,
    fromMs: sold.fromMs,
    toMs: sold.toMs,
    blockToMs: sold.blockToMs,
    ...(status === 'held' ? { holdUntilMs: sold.holdUntilMs } : {}),
    price: sold.price,
    ...(payments.length === 0 ? {} : { payments }),
    ...(refunds.length === 0 ? {} : { refunds }),
  }
}
