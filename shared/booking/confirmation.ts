import { assertNever, err, ok } from '../result/result.ts'
import type { EntryBody } from '../wire/v1/entries.ts'
import type { Booking } from './booking.ts'
import {
  answers,
  type BookingCommand,
  type BookingContext,
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
  if (context.clockTrusted !== false && context.nowMs >= booking.holdUntilMs) return err('hold_expired')
  const { payment } = command
  if (!payment) return err('payment_needed')
  const dueMinor = booking.price.totalMinor
  if (payment.method === 'plan' && dueMinor > 0) return err('plan_does_not_cover')
  if (payment.method === 'cash' ? payment.offeredMinor < dueMinor : payment.offeredMinor !== dueMinor) {
    return err('payment_amount')
  }
  const { bookingId } = booking
  return ok([
    { type: 'payment.captured', body: captureOf(booking, payment) },
    { type: 'booking.confirmed', body: { ...answers(command), bookingId } },
  ])
}

function captureOf(
  booking: Extract<Booking, { kind: 'held' }>,
  payment: OfferedPayment,
): EntryBody<'payment.captured'> {
  const amountMinor = booking.price.totalMinor
  const cash = { tenderedMinor: payment.offeredMinor, changeMinor: payment.offeredMinor - amountMinor }
  return {
    paymentId: payment.paymentId,
    subject: { kind: 'booking', bookingId: booking.bookingId },
    method: payment.method,
    amountMinor,
    currency: booking.price.currency,
    takenBy: payment.takenBy,
    ...(payment.method === 'cash' ? cash : {}),
  }
}
