import type { Interval } from '../calendar/opening.ts'
import { err, ok } from '../result/result.ts'
import { type Calendar, conflicts, holdIsOver, refuseInterval } from './availability.ts'
import type { Booking, BookingEvent } from './booking.ts'
import { type Answers, answers, type BookingContext, type Decision, type HoldBooking } from './command.ts'
import { holdRuns } from './confirmation.ts'

/** Holds a free interval; holds of others that ran out in its way are expired first. */
export function holdBooking(command: HoldBooking & Answers, context: BookingContext): Decision {
  const { fromMs, toMs, bookingId, spaceId, parts, holder, reference, price } = command
  const calendar: Calendar = { ...command.calendar, nowMs: context.nowMs }
  const refusal = refuseInterval(calendar, command)
  if (refusal) return err(refusal)
  if (!price) return err('not_bookable')
  return ok([
    ...endHoldsInTheWay(calendar, command),
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

/** The entries that end the holds of others that ran out and meet the interval. */
export function endHoldsInTheWay(calendar: Calendar, interval: Interval): BookingEvent[] {
  const over = conflicts(calendar, interval).filter((other) => holdIsOver(other, calendar.nowMs))
  return over.map(({ bookingId, isAdded, fromMs }) =>
    isAdded
      ? { type: 'booking.extension_dropped', body: { bookingId, blockToMs: fromMs } }
      : { type: 'booking.expired', body: { bookingId } },
  )
}

/** Ends a hold whose time is over. */
export function expireHold(booking: Booking, context: BookingContext): Decision {
  if (booking.kind === 'none') return err('unknown_booking')
  if (booking.kind !== 'held') return err('not_held')
  if (holdRuns(booking, context)) return err('hold_running')
  return ok([{ type: 'booking.expired', body: { bookingId: booking.bookingId } }])
}
