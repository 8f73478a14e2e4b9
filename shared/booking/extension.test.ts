import { describe, expect, it } from 'vitest'
import { coverByPlan } from '../tariffs/reduction.ts'
import { bookingLengthMaxMs } from './availability.ts'
import type { Booking, BookingKind } from './booking.ts'
import type { BookingCommand, BookingCommandKind, BookingRefusal } from './command.ts'
import { decide } from './decide.ts'
import {
  at,
  calendar,
  checkedIn,
  codeOf,
  confirmed,
  end,
  extending,
  extendTo,
  gapMs,
  holdBooking,
  hour,
  later,
  minute,
  payOf,
  price,
  run,
  start,
} from './testing/paid-booking.ts'

type Expected = { readonly to: BookingKind } | { readonly refused: BookingRefusal }
const to = (kind: BookingKind): Expected => ({ to: kind })
const refused = (code: BookingRefusal): Expected => ({ refused: code })
type State = 'confirmed' | 'checked_in' | 'checked_in_unpaid_in_time'
const states: Record<State, readonly [Booking, number]> = {
  confirmed: [run(confirmed, extendTo(later), at(start)), start + minute],
  checked_in: [run(checkedIn, extendTo(later), at(start)), start + minute],
  checked_in_unpaid_in_time: [run(checkedIn, extendTo(later), at(start)), start + 5 * minute],
}
const commands: Record<BookingCommandKind, BookingCommand> = {
  holdBooking,
  confirmBooking: { kind: 'confirmBooking', payment: payOf(2400) },
  cancelBooking: { kind: 'cancelBooking' },
  expireHold: { kind: 'expireHold' },
  checkIn: { kind: 'checkIn' },
  markNoShow: { kind: 'markNoShow' },
  completeBooking: { kind: 'completeBooking' },
  extendBooking: extendTo(end + 30 * minute),
  confirmExtension: { kind: 'confirmExtension', toMs: later, payment: payOf(1200) },
  dropExtension: { kind: 'dropExtension' },
  giveUpExtension: { kind: 'giveUpExtension', toMs: later },
  releaseEarly: { kind: 'releaseEarly' },
}
// While a later end is held for its payment, and when that hold is over but not yet written down.
const table: Record<State, Record<BookingCommandKind, Expected>> = {
  confirmed: {
    holdBooking: refused('booking_exists'),
    confirmBooking: refused('already_confirmed'),
    cancelBooking: to('cancelled'),
    expireHold: refused('not_held'),
    checkIn: to('checked_in'),
    markNoShow: refused('grace_running'),
    completeBooking: refused('not_checked_in'),
    extendBooking: to('confirmed'),
    confirmExtension: to('confirmed'),
    dropExtension: refused('extension_running'),
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
    confirmExtension: to('checked_in'),
    dropExtension: refused('extension_running'),
    giveUpExtension: to('checked_in'),
    releaseEarly: to('completed'),
  },
  checked_in_unpaid_in_time: {
    holdBooking: refused('booking_exists'),
    confirmBooking: refused('already_confirmed'),
    cancelBooking: refused('too_late'),
    expireHold: refused('not_held'),
    checkIn: to('checked_in'),
    markNoShow: refused('not_confirmed'),
    completeBooking: refused('still_running'),
    extendBooking: to('checked_in'),
    confirmExtension: refused('hold_expired'),
    dropExtension: to('checked_in'),
    giveUpExtension: to('checked_in'),
    releaseEarly: to('completed'),
  },
}

describe('a booking whose later end is held', () => {
  for (const state of Object.keys(table) as State[]) {
    for (const command of Object.keys(table[state]) as BookingCommandKind[]) {
      const expected = table[state][command]
      const ends = 'to' in expected ? `leads to ${expected.to}` : `is refused as ${expected.refused}`
      it(`${command} on ${state} ${ends}`, () => {
        const [booking, nowMs] = states[state]
        const decided = decide(booking, commands[command], at(nowMs))
        if ('refused' in expected) expect(decided).toEqual({ ok: false, error: expected.refused })
        else expect(run(booking, commands[command], at(nowMs)).kind).toBe(expected.to)
      })
    }
  }
})

describe('extending', () => {
  it('holds the added part with its gap, and moves the end only when it is paid', () => {
    expect(extending).toMatchObject({
      toMs: end,
      blockToMs: end + gapMs,
      extension: { toMs: later, blockToMs: later + gapMs, holdUntilMs: end + 4 * minute },
    })
    const paid = run(
      extending,
      { ...commands.confirmExtension, payment: payOf(1500, 'cash') } as BookingCommand,
      at(end),
    )
    expect(paid).toMatchObject({
      kind: 'checked_in',
      toMs: later,
      blockToMs: later + gapMs,
      price: { totalMinor: 3600 },
      payments: [{ amountMinor: 2400 }, { paymentId: 'pay_2', amountMinor: 1200 }],
    })
    expect('extension' in paid).toBe(false)
  })

  it('keeps the space while somebody pays beyond the end, and completes when nobody did', () => {
    expect(codeOf(extending, { kind: 'completeBooking' }, at(end + 4 * minute - 1))).toBe('still_running')
    expect(codeOf(extending, commands.confirmExtension, at(end + 4 * minute - 1))).toBe('ok')
    expect(codeOf(extending, commands.confirmExtension, at(end + 4 * minute))).toBe('hold_expired')
    expect(codeOf(extending, { kind: 'completeBooking' }, at(end + 4 * minute))).toBe('ok')
  })

  it('gives up the end that is named, at once and once, and no other', () => {
    const given = run(extending, { kind: 'giveUpExtension', toMs: later }, at(end))
    expect('extension' in given).toBe(false)
    expect(given).toMatchObject({ kind: 'checked_in', toMs: end, blockToMs: end + gapMs })
    for (const [booking, toMs] of [
      [given, later],
      [extending, later + minute],
    ] as const) {
      expect(decide(booking, { kind: 'giveUpExtension', toMs }, at(end))).toEqual({ ok: true, value: [] })
    }
  })

  it('lets nothing run out while the clock is not trusted', () => {
    const untrusted = at(end + 30 * 24 * hour, { clockTrusted: false })
    expect(codeOf(extending, commands.confirmExtension, untrusted)).toBe('ok')
    expect(codeOf(extending, { kind: 'dropExtension' }, untrusted)).toBe('extension_running')
  })

  it('counts begun units and the cap of a day once, and shows the lines that make up the difference', () => {
    const half = run(confirmed, extendTo(end + 30 * minute), at(start))
    expect(half.kind === 'confirmed' && half.extension?.price).toMatchObject({
      totalMinor: 1200,
      taxMinor: 192,
      lines: [{ code: 'rate', quantity: 1, amountMinor: 1200 }],
    })
    const paid = run(
      half,
      { kind: 'confirmExtension', toMs: end + 30 * minute, payment: payOf(1200) },
      at(start),
    )
    // The hour is paid for already.
    const free = run(paid, extendTo(end + hour), at(start))
    expect(free).toMatchObject({ toMs: end + hour, price: { totalMinor: 3600 } })
    const capped = run(free, extendTo(end + 3 * hour), at(start))
    expect(capped.kind === 'confirmed' && capped.extension?.price.totalMinor).toBe(400)
  })

  it('is at once when a plan covers the space', () => {
    const covered = {
      ...extendTo(later),
      price: (i: { fromMs: number; toMs: number }) => coverByPlan(price(i), 'Resident'),
    }
    expect(run(checkedIn, covered, at(start))).toMatchObject({ toMs: later, blockToMs: later + gapMs })
  })

  it('refuses each wrong end by its own name', () => {
    const code = (toMs: number, nowMs = start, booking: Booking = checkedIn) =>
      codeOf(booking, extendTo(toMs), at(nowMs))
    expect(code(end)).toBe('not_later')
    expect(code(start - hour)).toBe('not_later')
    expect(code(start + bookingLengthMaxMs + 1)).toBe('too_long')
    expect(code(start + 9 * hour)).toBe('closed')
    expect(code(later, end)).toBe('booking_ended')
    expect(code(later, start + 15 * minute, confirmed)).toBe('too_late')
    expect(codeOf(checkedIn, { kind: 'extendBooking', toMs: later, calendar: calendar() }, at(start))).toBe(
      'not_bookable',
    )
  })

  it('takes neither another amount, nor another end, nor a plan that does not cover it', () => {
    const code = (toMs: number, payment?: ReturnType<typeof payOf>) =>
      codeOf(extending, { kind: 'confirmExtension', toMs, ...(payment ? { payment } : {}) }, at(end))
    expect(code(later, payOf(1199))).toBe('payment_amount')
    expect(code(later, payOf(1199, 'cash'))).toBe('payment_amount')
    expect(code(later, payOf(0, 'plan'))).toBe('plan_does_not_cover')
    expect(code(later)).toBe('payment_needed')
    expect(code(later + minute, payOf(1200))).toBe('no_extension')
  })
})
