import { describe, expect, test } from 'vitest'
import {
  bookingIdSchema,
  memberIdSchema,
  paymentIdSchema,
  spaceIdSchema,
  tariffIdSchema,
} from '../ids/ids.ts'
import type { Price } from '../wire/v1/entries.ts'
import { type Booking, type BookingFacts, type BookingKind, noBooking } from './booking.ts'
import { decide } from './decide.ts'
import { type PayingCommand, priceDue } from './price-due.ts'

const nowMs = Date.parse('2026-11-20T09:00:00Z')
const hour = 3_600_000
const settings = { holdMs: 300_000, checkInEarlyMs: 900_000, checkInGraceMs: 900_000 }
const price = (totalMinor: number): Price => ({
  currency: 'EUR',
  totalMinor,
  taxMinor: 0,
  taxRatePercent: 0,
  lines: [],
  tariffId: tariffIdSchema.parse('rooms'),
  tariffVersion: 1,
  tzdataVersion: 'test',
})
const toMs = nowMs + 3 * hour
const facts = (holdUntilMs: number): BookingFacts => ({
  bookingId: bookingIdSchema.parse('bk_own'),
  spaceId: spaceIdSchema.parse('elm'),
  holder: { kind: 'member', memberId: memberIdSchema.parse('m-1') },
  reference: 'ABC-123',
  fromMs: nowMs + hour,
  toMs: nowMs + 2 * hour,
  blockToMs: nowMs + 2 * hour,
  heldAtMs: nowMs - 1_000,
  holdUntilMs,
  price: price(1_200),
  payments: [],
  extension: { toMs, blockToMs: toMs, holdUntilMs, price: price(600) },
})
const bookings: Record<BookingKind, (holdUntilMs: number) => Booking> = {
  none: () => noBooking,
  held: (until) => ({ ...facts(until), kind: 'held' }),
  confirmed: (until) => ({ ...facts(until), kind: 'confirmed' }),
  checked_in: (until) => ({ ...facts(until), kind: 'checked_in' }),
  completed: (until) => ({ ...facts(until), kind: 'completed' }),
  cancelled: (until) => ({ ...facts(until), kind: 'cancelled', feeMinor: 0, refundMinor: 0 }),
  no_show: (until) => ({ ...facts(until), kind: 'no_show' }),
  expired: (until) => ({ ...facts(until), kind: 'expired' }),
}
const commands: readonly PayingCommand[] = [
  { kind: 'confirmBooking' },
  { kind: 'confirmExtension', toMs },
  { kind: 'confirmExtension', toMs: toMs + 1 },
]
const holds = [
  { hold: 'runs', holdUntilMs: nowMs + 1, clockTrusted: true },
  { hold: 'is over', holdUntilMs: nowMs, clockTrusted: true },
  { hold: 'is over by a clock nobody trusts', holdUntilMs: nowMs, clockTrusted: false },
]

describe.each(holds)('where the hold $hold', ({ holdUntilMs, clockTrusted }) => {
  const context = { nowMs, clockTrusted, settings }
  const cases = Object.entries(bookings).flatMap(([kind, booking]) =>
    commands.map((command) => ({ kind, booking: booking(holdUntilMs), command })),
  )

  test.each(cases)(
    'a booking that is $kind owes what $command.kind takes, and nothing else',
    ({ booking, command }) => {
      const due = priceDue(booking, command, context)
      const payment = {
        paymentId: paymentIdSchema.parse('py_1'),
        method: 'card' as const,
        takenBy: 'site' as const,
        offeredMinor: due?.totalMinor ?? 0,
      }
      const decided = decide(booking, { ...command, payment }, context)
      expect(decided.ok).toBe(due !== undefined)
    },
  )
})
