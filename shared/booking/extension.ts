import { assertNever, err, ok, type Result } from '../result/result.ts'
import { addedPrice } from '../tariffs/added-price.ts'
import type { Price } from '../wire/v1/entries.ts'
import { bookingLengthMaxMs, type Calendar, type IntervalRefusal, refuseInterval } from './availability.ts'
import type { Booking, BookingFacts } from './booking.ts'
import {
  answers,
  type BookingCommand,
  type BookingContext,
  type BookingRefusal,
  type Decision,
  type ExtendBooking,
} from './command.ts'
import { capture } from './confirmation.ts'
import { endHoldsInTheWay } from './hold.ts'
import { extensionRuns, graceIsOver } from './presence.ts'

type Extendable = Extract<Booking, { kind: 'confirmed' | 'checked_in' }>

/**
 * Says why a booking cannot end at `toMs` (epoch ms) instead, or nothing when it can: the added part is judged
 * like a booking of its own (RULES, Booking), the whole by its length. The booking's own block is not in its way.
 */
export function refuseExtension(
  calendar: Calendar,
  booking: Pick<BookingFacts, 'bookingId' | 'fromMs' | 'toMs'>,
  toMs: number,
): IntervalRefusal | 'not_later' | undefined {
  if (toMs <= booking.toMs) return 'not_later'
  if (toMs - booking.fromMs > bookingLengthMaxMs) return 'too_long'
  return refuseInterval(withoutOwn(calendar, booking), { fromMs: booking.toMs, toMs })
}

/** The price of a later end: what the longer booking costs more than the one that was made. */
export function priceOfExtension(
  price: (interval: { readonly fromMs: number; readonly toMs: number }) => Price,
  { fromMs, toMs }: Pick<BookingFacts, 'fromMs' | 'toMs'>,
  laterMs: number,
): Price {
  return addedPrice(price({ fromMs, toMs: laterMs }), price({ fromMs, toMs }))
}

/**
 * Moves the end of a booking: held for its payment like any hold, or at once when nothing is to pay. Asked again,
 * the last wish counts. Refuses what `refuseInterval` refuses, `not_later`, and what the booking's state rules out.
 */
export function extendBooking(
  booking: Booking,
  command: ExtendBooking & Parameters<typeof answers>[0],
  context: BookingContext,
): Decision {
  const found = extendable(booking, context)
  if (!found.ok) return found
  const { bookingId, spaceId, fromMs, toMs: endMs } = found.value
  const calendar: Calendar = { ...command.calendar, nowMs: context.nowMs }
  const refusal = refuseExtension(calendar, found.value, command.toMs)
  if (refusal) return err(refusal)
  if (!command.price) return err('not_bookable')
  const { toMs } = command
  const price = priceOfExtension(command.price, found.value, toMs)
  const blockToMs = toMs + calendar.space.gapMs
  const body = { ...answers(command), bookingId, spaceId, fromMs, toMs, blockToMs, price }
  const over = endHoldsInTheWay(withoutOwn(calendar, found.value), { fromMs: endMs, toMs })
  if (price.totalMinor === 0) return ok([...over, { type: 'booking.extended', body }])
  const holdUntilMs = context.nowMs + context.settings.holdMs
  return ok([...over, { type: 'booking.extension_held', body: { ...body, holdUntilMs } }])
}

/** Takes the price of the added part while it is held, and moves the end. */
export function confirmExtension(
  booking: Booking,
  command: Extract<BookingCommand, { kind: 'confirmExtension' }>,
  context: BookingContext,
): Decision {
  const found = inUse(booking)
  if (!found.ok) return found
  const { bookingId, spaceId, fromMs, extension } = found.value
  if (extension === undefined || extension.toMs !== command.toMs) return err('no_extension')
  if (!extensionRuns(found.value, context)) return err('hold_expired')
  const { toMs, blockToMs, price } = extension
  const captured = capture(bookingId, price, command.payment)
  if (!captured.ok) return captured
  const body = { ...answers(command), bookingId, spaceId, fromMs, toMs, blockToMs, price }
  return ok([captured.value, { type: 'booking.extended', body }])
}

/** Gives the added part back when it was not paid in time. */
export function dropExtension(booking: Booking, context: BookingContext): Decision {
  const found = inUse(booking)
  if (!found.ok) return found
  const { bookingId, blockToMs, extension } = found.value
  if (extension === undefined) return err('no_extension')
  if (extensionRuns(found.value, context)) return err('extension_running')
  return ok([{ type: 'booking.extension_dropped', body: { bookingId, blockToMs } }])
}

/**
 * Gives the added part up to `toMs` (epoch ms) back at once because the holder does not want it. What is not held, or
 * up to another end, is left as it is: an old wish must not undo a newer one.
 */
export function giveUpExtension(booking: Booking, toMs: number): Decision {
  const found = inUse(booking)
  if (!found.ok) return found
  const { bookingId, blockToMs, extension } = found.value
  if (extension?.toMs !== toMs) return ok([])
  return ok([{ type: 'booking.extension_dropped', body: { bookingId, blockToMs } }])
}

function withoutOwn(calendar: Calendar, { bookingId }: Pick<BookingFacts, 'bookingId'>): Calendar {
  return { ...calendar, occupied: calendar.occupied.filter((other) => other.bookingId !== bookingId) }
}

function inUse(booking: Booking): Result<Extendable, BookingRefusal> {
  switch (booking.kind) {
    case 'none':
      return err('unknown_booking')
    case 'held':
      return err('not_confirmed')
    case 'confirmed':
    case 'checked_in':
      return ok(booking)
    case 'expired':
      return err('hold_expired')
    case 'cancelled':
    case 'no_show':
    case 'completed':
      return err('booking_ended')
    default:
      return assertNever(booking)
  }
}

/** Says why a booking in this state can have no later end at all, or nothing when the calendar decides. */
export function refuseExtending(booking: Booking, context: BookingContext): BookingRefusal | undefined {
  const found = extendable(booking, context)
  return found.ok ? undefined : found.error
}

// What time has ended is over, whether or not its entry was written yet.
function extendable(booking: Booking, context: BookingContext): Result<Extendable, BookingRefusal> {
  const found = inUse(booking)
  if (!found.ok) return found
  if (found.value.kind === 'confirmed' && graceIsOver(found.value, context)) return err('too_late')
  const over = context.nowMs >= found.value.toMs && !extensionRuns(found.value, context)
  return over ? err('booking_ended') : found
}
