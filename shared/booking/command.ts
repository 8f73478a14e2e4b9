import type { Interval } from '../calendar/opening.ts'
import type { BookingId, RequestId, SpaceId } from '../ids/ids.ts'
import type { Result } from '../result/result.ts'
import type { EntryBody, Holder, PaymentMethod, Price } from '../wire/v1/entries.ts'
import type { Calendar, IntervalRefusal } from './availability.ts'
import type { BookingEvent } from './booking.ts'

/** Means of payment offered with `confirmBooking`; amounts in minor units. */
export interface OfferedPayment {
  readonly paymentId: EntryBody<'payment.captured'>['paymentId']
  readonly method: PaymentMethod
  readonly takenBy: 'site' | 'cloud'
  /** Card: what was authorised. Cash: what was handed over, change is given back. Plan: 0. */
  readonly offeredMinor: number
}

/** The answer to a cloud request names it. */
export interface Answers {
  readonly requestId?: RequestId
}

export type BookingCommand =
  | (HoldBooking & Answers)
  | ({ readonly kind: 'confirmBooking'; readonly payment?: OfferedPayment } & Answers)
  | ({ readonly kind: 'cancelBooking' } & Answers)
  | { readonly kind: 'expireHold' }
  | { readonly kind: 'checkIn' }
  | { readonly kind: 'markNoShow' }
  | { readonly kind: 'completeBooking' }
  | (ExtendBooking & Answers)
  | ({
      readonly kind: 'confirmExtension'
      /** The end that is paid for: a payment for another one is refused. */
      readonly toMs: number
      readonly payment?: OfferedPayment
    } & Answers)
  | { readonly kind: 'dropExtension' }
  /** The holder no longer wants the end that waits for its payment; another one stays. */
  | { readonly kind: 'giveUpExtension'; readonly toMs: number }
  | (ReleaseEarly & Answers)

export type BookingCommandKind = BookingCommand['kind']

/** A hold of one space; `price` is absent for a space without a tariff. */
export interface HoldBooking extends Interval {
  readonly kind: 'holdBooking'
  readonly bookingId: BookingId
  readonly spaceId: SpaceId
  /** What a combined space consists of: occupied with it. */
  readonly parts?: readonly SpaceId[]
  readonly holder: Holder
  readonly reference: string
  readonly calendar: Omit<Calendar, 'nowMs'>
  readonly price?: (interval: Interval) => Price
}

/** A later end, epoch ms; `price` prices the whole of an interval, and is absent for a space without a tariff. */
export interface ExtendBooking {
  readonly kind: 'extendBooking'
  readonly toMs: number
  readonly calendar: Omit<Calendar, 'nowMs'>
  readonly price?: (interval: Interval) => Price
}

/** The holder leaves; without `refund` nothing is given back. */
export interface ReleaseEarly {
  readonly kind: 'releaseEarly'
  /** How much of the price of the unused time comes back, and what the used time costs. */
  readonly refund?: { readonly percent: number; readonly price: (interval: Interval) => Price }
}

/** Settings of the site that decisions use, milliseconds, and the moment. */
export interface BookingContext {
  readonly nowMs: number
  /** False while the clock is not trusted: then nothing runs out by itself (ARCHITECTURE §3, Time). */
  readonly clockTrusted?: boolean
  readonly settings: {
    readonly holdMs: number
    readonly checkInEarlyMs: number
    readonly checkInGraceMs: number
  }
}

/** Every reason a booking command is refused. */
export type BookingRefusal =
  | IntervalRefusal
  | 'booking_exists'
  | 'unknown_booking'
  | 'payment_needed'
  | 'plan_does_not_cover'
  | 'payment_amount'
  | 'hold_expired'
  | 'hold_running'
  | 'not_held'
  | 'already_confirmed'
  | 'too_early'
  | 'too_late'
  | 'grace_running'
  | 'not_confirmed'
  | 'still_running'
  | 'not_checked_in'
  | 'booking_ended'
  | 'not_later'
  | 'no_extension'
  | 'extension_running'

/** Entries to record, or why not. */
export type Decision = Result<readonly BookingEvent[], BookingRefusal>

/** The part of a body that names the request it answers. */
export function answers(command: Answers): Answers {
  return command.requestId === undefined ? {} : { requestId: command.requestId }
}
