import { describe, expect, it } from 'vitest'
import {
  bookingIdSchema,
  memberIdSchema,
  paymentIdSchema,
  spaceIdSchema,
  tariffIdSchema,
} from '../ids/ids.ts'
import { entryBodies, type Price } from '../wire/v1/entries.ts'
import { type Booking, type BookingEvent, type BookingKind, evolve, noBooking } from './booking.ts'
import { cancellationFee } from './cancellation.ts'
import type { BookingCommand, BookingCommandKind, BookingContext, BookingRefusal } from './command.ts'
import { decide } from './decide.ts'

const minute = 60_000
const hour = 60 * minute
const now = Date.parse('2026-11-20T10:00:00Z')
const bookingId = bookingIdSchema.parse('bk_1')
const spaceId = spaceIdSchema.parse('room-1')
const settings = { holdMs: 5 * minute, checkInEarlyMs: 15 * minute, checkInGraceMs: 15 * minute }
const price: Price = {
  currency: 'EUR',
  lines: [{ code: 'rate', label: 'Hours', quantity: 2, amountMinor: 2400 }],
  totalMinor: 2400,
  taxMinor: 383,
  taxRatePercent: 19,
  tariffId: tariffIdSchema.parse('rooms'),
  tariffVersion: 1,
  tzdataVersion: '2025c',
}
const always = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' }))
const holder = { kind: 'member' as const, memberId: memberIdSchema.parse('m-1') }

/** A booking from now until two hours later, taken through real entries into each state. */
const commonHeld = (at: number): BookingEvent => ({
  type: 'booking.held',
  body: {
    bookingId,
    spaceId,
    holder,
    reference: 'HH-7Q2M4',
    fromMs: now,
    toMs: now + 2 * hour,
    blockToMs: now + 2 * hour + 10 * minute,
    holdUntilMs: at + settings.holdMs,
    price,
  },
})
const paid: BookingEvent = {
  type: 'payment.captured',
  body: {
    paymentId: paymentIdSchema.parse('pay_1'),
    subject: { kind: 'booking', bookingId },
    method: 'card',
    amountMinor: 2400,
    currency: 'EUR',
    takenBy: 'site',
  },
}
const simple = (
  type:
    | 'booking.confirmed'
    | 'booking.expired'
    | 'booking.checked_in'
    | 'booking.no_show'
    | 'booking.completed',
) => ({ type, body: { bookingId } }) as BookingEvent
const cancelled: BookingEvent = {
  type: 'booking.cancelled',
  body: { bookingId, feeMinor: 0, refundMinor: 0 },
}
const history: Record<BookingKind, readonly BookingEvent[]> = {
  none: [],
  held: [commonHeld(now - minute)],
  confirmed: [commonHeld(now - minute), paid, simple('booking.confirmed')],
  checked_in: [commonHeld(now - minute), paid, simple('booking.confirmed'), simple('booking.checked_in')],
  completed: [
    commonHeld(now - minute),
    paid,
    simple('booking.confirmed'),
    simple('booking.checked_in'),
    simple('booking.completed'),
  ],
  cancelled: [commonHeld(now - minute), cancelled],
  no_show: [commonHeld(now - minute), paid, simple('booking.confirmed'), simple('booking.no_show')],
  expired: [commonHeld(now - minute), simple('booking.expired')],
}
function replay(events: readonly BookingEvent[], from: Booking = noBooking): Booking {
  return events.reduce((booking, event) => evolve(booking, event, now - minute), from)
}
const context: BookingContext = { nowMs: now, settings }
const calendar = {
  site: { timeZone: 'Europe/Berlin', openingHours: always },
  space: { bookable: true, outOfService: false, gapMs: 10 * minute },
  occupied: [],
}
const cardPayment = {
  paymentId: paymentIdSchema.parse('pay_1'),
  method: 'card' as const,
  takenBy: 'site' as const,
  offeredMinor: 2400,
}
const commands: Record<BookingCommandKind, BookingCommand> = {
  holdBooking: {
    kind: 'holdBooking',
    bookingId,
    spaceId,
    holder,
    reference: 'HH-7Q2M4',
    fromMs: now,
    toMs: now + 2 * hour,
    price: () => price,
    calendar,
  },
  confirmBooking: {
    kind: 'confirmBooking',
    payment: cardPayment,
  },
  cancelBooking: { kind: 'cancelBooking' },
  expireHold: { kind: 'expireHold' },
  checkIn: { kind: 'checkIn' },
  markNoShow: { kind: 'markNoShow' },
  completeBooking: { kind: 'completeBooking' },
  extendBooking: { kind: 'extendBooking', toMs: now + 3 * hour, calendar, price: () => price },
  confirmExtension: { kind: 'confirmExtension', toMs: now + 3 * hour, payment: cardPayment },
  dropExtension: { kind: 'dropExtension' },
  giveUpExtension: { kind: 'giveUpExtension', toMs: now + 3 * hour },
  releaseEarly: { kind: 'releaseEarly' },
}

type Expected = { readonly to: BookingKind } | { readonly refused: BookingRefusal }
const to = (kind: BookingKind): Expected => ({ to: kind })
const refused = (code: BookingRefusal): Expected => ({ refused: code })

// At the booked start, one minute after the hold.
const table: Record<BookingKind, Record<BookingCommandKind, Expected>> = {
  none: {
    holdBooking: to('held'),
    confirmBooking: refused('unknown_booking'),
    cancelBooking: refused('unknown_booking'),
    expireHold: refused('unknown_booking'),
    checkIn: refused('unknown_booking'),
    markNoShow: refused('unknown_booking'),
    completeBooking: refused('unknown_booking'),
    extendBooking: refused('unknown_booking'),
    confirmExtension: refused('unknown_booking'),
    dropExtension: refused('unknown_booking'),
    giveUpExtension: refused('unknown_booking'),
    releaseEarly: refused('unknown_booking'),
  },
  held: {
    holdBooking: refused('booking_exists'),
    confirmBooking: to('confirmed'),
    cancelBooking: to('cancelled'),
    expireHold: refused('hold_running'),
    checkIn: refused('not_confirmed'),
    markNoShow: refused('not_confirmed'),
    completeBooking: refused('not_checked_in'),
    extendBooking: refused('not_confirmed'),
    confirmExtension: refused('not_confirmed'),
    dropExtension: refused('not_confirmed'),
    giveUpExtension: refused('not_confirmed'),
    releaseEarly: refused('not_checked_in'),
  },
  confirmed: {
    holdBooking: refused('booking_exists'),
    confirmBooking: refused('already_confirmed'),
    cancelBooking: to('cancelled'),
    expireHold: refused('not_held'),
    checkIn: to('checked_in'),
    markNoShow: refused('grace_running'),
    completeBooking: refused('not_checked_in'),
    extendBooking: to('confirmed'),
    confirmExtension: refused('no_extension'),
    dropExtension: refused('no_extension'),
    giveUpExtension: to('confirmed'),
    releaseEarly: refused('not_checked_in'),
  },
  checked_in: {
    holdBooking: refused('booking_exists'),
    confirmBooking: refused('already_confirmed'),
    cancelBooking: refused('too_late'),
    expireHold: refused('not_held'),
    checkIn: to('checked_in'),
    markNoShow: refused('not_confirmed'),
    completeBooking: refused('still_running'),
    extendBooking: to('checked_in'),
    confirmExtension: refused('no_extension'),
    dropExtension: refused('no_extension'),
    giveUpExtension: to('checked_in'),
    releaseEarly: to('completed'),
  },
  completed: {
    holdBooking: refused('booking_exists'),
    confirmBooking: refused('booking_ended'),
    cancelBooking: refused('too_late'),
    expireHold: refused('not_held'),
    checkIn: refused('booking_ended'),
    markNoShow: refused('not_confirmed'),
    completeBooking: refused('not_checked_in'),
    extendBooking: refused('booking_ended'),
    confirmExtension: refused('booking_ended'),
    dropExtension: refused('booking_ended'),
    giveUpExtension: refused('booking_ended'),
    releaseEarly: to('completed'),
  },
  cancelled: {
    holdBooking: refused('booking_exists'),
    confirmBooking: refused('booking_ended'),
    cancelBooking: to('cancelled'),
    expireHold: refused('not_held'),
    checkIn: refused('booking_ended'),
    markNoShow: refused('not_confirmed'),
    completeBooking: refused('not_checked_in'),
    extendBooking: refused('booking_ended'),
    confirmExtension: refused('booking_ended'),
    dropExtension: refused('booking_ended'),
    giveUpExtension: refused('booking_ended'),
    releaseEarly: refused('booking_ended'),
  },
  no_show: {
    holdBooking: refused('booking_exists'),
    confirmBooking: refused('booking_ended'),
    cancelBooking: refused('too_late'),
    expireHold: refused('not_held'),
    checkIn: refused('too_late'),
    markNoShow: refused('not_confirmed'),
    completeBooking: refused('not_checked_in'),
    extendBooking: refused('booking_ended'),
    confirmExtension: refused('booking_ended'),
    dropExtension: refused('booking_ended'),
    giveUpExtension: refused('booking_ended'),
    releaseEarly: refused('booking_ended'),
  },
  expired: {
    holdBooking: refused('booking_exists'),
    confirmBooking: refused('hold_expired'),
    cancelBooking: refused('hold_expired'),
    expireHold: refused('not_held'),
    checkIn: refused('hold_expired'),
    markNoShow: refused('not_confirmed'),
    completeBooking: refused('not_checked_in'),
    extendBooking: refused('hold_expired'),
    confirmExtension: refused('hold_expired'),
    dropExtension: refused('hold_expired'),
    giveUpExtension: refused('hold_expired'),
    releaseEarly: refused('hold_expired'),
  },
}

describe('booking transitions', () => {
  for (const state of Object.keys(table) as BookingKind[]) {
    for (const command of Object.keys(table[state]) as BookingCommandKind[]) {
      const expected = table[state][command]
      const ends = 'to' in expected ? `leads to ${expected.to}` : `is refused as ${expected.refused}`
      it(`${command} on ${state} ${ends}`, () => {
        const booking = replay(history[state])
        expect(booking.kind).toBe(state)
        const decided = decide(booking, commands[command], context)
        if ('refused' in expected) {
          expect(decided).toEqual({ ok: false, error: expected.refused })
          return
        }
        if (!decided.ok) expect.fail(`refused as ${decided.error}`)
        for (const event of decided.value) entryBodies[event.type].parse(event.body)
        expect(replay(decided.value, booking).kind).toBe(expected.to)
      })
    }
  }
})

function codeAt(state: BookingKind, command: BookingCommand, nowMs: number): string {
  const decided = decide(replay(history[state]), command, { nowMs, settings })
  return decided.ok ? 'ok' : decided.error
}

describe('instants that decide', () => {
  it('refuses a hold that expired one millisecond ago, and in the very instant it expires', () => {
    const until = now - minute + settings.holdMs
    expect(codeAt('held', commands.confirmBooking, until - 1)).toBe('ok')
    expect(codeAt('held', commands.confirmBooking, until)).toBe('hold_expired')
    expect(codeAt('held', commands.confirmBooking, until + 1)).toBe('hold_expired')
    expect(codeAt('held', commands.expireHold, until)).toBe('ok')
  })

  it('opens check-in 15 minutes before and makes the last instant of grace a no-show', () => {
    expect(codeAt('confirmed', commands.checkIn, now - 15 * minute - 1)).toBe('too_early')
    expect(codeAt('confirmed', commands.checkIn, now - 15 * minute)).toBe('ok')
    expect(codeAt('confirmed', commands.checkIn, now + 15 * minute - 1)).toBe('ok')
    expect(codeAt('confirmed', commands.checkIn, now + 15 * minute)).toBe('too_late')
    expect(codeAt('confirmed', commands.markNoShow, now + 15 * minute - 1)).toBe('grace_running')
    expect(codeAt('confirmed', commands.markNoShow, now + 15 * minute)).toBe('ok')
  })

  it('lets the grace of a walk-in run from its creation', () => {
    const late = now + 10 * minute
    const walkIn = [commonHeld(late), paid, simple('booking.confirmed')].reduce(
      (booking, event) => evolve(booking, event, late),
      noBooking,
    )
    const at = (nowMs: number) => decide(walkIn, commands.checkIn, { nowMs, settings }).ok
    expect([at(now + 24 * minute), at(now + 25 * minute)]).toEqual([true, false])
  })

  it('completes from the last instant of the interval on', () => {
    expect(codeAt('checked_in', commands.completeBooking, now + 2 * hour - 1)).toBe('still_running')
    expect(codeAt('checked_in', commands.completeBooking, now + 2 * hour)).toBe('ok')
  })
})

describe('while the clock is not trusted', () => {
  it('nothing runs out: holds can be paid, late holders check in, and time alone changes nothing', () => {
    const later = { nowMs: now + 30 * 24 * hour, clockTrusted: false, settings }
    const code = (state: BookingKind, command: BookingCommandKind) => {
      const decided = decide(replay(history[state]), commands[command], later)
      return decided.ok ? 'ok' : decided.error
    }
    expect(code('held', 'confirmBooking')).toBe('ok')
    expect(code('confirmed', 'checkIn')).toBe('ok')
    expect(code('held', 'expireHold')).toBe('hold_running')
    expect(code('confirmed', 'markNoShow')).toBe('grace_running')
    expect(code('checked_in', 'completeBooking')).toBe('still_running')
  })
})

describe('paying', () => {
  const held = replay(history.held)
  const pay = (method: 'cash' | 'card' | 'plan', offeredMinor: number) =>
    decide(
      held,
      {
        kind: 'confirmBooking',
        payment: { paymentId: paymentIdSchema.parse('pay_1'), method, takenBy: 'site', offeredMinor },
      },
      context,
    )

  it('takes cash and gives change', () => {
    const decided = pay('cash', 3000)
    expect(decided.ok && decided.value[0]?.body).toMatchObject({
      amountMinor: 2400,
      tenderedMinor: 3000,
      changeMinor: 600,
    })
  })

  it('refuses too little cash, another card amount, a plan that does not cover it, and no payment', () => {
    expect(pay('cash', 2399)).toEqual({ ok: false, error: 'payment_amount' })
    expect(pay('card', 2401)).toEqual({ ok: false, error: 'payment_amount' })
    expect(pay('plan', 0)).toEqual({ ok: false, error: 'plan_does_not_cover' })
    expect(decide(held, { kind: 'confirmBooking' }, context)).toEqual({ ok: false, error: 'payment_needed' })
  })
})

describe('cancelling', () => {
  it.each([
    [48 * hour, 0],
    [48 * hour - 1, 1200],
    [24 * hour, 1200],
    [24 * hour - 1, 2400],
    [-1, 2400],
  ])('%i ms before the start costs %i', (aheadMs, fee) => {
    expect(cancellationFee({ totalMinor: 2400, fromMs: now, nowMs: now - aheadMs })).toBe(fee)
  })

  it('costs nothing by a clock that is not trusted, whatever it shows', () => {
    const jumped = { nowMs: now + 24 * 365 * hour, clockTrusted: false, settings }
    const decided = decide(replay(history.confirmed), commands.cancelBooking, jumped)
    expect(decided).toMatchObject({ ok: true, value: [{ body: { feeMinor: 0, refundMinor: 2400 } }, {}] })
  })

  it('gives back what is above the fee, by the means it came, under an id that follows from the payment', () => {
    const decided = decide(replay(history.confirmed), commands.cancelBooking, {
      nowMs: now - 30 * hour,

      settings,
    })
    if (!decided.ok) expect.fail(decided.error)
    expect(decided.value).toMatchObject([
      { type: 'booking.cancelled', body: { feeMinor: 1200, refundMinor: 1200 } },
      {
        type: 'payment.refunded',
        body: { paymentId: 'pay_1.refund', ofPaymentId: 'pay_1', method: 'card', amountMinor: 1200 },
      },
    ])
    const after = replay(decided.value, replay(history.confirmed))
    expect(after.kind === 'cancelled' && after.payments[0]?.refundedMinor).toBe(1200)
    expect(decide(after, commands.cancelBooking, context)).toEqual({ ok: true, value: [] })
  })

  it('charges nothing for a hold that was never paid', () => {
    const decided = decide(replay(history.held), commands.cancelBooking, context)
    expect(decided.ok && decided.value).toHaveLength(1)
  })
})
