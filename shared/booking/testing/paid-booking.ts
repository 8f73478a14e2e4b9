import { expect } from 'vitest'
import {
  bookingIdSchema,
  memberIdSchema,
  paymentIdSchema,
  spaceIdSchema,
  tariffIdSchema,
} from '../../ids/ids.ts'
import { priceStay } from '../../tariffs/price.ts'
import { entryBodies } from '../../wire/v1/entries.ts'
import type { Calendar, Occupancy } from '../availability.ts'
import { type Booking, type BookingEvent, evolve, noBooking } from '../booking.ts'
import type { BookingCommand, BookingContext } from '../command.ts'
import { decide } from '../decide.ts'

export const minute = 60_000
export const hour = 60 * minute
/** Friday 10:00 in Berlin; the booking runs two hours from here. */
export const start = Date.parse('2026-11-20T09:00:00Z')
export const end = start + 2 * hour
export const gapMs = 10 * minute
const settings = { holdMs: 5 * minute, checkInEarlyMs: 15 * minute, checkInGraceMs: 15 * minute }
export const bookingId = bookingIdSchema.parse('bk_own')
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
/** Twelve euros an hour, forty in any 24 hours. */
export const price = (interval: { fromMs: number; toMs: number }) =>
  priceStay({ tariff, tariffId, timeZone: 'Europe/Berlin', tzdataVersion: 'test', ...interval })
const site = {
  timeZone: 'Europe/Berlin',
  openingHours: everyDay.map((weekday) => ({ weekday, from: '08:00', to: '18:00' })),
}
/** A calendar open from 8 to 18 with these bookings of others. */
export const calendar = (occupied: readonly Occupancy[] = []): Omit<Calendar, 'nowMs'> => ({
  site,
  space: { bookable: true, outOfService: false, gapMs },
  occupied,
})
/** The moment of a decision, epoch ms. */
export const at = (nowMs: number, more: Partial<BookingContext> = {}): BookingContext => ({
  nowMs,
  settings,
  ...more,
})
/** A payment at the site, minor units. */
export const payOf = (offeredMinor: number, method: 'card' | 'cash' | 'plan' = 'card') => ({
  paymentId: paymentIdSchema.parse('pay_2'),
  method,
  takenBy: 'site' as const,
  offeredMinor,
})
/** Asks for a later end, epoch ms, beside these bookings of others. */
export const extendTo = (toMs: number, occupied: readonly Occupancy[] = []) =>
  ({ kind: 'extendBooking', toMs, calendar: calendar(occupied), price }) as const

/** What recorded entries make of a booking; each is one that the ledger takes. */
export function apply(booking: Booking, events: readonly BookingEvent[], nowMs: number): Booking {
  return events.reduce((state, event) => {
    entryBodies[event.type].parse(event.body)
    const about = 'subject' in event.body ? event.body.subject : event.body
    return 'bookingId' in about && about.bookingId === bookingId ? evolve(state, event, nowMs) : state
  }, booking)
}
/** What a command makes of a booking that it must not be refused on. */
export function run(booking: Booking, command: BookingCommand, context: BookingContext): Booking {
  const decided = decide(booking, command, context)
  if (!decided.ok) expect.fail(`${command.kind} is refused as ${decided.error}`)
  return apply(booking, decided.value, context.nowMs)
}
/** What a command is refused as, or `ok`. */
export const codeOf = (booking: Booking, command: BookingCommand, context: BookingContext) => {
  const decided = decide(booking, command, context)
  return decided.ok ? 'ok' : decided.error
}

/** A room from 10 to 12, paid. */
export const confirmed = apply(
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
/** The same once its holder is there. */
export const checkedIn = run(confirmed, { kind: 'checkIn' }, at(start))
export const later = end + hour
/** The same with an hour more, held for its payment a minute before the end. */
export const extending = run(checkedIn, extendTo(later), at(end - minute))

/** Asks for the same room at the same time anew. */
export const holdBooking: Extract<BookingCommand, { kind: 'holdBooking' }> = {
  kind: 'holdBooking',
  bookingId,
  spaceId: spaceIdSchema.parse('elm'),
  holder: { kind: 'member', memberId: memberIdSchema.parse('m-1') },
  reference: 'HH-7Q2M4',
  fromMs: start,
  toMs: end,
  calendar: calendar(),
  price,
}
