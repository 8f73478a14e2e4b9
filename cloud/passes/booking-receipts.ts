import type { BookingReceiptView } from '@gatehouse/shared/api/booking-receipt-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { bookingIdSchema, paymentIdSchema, siteIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { containedTax } from '@gatehouse/shared/money/money'
import { ed25519Signer } from '@gatehouse/shared/passes/ed25519'
import type { BookingReceipt } from '@gatehouse/shared/passes/pass'
import { readPresentation } from '@gatehouse/shared/passes/presentation'
import {
  type BookingReceiptFacts,
  type PaperIssuer,
  signedBookingReceipt,
} from '@gatehouse/shared/passes/sign-paper'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { findBooking, type KnownBooking } from '../bookings/booking-store.ts'
import type { Pool, Queryable } from '../database/pool.ts'
import { type Refused, refusal } from '../http/problem.ts'
import { signingKey } from './signing-keys.ts'

/** A booking is paid once, and once for each later end. */
const receiptsMax = 50

interface PaidRow {
  readonly payment_id: string
  readonly amount_minor: number
  readonly currency: string
  readonly paid_ms: number
  readonly refunded_minor: number
}

/**
 * The signed receipts for what a member paid to the cloud for one of their bookings, the first payment first; asked again
 * they say the same. Money that a site took has the site's own receipt. Refuses with 404 `unknown_booking`.
 */
export async function receiptsOfBooking(
  { pool, clock }: { readonly pool: Pool; readonly clock: Clock },
  memberId: string,
  bookingId: string,
): Promise<Result<readonly BookingReceiptView[], Refused>> {
  const booking = await findBooking(pool, memberId, bookingId)
  if (booking === undefined) return err(refusal('unknown_booking'))
  const paid = booking.projected === undefined ? [] : await paymentsOf(pool, booking)
  if (paid.length === 0) return ok([])
  const issuedMs = clock.now().wallMs
  const key = await signingKey(pool, issuedMs)
  const by: PaperIssuer = {
    ...{ siteId: siteIdSchema.parse(booking.siteId), issuer: 'cloud', keyId: key.keyId },
    sign: ed25519Signer(key.privateKey),
  }
  return ok(
    paid.flatMap((row) => {
      const text = signedBookingReceipt(by, factsOf(booking, row), issuedMs)
      // What is shown beside the code is what the code says.
      const read = readPresentation(text)
      return read.ok && read.value.pass.kind === 'booking_receipt' ? [receiptView(read.value.pass, text)] : []
    }),
  )
}

/** What the gateway took, and what of it the books gave back. */
async function paymentsOf(db: Queryable, { siteId, bookingId }: KnownBooking): Promise<readonly PaidRow[]> {
  const { rows } = await db.query<PaidRow>(
    `SELECT taken.payment_id, taken.amount_minor, taken.currency, taken.changed_ms AS paid_ms,
       coalesce((SELECT sum(back.amount_minor) FROM payments back WHERE back.site_id = taken.site_id
         AND back.of_payment_id = taken.payment_id AND back.kind = 'refunded'), 0)::bigint AS refunded_minor
     FROM card_payment taken WHERE taken.booking_id = $1 AND taken.site_id = $2 AND taken.state = 'captured'
       AND taken.amount_minor > 0
     ORDER BY taken.changed_ms, taken.payment_id LIMIT ${receiptsMax}`,
    [bookingId, siteId],
  )
  return rows
}

function factsOf(booking: KnownBooking, row: PaidRow): BookingReceiptFacts {
  const { fromMs, toMs, price, projected } = booking
  return {
    bookingId: bookingIdSchema.parse(booking.bookingId),
    paymentId: paymentIdSchema.parse(row.payment_id),
    block: { spaceId: spaceIdSchema.parse(booking.spaceId), fromMs, toMs },
    paid: {
      amountMinor: row.amount_minor,
      taxMinor: containedTax(row.amount_minor, price.taxRatePercent),
      refundedMinor: Math.min(row.amount_minor, row.refunded_minor),
      currency: row.currency,
      paidMs: row.paid_ms,
      reference: projected?.reference ?? '',
    },
  }
}

function receiptView(pass: BookingReceipt, text: string): BookingReceiptView {
  const { passId: receiptId, bookingId, paymentId, paid, issuedMs, toMs } = pass
  return { receiptId, bookingId, paymentId, ...paid, issuedMs, toMs, text }
}
