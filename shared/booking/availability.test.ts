import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayNumber } from '../calendar/civil.ts'
import { bookingIdSchema, guestIdSchema, siteIdSchema, spaceIdSchema, tariffIdSchema } from '../ids/ids.ts'
import { SeededRandom } from '../random/random.ts'
import type { Price } from '../wire/v1/entries.ts'
import { alternatives, type Candidate } from './alternatives.ts'
import { bookingAheadMaxMs, type Calendar, daySlots, type Occupancy, refuseInterval } from './availability.ts'
import { noBooking } from './booking.ts'
import { decide } from './decide.ts'
import { newReference, normalReference } from './reference.ts'

const minute = 60_000
const hour = 60 * minute
const day = dayNumber('2026-11-20') ?? 0
const midnight = Date.parse('2026-11-20T00:00:00+01:00')
const everyDay = [1, 2, 3, 4, 5, 6, 7]
const officeHours = everyDay.map((weekday) => ({ weekday, from: '08:00', to: '18:00' }))
const id = bookingIdSchema.parse('bk_other')
const price = { totalMinor: 0 } as Price

function calendar(change: Partial<Calendar>): Calendar {
  return {
    site: { timeZone: 'Europe/Berlin', openingHours: officeHours },
    space: { bookable: true, outOfService: false, gapMs: 0 },
    occupied: [],
    nowMs: midnight,
    ...change,
  }
}
function hours(from: number, to: number) {
  return { fromMs: midnight + from * hour, toMs: midnight + to * hour }
}
function taken(from: number, to: number, gapMs = 0, holdUntilMs?: number): Occupancy {
  const { fromMs, toMs } = hours(from, to)
  return { bookingId: id, fromMs, toMs, blockToMs: toMs + gapMs, ...(holdUntilMs ? { holdUntilMs } : {}) }
}
function hold(on: Calendar, interval: { fromMs: number; toMs: number }) {
  const { nowMs, ...rest } = on
  return decide(
    noBooking,
    {
      kind: 'holdBooking',
      bookingId: bookingIdSchema.parse('bk_new'),
      spaceId: spaceIdSchema.parse('s-1'),
      holder: { kind: 'guest', guestId: guestIdSchema.parse('g-1') },
      reference: 'HH-00000',
      ...interval,
      calendar: rest,
      price: () => ({ ...price, tariffId: tariffIdSchema.parse('t') }),
    },
    { nowMs, settings: { holdMs: 1, checkInEarlyMs: 1, checkInGraceMs: 1 } },
  )
}

describe('what can be booked', () => {
  it('refuses each wrong interval by its own name', () => {
    const free = calendar({ nowMs: midnight + 12 * hour })
    expect(refuseInterval(free, hours(14, 13))).toBe('reversed')
    expect(refuseInterval(free, hours(14, 14))).toBe('reversed')
    expect(refuseInterval(free, hours(13, 13 + 32 * 24))).toBe('too_long')
    expect(refuseInterval(free, hours(9, 10))).toBe('in_the_past')
    const far = { fromMs: free.nowMs + bookingAheadMaxMs, toMs: free.nowMs + bookingAheadMaxMs + hour }
    expect(refuseInterval(free, far)).toBe('too_far_ahead')
    expect(refuseInterval(free, hours(17, 19))).toBe('closed')
    expect(refuseInterval(free, hours(13, 14))).toBeUndefined()
    const off = { bookable: true, outOfService: true, gapMs: 0 }
    expect(refuseInterval({ ...free, space: off }, hours(13, 14))).toBe('out_of_service')
    const never = { bookable: false, outOfService: false, gapMs: 0 }
    expect(refuseInterval({ ...free, space: never }, hours(13, 14))).toBe('not_bookable')
    expect(refuseInterval({ ...free, occupied: [taken(13, 14)] }, hours(13.5, 14.5))).toBe('space_taken')
  })

  it('lets a visitor into a running slot for 15 minutes', () => {
    const at = (minutes: number) =>
      refuseInterval(calendar({ nowMs: midnight + 12 * hour + minutes * minute }), hours(12, 13))
    expect([at(15), at(15 + 1 / minute)]).toEqual([undefined, 'in_the_past'])
  })

  it('keeps the gap on both sides, and lets it lie outside opening hours', () => {
    const gapMs = 30 * minute
    const spaced = calendar({
      space: { bookable: true, outOfService: false, gapMs },
      occupied: [taken(12, 13, gapMs)],
    })
    expect(refuseInterval(spaced, hours(13, 14))).toBe('space_taken')
    expect(refuseInterval(spaced, hours(13.5, 14))).toBeUndefined()
    expect(refuseInterval(spaced, hours(11, 12))).toBe('space_taken')
    expect(refuseInterval(spaced, hours(11, 11.5))).toBeUndefined()
    expect(refuseInterval(spaced, hours(17, 18))).toBeUndefined()
  })

  it('takes no notice of a hold from the instant it runs out, and expires it on the way', () => {
    const until = midnight + 9 * hour
    const held = [taken(12, 13, 0, until)]
    expect(refuseInterval(calendar({ occupied: held, nowMs: until - 1 }), hours(12, 13))).toBe('space_taken')
    const decided = hold(calendar({ occupied: held, nowMs: until }), hours(12, 13))
    expect(decided.ok && decided.value.map((event) => event.type)).toEqual([
      'booking.expired',
      'booking.held',
    ])
  })
})

describe('the day as listed', () => {
  it('shows past, closed, taken, held, gap and free', () => {
    const occupied = [taken(10, 11, 30 * minute), taken(13, 14, 30 * minute, midnight + 20 * hour)]
    const space = { bookable: true, outOfService: false, gapMs: 30 * minute }
    const slots = daySlots(calendar({ nowMs: midnight + 8.5 * hour, occupied, space }), day)
    expect(slots).toHaveLength(48)
    const state = (clock: number) => slots[clock * 2]?.state
    expect([7, 8, 9, 9.5, 10, 11, 11.5, 13, 14, 17.5, 18].map(state)).toEqual([
      'past',
      'past',
      'free',
      'gap',
      'taken',
      'gap',
      'free',
      'held',
      'gap',
      'free',
      'closed',
    ])
  })

  it('has 46 slots in spring and 50 in autumn', () => {
    const count = (date: string) => daySlots(calendar({}), dayNumber(date) ?? 0).length
    expect([count('2026-03-29'), count('2026-10-25')]).toEqual([46, 50])
  })
})

const occupancies = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 95 }),
    quarters: fc.integer({ min: 1, max: 12 }),
    heldFor: fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
  }),
  { maxLength: 8 },
)
const anyCalendar = fc
  .record({
    now: fc.integer({ min: 0, max: 24 * 60 }),
    gapMinutes: fc.constantFrom(0, 10, 15, 45),
    list: occupancies,
    openFrom: fc.constantFrom('00:00', '07:15', '08:00', '20:00'),
    openTo: fc.constantFrom('24:00', '18:00', '19:45', '02:00'),
  })
  .map(({ now, gapMinutes, list, openFrom, openTo }) => {
    const nowMs = midnight + now * minute
    const gapMs = gapMinutes * minute
    return calendar({
      nowMs,
      site: {
        timeZone: 'Europe/Berlin',
        openingHours: everyDay.map((weekday) => ({ weekday, from: openFrom, to: openTo })),
      },
      space: { bookable: true, outOfService: false, gapMs },
      occupied: list.map(({ at, quarters, heldFor }) => {
        const fromMs = midnight + at * 15 * minute
        const toMs = fromMs + quarters * 15 * minute
        const until = heldFor === undefined ? {} : { holdUntilMs: nowMs + heldFor * minute }
        return { bookingId: id, fromMs, toMs, blockToMs: toMs + gapMs, ...until }
      }),
    })
  })

describe('every listed choice is bookable', () => {
  it('books each slot that availability lists as free, and refuses every other', () => {
    fc.assert(
      fc.property(anyCalendar, (on) => {
        for (const slot of daySlots(on, day)) expect(hold(on, slot).ok).toBe(slot.state === 'free')
      }),
    )
  })

  it('never sells a block that meets one in force', () => {
    fc.assert(
      fc.property(
        anyCalendar,
        fc.integer({ min: 0, max: 1440 }),
        fc.integer({ min: 1, max: 400 }),
        (on, at, length) => {
          const fromMs = midnight + at * minute
          const interval = { fromMs, toMs: fromMs + length * minute }
          if (!hold(on, interval).ok) return
          for (const other of on.occupied) {
            if (other.holdUntilMs !== undefined && other.holdUntilMs <= on.nowMs) continue
            const apart = interval.toMs + on.space.gapMs <= other.fromMs || other.blockToMs <= interval.fromMs
            expect(apart).toBe(true)
          }
        },
      ),
    )
  })

  it('offers only alternatives that can be booked now', () => {
    const kinds = fc.constantFrom('desk', 'meeting_room')
    const candidates = fc.array(
      fc.record({ kind: kinds, capacity: fc.integer({ min: 1, max: 9 }), on: anyCalendar }),
      { minLength: 1, maxLength: 6 },
    )
    fc.assert(
      fc.property(
        candidates,
        fc.integer({ min: 0, max: 1440 }),
        fc.integer({ min: 15, max: 240 }),
        (drawn, at, length) => {
          const nowMs = drawn[0]?.on.nowMs ?? 0
          const [candidate, ...others] = drawn.map(
            ({ kind, capacity, on }, index): Candidate => ({
              spaceId: spaceIdSchema.parse(`s-${index}`),
              kind,
              capacity,
              levelId: 'l-1',
              calendar: { ...on, nowMs },
            }),
          )
          if (!candidate) return
          const interval = { fromMs: midnight + at * minute, toMs: midnight + (at + length) * minute }
          const all = [candidate, ...others]
          for (const offer of alternatives({ interval, candidate, others })) {
            const space = all.find((each) => each.spaceId === offer.spaceId) ?? expect.fail('unknown space')
            expect(hold(space.calendar, offer).ok).toBe(true)
            expect(space.kind).toBe(candidate.kind)
            expect(space.capacity).toBeGreaterThanOrEqual(candidate.capacity)
          }
        },
      ),
    )
  })
})

describe('alternatives', () => {
  const candidate = (spaceId: string, capacity: number, occupied: Occupancy[] = []): Candidate => ({
    spaceId: spaceIdSchema.parse(spaceId),
    kind: 'meeting_room',
    levelId: 'l-1',
    capacity,
    calendar: calendar({ occupied }),
  })
  it('offers the closest equal room first, then the nearest times of the asked one', () => {
    const offers = alternatives({
      interval: hours(10, 11),
      candidate: candidate('asked', 4, [taken(10, 11)]),
      others: [
        candidate('large', 12),
        candidate('small', 2),
        candidate('equal', 4),
        candidate('busy', 4, [taken(10.5, 12)]),
      ],
    })
    expect(offers).toEqual([
      { spaceId: 'equal', ...hours(10, 11) },
      { spaceId: 'large', ...hours(10, 11) },
      { spaceId: 'asked', ...hours(11, 12) },
      { spaceId: 'asked', ...hours(9, 10) },
      { spaceId: 'asked', ...hours(12, 13) },
    ])
  })
  it('offers nothing for what no space could take', () => {
    expect(
      alternatives({
        interval: hours(11, 10),
        candidate: candidate('asked', 4),
        others: [candidate('equal', 4)],
      }),
    ).toEqual([])
  })
})

describe('references', () => {
  it('carries the initials of the site and reads back as people type it', () => {
    const random = new SeededRandom(4)
    const reference = newReference(siteIdSchema.parse('harbour-house'), random)
    expect(reference).toMatch(/^HH-[0-9A-HJKMNP-TV-Z]{5}$/)
    expect(normalReference(` ${reference.toLowerCase().replace('-', ' ')} `)).toBe(reference)
    expect(normalReference('hh-o1il0')).toBe('HH-01110')
  })
})
