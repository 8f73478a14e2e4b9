import { err, ok } from '../result/result.ts'
import { type Calendar, conflicts, holdIsOver, refuseInterval } from './availability.ts'
import type { Booking } from './booking.ts'
import { type Answers, answers, type BookingContext, type Decision, type HoldBooking } from './command.ts'

/** Holds a free interval; holds of others that ran out in its way are expired first. */
export function holdBooking(command: HoldBooking & Answers, context: BookingContext): Decision {
  const { fromMs, toMs, bookingId, spaceId, parts, holder, reference, price } = command
  const calendar: Calendar = { ...command.calendar, nowMs: context.nowMs }
  const refusal = refuseInterval(calendar, command)
  if (refusal) return err(refusal)
  if (!price) return err('not_bookable')
  const over = conflicts(calendar, command).filter((other) => holdIsOver(other, context.nowMs))
  return ok([
    ...over.map((other) => ({ type: 'booking.expired' as const, body: { bookingId: other.bookingId } })),
    {
      type: 'booking.held',
      body: {
        ...answers(command),
        bookingId,
        spaceId,
        ...(parts === undefined || parts.length === 0 ? {} : { parts: [...parts] }),
        holder,
        reference,
        fromMs,
        toMs,
        blockToMs: toMs + calendar.space.gapMs,
        holdUntilMs: context.nowMs + context.settings.holdMs,
        price: price(command),
      },
    },
  ])
}

/** Ends a hold whose time is over. */
export function expireHold(booking: Booking, context: BookingContext): Decision {
  if (booking.kind === 'none') return err('unknown_booking')
  if (booking.kind !== 'held') return err('not_held')
  if (context.clockTrusted === false || context.nowMs < booking.holdUntilMs) return err('hold_running')
  return ok([{ type: 'booking.expired', body: { bookingId: booking.bookingId } }])
}
