import type { BookingId } from '../ids/ids.ts'
import { assertNever, err, ok, type Result } from '../result/result.ts'
import type { EntryBody, Price } from '../wire/v1/entries.ts'
import type { Booking, BookingEvent } from './booking.ts'
import {
  answers,
  type BookingCommand,
  type BookingContext,
  type BookingRefusal,
  type Decision,
  type OfferedPayment,
} from './command.ts'

/** Takes the whole price and confirms a running hold; cash gives change. */
export function confirmBooking(
  booking: Booking,
  command: Extract<BookingCommand, { kind: 'confirmBooking' }>,
  context: BookingContext,
): Decision {
  switch (booking.kind) {
    case 'held':
      break
    case 'none':
      return err('unknown_booking')
    case 'confirmed':
    case 'checked_in':
      return err('already_confirmed')
    case 'expired':
      return err('hold_expired')
    case 'cancelled':
    case 'no_show':
    case 'completed':
      return err('booking_ended')
    default:
      return assertNever(booking)
  }
  if (!holdRuns(booking, context)) return err('hold_expired')
  const { bookingId } = booking
  const captured = capture(bookingId, booking.price, command.payment)
  if (!captured.ok) return captured
  return ok([captured.value, { type: 'booking.confirmed', body: { ...answers(command), bookingId } }])
}

/** Tells whether a hold is still good at this moment; holds do not run out while the clock is not trusted. */
export function holdRuns(
  booking: Pick<Extract<Booking, { kind: 'held' }>, 'holdUntilMs'>,
  context: BookingContext,
): boolean {
  return context.clockTrusted === false || context.nowMs < booking.holdUntilMs
}

/** Takes the whole of a price. Refuses `payment_needed`, `plan_does_not_cover`, `payment_amount`. */
export function capture(
  bookingId: BookingId,
  price: Price,
  payment: OfferedPayment | undefined,
): Result<BookingEvent, BookingRefusal> {
  if (!payment) return err('payment_needed')
  const dueMinor = price.totalMinor
  if (payment.method === 'plan' && dueMinor > 0) return err('plan_does_not_cover')
  if (payment.method === 'cash' ? payment.offeredMinor < dueMinor : payment.offeredMinor !== dueMinor) {
    return err('payment_amount')
  }
  return ok({ type: 'payment.captured', body: captureOf(bookingId, price, payment) })
}

function captureOf(
  bookingId: BookingId,
  price: Price,
  payment: OfferedPayment,
): EntryBody<'payment.captured'> {
  const amountMinor = price.totalMinor
  const cash = { tenderedMinor: payment.offeredMinor, changeMinor: payment.offeredMinor - amountMinor }
  return {
    paymentId: payment.paymentId,
    subject: { kind: 'booking', bookingId },
    method: payment.method,
    amountMinor,
    currency: price.currency,
    takenBy: payment.takenBy,
    ...(payment.method === 'cash' ? cash : {}),
  }
}
