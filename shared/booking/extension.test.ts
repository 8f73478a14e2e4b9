import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bookingIdSchema,
  memberIdSchema,
  paymentIdSchema,
  spaceIdSchema,
  tariffIdSchema,
} from '../ids/ids.ts'
import { priceStay } from '../tariffs/price.ts'
import { coverByPlan } from '../tariffs/reduction.ts'
import { entryBodies } from '../wire/v1/entries.ts'
import { bookingLengthMaxMs, type Calendar, type Occupancy } from './availability.ts'
import { type Booking, type BookingEvent, type BookingKind, evolve, noBooking } from './booking.ts'
import type { BookingCommand, BookingCommandKind, BookingContext, BookingRefusal } from './command.ts'
import { decide } from './decide.ts'
import { extensionOffers, latestEnd } from './extension-offers.ts'

const minute = 60_000
const hour = 60 * minute
/** Friday 10:00 in Berlin; the booking runs two hours from here. */
const start = Date.parse('2026-11-20T09:00:00Z')
const end = start + 2 * hour
const gapMs = 10 * minute
const settings = { holdMs: 5 * minute, checkInEarlyMs: 15 * minute, checkInGraceMs: 15 * minute }
const bookingId = bookingIdSchema.parse('bk_own')
const tariffId = tariffIdSchema.parse('rooms')
const everyDay = [1, 2, 3, 4, 5, 6, 7]
const tariff = {
  name: 'Rooms',
  version: 1,
  currency: 'EUR',
  taxRatePercent: 19,
  freeMinutes: 0,
  bands: [
    {
      label: 'Hour',
      weekdays: everyDay,
      from: '00:00',
      to: '24:00',
      steps: [{ unitMinutes: 60, amountMinor: 1200 }],
    },
  ],
  rolling24hCapMinor: 4000,
}
const price = (interval: { fromMs: number; toMs: number }) =>
  priceStay({ tariff, tariffId, timeZone: 'Europe/Berlin', tzdataVersion: 'test', ...interval })
const site = {
  timeZone: 'Europe/Berlin',
  openingHours: everyDay.map((weekday) => ({ weekday, from: '08:00', to: '18:00' })),
}
const calendar = (occupied: readonly Occupancy[] = []): Omit<Calendar, 'nowMs'> => ({
  site,
  space: { bookable: true, outOfService: false, gapMs },
  occupied,
})
const at = (nowMs: number, more: Partial<BookingContext> = {}): BookingContext => ({
  nowMs,
  settings,
  ...more,
})
const payOf = (offeredMinor: number, method: 'card' | 'cash' | 'plan' = 'card') => ({
  paymentId: paymentIdSchema.parse('pay_2'),
  method,
  takenBy: 'site' as const,
  offeredMinor,
})
const extendTo = (toMs: number, occupied: readonly Occupancy[] = []) =>
  ({ kind: 'extendBooking', toMs, calendar: calendar(occupied), price }) as const

function apply(booking: Booking, events: readonly BookingEvent[], nowMs: number): Booking {
  return events.reduce((state, event) => {
    entryBodies[event.type].parse(event.body)
    const about = 'subject' in event.body ? event.body.subject : event.body
    return 'bookingId' in about && about.bookingId === bookingId ? evolve(state, event, nowMs) : state
  }, booking)
}
function run(booking: Booking, command: BookingCommand, context: BookingContext): Booking {
  const decided = decide(booking, command, context)
  if (!decided.ok) expect.fail(`${command.kind} is refused as ${decided.error}`)
  return apply(booking, decided.value, context.nowMs)
}
const codeOf = (booking: Booking, command: BookingCommand, context: BookingContext) => {
  const decided = decide(booking, command, context)
  return decided.ok ? 'ok' : decided.error
}

const confirmed = apply(
  noBooking,
  [
    {
      type: 'booking.held',
      body: {
        bookingId,
        spaceId: spaceIdSchema.parse('elm'),
        holder: { kind: 'member', memberId: memberIdSchema.parse('m-1') },
        reference: 'HH-7Q2M4',
        fromMs: start,
        toMs: end,
        blockToMs: end + gapMs,
        holdUntilMs: start,
        price: price({ fromMs: start, toMs: end }),
      },
    },
    {
      type: 'payment.captured',
      body: {
        paymentId: paymentIdSchema.parse('pay_1'),
        subject: { kind: 'booking', bookingId },
        method: 'card',
        amountMinor: 2400,
        currency: 'EUR',
        takenBy: 'site',
      },
    },
    { type: 'booking.confirmed', body: { bookingId } },
  ],
  start,
)
const checkedIn = run(confirmed, { kind: 'checkIn' }, at(start))
const later = end + hour
const extending = run(checkedIn, extendTo(later), at(end - minute))

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
  holdBooking: {
    kind: 'holdBooking',
    bookingId,
    spaceId: spaceIdSchema.parse('elm'),
    holder: { kind: 'member', memberId: memberIdSchema.parse('m-1') },
    reference: 'HH-7Q2M4',
    fromMs: start,
    toMs: end,
    calendar: calendar(),
    price,
  },
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

describe('what stands in the way of a later end', () => {
  const other = bookingIdSchema.parse('bk_other')
  const neighbour = {
    bookingId: other,
    fromMs: end + hour,
    toMs: end + 2 * hour,
    blockToMs: end + 2 * hour + gapMs,
  }

  it('is the next booking, with the gap before it kept', () => {
    expect(codeOf(checkedIn, extendTo(end + 50 * minute, [neighbour]), at(start))).toBe('ok')
    expect(codeOf(checkedIn, extendTo(end + 50 * minute + 1, [neighbour]), at(start))).toBe('space_taken')
    expect(latestEnd({ ...calendar([neighbour]), nowMs: start }, checkedIn as never)).toBe(end + 50 * minute)
  })

  it('is never its own block, nor its own held extension', () => {
    const own = {
      bookingId,
      fromMs: start,
      toMs: end,
      blockToMs: later + gapMs,
      added: { fromMs: end + gapMs, holdUntilMs: end },
    }
    expect(codeOf(extending, extendTo(end + 2 * hour, [own]), at(end - minute))).toBe('ok')
  })

  it('is no longer the held extension of another booking when its hold is over', () => {
    const before = {
      bookingId: other,
      fromMs: start - hour,
      toMs: start,
      blockToMs: end + gapMs,
      added: { fromMs: start + gapMs, holdUntilMs: end },
    }
    const hold = (nowMs: number) =>
      decide(
        noBooking,
        { ...commands.holdBooking, fromMs: end, toMs: later, calendar: calendar([before]) } as BookingCommand,
        at(nowMs),
      )
    expect(hold(end - 1)).toEqual({ ok: false, error: 'space_taken' })
    const decided = hold(end)
    expect(decided.ok && decided.value).toMatchObject([
      { type: 'booking.extension_dropped', body: { bookingId: other, blockToMs: start + gapMs } },
      { type: 'booking.held' },
    ])
  })

  it('offers 15, 30 and 60 minutes as far as they fit, and the latest end', () => {
    const offers = (occupied: Occupancy[]) =>
      extensionOffers({ ...calendar(occupied), nowMs: start }, checkedIn as never, price).map(
        ({ toMs, longest }) => [(toMs - end) / minute, longest],
      )
    expect(offers([neighbour])).toEqual([
      [15, false],
      [30, false],
      [50, true],
    ])
    expect(offers([]).at(-1)).toEqual([6 * 60, true])
    expect(offers([{ ...neighbour, fromMs: end + gapMs }])).toEqual([])
  })

  it('never overlaps anybody: whatever is offered is accepted, and whatever is accepted keeps all gaps', () => {
    const minutes = fc.integer({ min: 0, max: 12 * 60 })
    fc.assert(
      fc.property(minutes, fc.integer({ min: 1, max: 240 }), minutes, (from, length, wanted) => {
        const fromMs = end + gapMs + from * minute
        const toMs = fromMs + length * minute
        const occupied = [{ bookingId: other, fromMs, toMs, blockToMs: toMs + gapMs }]
        const nowMs = start
        for (const { toMs: offered } of extensionOffers(
          { ...calendar(occupied), nowMs },
          checkedIn as never,
          price,
        )) {
          expect(codeOf(checkedIn, extendTo(offered, occupied), at(nowMs))).toBe('ok')
        }
        const asked = end + wanted * minute
        const decided = decide(checkedIn, extendTo(asked, occupied), at(nowMs))
        if (!decided.ok) return
        const after = apply(checkedIn, decided.value, nowMs)
        const blockToMs = after.kind === 'checked_in' ? (after.extension?.blockToMs ?? after.blockToMs) : 0
        expect(blockToMs).toBeGreaterThan(asked)
        expect(blockToMs <= fromMs || toMs + gapMs <= start).toBe(true)
      }),
    )
  })
})

describe('leaving early', () => {
  it('ends the booking now, once, and gives nothing back by itself', () => {
    const decided = decide(checkedIn, { kind: 'releaseEarly' }, at(start + 30 * minute))
    expect(decided).toEqual({
      ok: true,
      value: [{ type: 'booking.completed', body: { bookingId, endedMs: start + 30 * minute } }],
    })
    const left = run(checkedIn, { kind: 'releaseEarly' }, at(start + 30 * minute))
    expect(left).toMatchObject({ kind: 'completed', endedMs: start + 30 * minute, toMs: end })
    expect(decide(left, { kind: 'releaseEarly' }, at(end))).toEqual({ ok: true, value: [] })
  })

  it('gives the unpaid extension up', () => {
    expect('extension' in run(extending, { kind: 'releaseEarly' }, at(end))).toBe(false)
  })

  it('gives nothing back and names no end by a clock that is not trusted', () => {
    const command = { kind: 'releaseEarly', refund: { percent: 100, price } } as const
    expect(decide(checkedIn, command, at(0, { clockTrusted: false }))).toEqual({
      ok: true,
      value: [{ type: 'booking.completed', body: { bookingId } }],
    })
  })

  it.each([
    [start - minute, 100, 2400],
    [start + 30 * minute, 100, 1200],
    [start + 30 * minute, 50, 600],
    [start + 61 * minute, 100, 0],
    [end, 100, 0],
  ])('at %i gives back %i %% of the unused time: %i', (nowMs, percent, refundMinor) => {
    const decided = decide(checkedIn, { kind: 'releaseEarly', refund: { percent, price } }, at(nowMs))
    const back = decided.ok ? decided.value.filter(({ type }) => type === 'payment.refunded') : []
    expect(back.map(({ body }) => 'amountMinor' in body && body.amountMinor)).toEqual(
      refundMinor === 0 ? [] : [refundMinor],
    )
  })
})
