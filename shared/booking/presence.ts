import { assertNever, err, ok } from '../result/result.ts'
import type { Booking, BookingFacts } from './booking.ts'
import type { BookingContext, Decision } from './command.ts'

/** The instant (epoch ms) from which a confirmed booking without check-in is a no-show; a walk-in's grace runs from its hold. */
export function noShowAtMs(
  booking: { readonly fromMs: number; readonly toMs: number; readonly heldAtMs: number },
  settings: Pick<BookingContext['settings'], 'checkInGraceMs'>,
): number {
  const graceFromMs = Math.max(booking.fromMs, booking.heldAtMs)
  return Math.min(graceFromMs + settings.checkInGraceMs, booking.toMs)
}

/** Tells whether a holder who did not come has lost the booking; never while the clock is not trusted. */
export function graceIsOver(booking: Parameters<typeof noShowAtMs>[0], context: BookingContext): boolean {
  return context.clockTrusted !== false && context.nowMs >= noShowAtMs(booking, context.settings)
}

/** Tells whether the added part of a booking is held at this moment; holds do not run out while the clock is not trusted. */
export function extensionRuns(booking: Pick<BookingFacts, 'extension'>, context: BookingContext): boolean {
  const { extension } = booking
  if (extension === undefined) return false
  return context.clockTrusted === false || context.nowMs < extension.holdUntilMs
}

/** Records that the holder came, between the early window and the end of the grace. */
export function checkIn(booking: Booking, context: BookingContext): Decision {
  switch (booking.kind) {
    case 'none':
      return err('unknown_booking')
    case 'held':
      return err(context.nowMs >= booking.holdUntilMs ? 'hold_expired' : 'not_confirmed')
    case 'confirmed':
      break
    case 'checked_in':
      return ok([])
    case 'completed':
    case 'cancelled':
      return err('booking_ended')
    case 'no_show':
      return err('too_late')
    case 'expired':
      return err('hold_expired')
    default:
      return assertNever(booking)
  }
  if (context.nowMs < booking.fromMs - context.settings.checkInEarlyMs) return err('too_early')
  if (graceIsOver(booking, context)) return err('too_late')
  return ok([{ type: 'booking.checked_in', body: { bookingId: booking.bookingId } }])
}

/** Frees the space of a holder who did not come within the grace. */
export function markNoShow(booking: Booking, context: BookingContext): Decision {
  if (booking.kind === 'none') return err('unknown_booking')
  if (booking.kind !== 'confirmed') return err('not_confirmed')
  if (!graceIsOver(booking, context)) return err('grace_running')
  return ok([{ type: 'booking.no_show', body: { bookingId: booking.bookingId } }])
}

/** Closes a booking whose time is over and whose holder came. */
export function completeBooking(booking: Booking, context: BookingContext): Decision {
  if (booking.kind === 'none') return err('unknown_booking')
  if (booking.kind !== 'checked_in') return err('not_checked_in')
  if (context.clockTrusted === false || context.nowMs < booking.toMs) return err('still_running')
  // Whoever is paying for a later end keeps the space meanwhile.
  if (extensionRuns(booking, context)) return err('still_running')
  return ok([{ type: 'booking.completed', body: { bookingId: booking.bookingId } }])
}
