import { type BookingId, paymentIdSchema } from '../ids/ids.ts'
import { allocate, percentOf } from '../money/money.ts'
import { assertNever, err, ok } from '../result/result.ts'
import type { Booking, BookingEvent, BookingPayment } from './booking.ts'
import { type Answers, answers, type BookingContext, type Decision } from './command.ts'

const hourMs = 3_600_000

/** The fee for cancelling at `nowMs`, minor units: ≥ 48 h before the start 0 %, 24–48 h 50 %, below 24 h 100 % (RULES). */
export function cancellationFee(booking: {
  readonly totalMinor: number
  readonly fromMs: number
  readonly nowMs: number
}): number {
  const aheadMs = booking.fromMs - booking.nowMs
  if (aheadMs >= 48 * hourMs) return 0
  return percentOf(booking.totalMinor, aheadMs >= 24 * hourMs ? 50 : 100)
}

/**
 * Frees the space and gives back what was paid above the fee; a second cancel changes nothing. While the clock is not
 * trusted there is no fee. Refusals: `unknown_booking`, `hold_expired`, `too_late`.
 */
export function cancelBooking(booking: Booking, command: Answers, context: BookingContext): Decision {
  switch (booking.kind) {
    case 'none':
      return err('unknown_booking')
    case 'held':
    case 'confirmed':
      break
    case 'cancelled':
      return ok([])
    case 'expired':
      return err('hold_expired')
    case 'checked_in':
    case 'completed':
    case 'no_show':
      return err('too_late')
    default:
      return assertNever(booking)
  }
  const { bookingId, payments, price, fromMs } = booking
  const paidMinor = paidOf(payments)
  const fee = cancellationFee({ totalMinor: price.totalMinor, fromMs, nowMs: context.nowMs })
  // By a clock that is not trusted nobody can say how late it is: in the customer's favour (ARCHITECTURE §3, Time).
  const isFree = booking.kind === 'held' || context.clockTrusted === false
  const feeMinor = isFree ? 0 : Math.min(fee, paidMinor)
  const refundMinor = paidMinor - feeMinor
  return ok([
    { type: 'booking.cancelled', body: { ...answers(command), bookingId, feeMinor, refundMinor } },
    ...refunds(bookingId, price.currency, payments, refundMinor),
  ])
}

/** What was paid and not given back, minor units. */
export function paidOf(payments: readonly Pick<BookingPayment, 'amountMinor' | 'refundedMinor'>[]): number {
  return payments.reduce((sum, payment) => sum + payment.amountMinor - payment.refundedMinor, 0)
}

/** Gives back each means of payment in proportion; a refund's id follows from the payment's. */
export function refunds(
  bookingId: BookingId,
  currency: string,
  payments: readonly BookingPayment[],
  refundMinor: number,
): BookingEvent[] {
  if (refundMinor === 0) return []
  const shares = allocate(
    refundMinor,
    payments.map((payment) => payment.amountMinor - payment.refundedMinor),
  )
  return payments.flatMap((payment, index) => {
    const amountMinor = shares[index] ?? 0
    if (amountMinor === 0) return []
    const body = {
      paymentId: paymentIdSchema.parse(`${payment.paymentId}.refund`),
      ofPaymentId: payment.paymentId,
      subject: { kind: 'booking' as const, bookingId },
      method: payment.method,
      amountMinor,
      currency,
      takenBy: payment.takenBy,
    }
    return [{ type: 'payment.refunded' as const, body }]
  })
}
