import { percentOf } from '../money/money.ts'
import { assertNever, err, ok } from '../result/result.ts'
import type { Booking, BookingFacts } from './booking.ts'
import { paidOf, refunds } from './cancellation.ts'
import { answers, type BookingCommand, type BookingContext, type Decision } from './command.ts'

type Command = Extract<BookingCommand, { kind: 'releaseEarly' }>

/**
 * Ends a booking in use now and frees the rest of its block; a second time changes nothing. Before the check-in
 * one cancels instead (`not_checked_in`). Money comes back only where the space's setting says so.
 */
export function releaseEarly(booking: Booking, command: Command, context: BookingContext): Decision {
  switch (booking.kind) {
    case 'none':
      return err('unknown_booking')
    case 'held':
    case 'confirmed':
      return err('not_checked_in')
    case 'checked_in':
      break
    case 'completed':
      return ok([])
    case 'expired':
      return err('hold_expired')
    case 'cancelled':
    case 'no_show':
      return err('booking_ended')
    default:
      return assertNever(booking)
  }
  const { bookingId, price, payments, toMs } = booking
  // By a clock that is not trusted nobody can say how much was left: the space is free, the money stays.
  const isEarly = context.clockTrusted !== false && context.nowMs < toMs
  const early = isEarly ? { endedMs: context.nowMs } : {}
  return ok([
    { type: 'booking.completed', body: { ...answers(command), bookingId, ...early } },
    ...refunds(
      bookingId,
      price.currency,
      payments,
      isEarly ? earlyReleaseRefund(booking, command.refund, context.nowMs) : 0,
    ),
  ])
}

/** What leaving at `nowMs` gives back, minor units: the setting's share of the price of the unused time, never more than was paid. */
export function earlyReleaseRefund(
  booking: Pick<BookingFacts, 'fromMs' | 'toMs' | 'price'> & {
    readonly payments: readonly Pick<BookingFacts['payments'][number], 'amountMinor' | 'refundedMinor'>[]
  },
  refund: Command['refund'],
  nowMs: number,
): number {
  const { fromMs, toMs, price, payments } = booking
  if (refund === undefined || nowMs >= toMs) return 0
  const usedMinor = nowMs <= fromMs ? 0 : refund.price({ fromMs, toMs: nowMs }).totalMinor
  const unusedMinor = Math.max(0, price.totalMinor - usedMinor)
  return Math.min(paidOf(payments), percentOf(unusedMinor, refund.percent))
}
