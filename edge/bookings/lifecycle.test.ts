import { type Booking, type BookingEvent, evolve, noBooking } from '@gatehouse/shared/booking/booking'
import { entryFrameSchema, parseEvent } from '@gatehouse/shared/wire/v1/entries'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { takings } from '../drawer/payment-store.ts'
import { readEntries } from '../ledger/entry-store.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { bookingCounts, loadBooking } from './booking-store.ts'
import { type BookingSite, friday10, hour, minute, openBookingSite, post } from './testing/booking-site.ts'

const pick = fc.nat(999)
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('hold' as const),
      spaceId: fc.constantFrom('elm', 'desk-1'),
      at: fc.integer({ min: -1, max: 24 }),
      quarters: fc.integer({ min: 1, max: 10 }),
      who: fc.constantFrom({ guestName: 'Robin Demo' }, { memberToken: 'token-m-1' }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('confirm' as const),
      pick,
      body: fc.constantFrom(
        { method: 'card' },
        { method: 'card', card: 'sandbox_declined' },
        { method: 'cash', tenderedMinor: 5000 },
        { method: 'cash', tenderedMinor: 1 },
        { method: 'plan' },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'check-in' as const, 'release' as const),
      pick,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('extend' as const, 'extend/confirm' as const),
      pick,
      quarters: fc.integer({ min: -1, max: 8 }),
      body: fc.constantFrom({ method: 'card' }, { method: 'cash', tenderedMinor: 5000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The end that an extension asks for; mostly the one that is held when it is to be paid. */
function laterEnd(site: BookingSite, taken: Step, id: string): { readonly toMs?: number } {
  if (!('quarters' in taken) || taken.kind === 'hold') return {}
  const booking = loadBooking(site.db, id)
  if (booking.kind === 'none') return { toMs: friday10 }
  const held = taken.kind === 'extend/confirm' ? booking.extension?.toMs : undefined
  return { toMs: held ?? booking.toMs + taken.quarters * 15 * minute }
}

async function take(site: BookingSite, ids: string[], taken: Step, key: string): Promise<void> {
  if (taken.kind === 'wait') site.clock.advance(taken.minutes * minute)
  else if (taken.kind === 'sweep') await site.sweep.run()
  else if (taken.kind === 'hold') {
    const fromMs = friday10 + taken.at * 30 * minute
    const toMs = fromMs + taken.quarters * 15 * minute
    const body = { spaceId: taken.spaceId, fromMs, toMs, ...taken.who }
    const answer = await post(site, { path: '/bookings', key, body })
    if (answer.status === 201) ids.push(answer.body.bookingId)
  } else {
    const id = ids[taken.pick % Math.max(ids.length, 1)] ?? 'bk_none'
    const body = { ...('body' in taken ? taken.body : {}), ...laterEnd(site, taken, id) }
    await post(site, { path: `/bookings/${id}/${taken.kind}`, key, body })
  }
}

function eventsOf(site: BookingSite) {
  return readEntries(site.db, { incarnation: 1, afterSeq: 0, limit: 10_000 }).map(({ text }) => {
    const entry = entryFrameSchema.parse(JSON.parse(text))
    return { event: parseEvent(entry) ?? expect.fail('unreadable entry'), atMs: entry.at.wallMs }
  })
}
/** The booking as the ledger alone tells it. */
function replayed(events: ReturnType<typeof eventsOf>, bookingId: string): Booking {
  return events.reduce((booking, { event, atMs }) => {
    const about = 'subject' in event.body ? event.body.subject : event.body
    const own = 'bookingId' in about && about.bookingId === bookingId
    return own ? evolve(booking, event as BookingEvent, atMs) : booking
  }, noBooking)
}

function checkStore(site: BookingSite, ids: readonly string[]): void {
  const overlaps = site.db
    .prepare(
      `SELECT 1 FROM bookings a JOIN bookings b ON a.space_id = b.space_id AND a.booking_id < b.booking_id
         AND a.from_ms < b.block_to_ms AND b.from_ms < a.block_to_ms
       WHERE a.status IN ('held', 'confirmed', 'checked_in') AND b.status IN ('held', 'confirmed', 'checked_in')`,
    )
    .all()
  expect(overlaps).toEqual([])
  const events = eventsOf(site)
  const bookings = ids.map((id) => replayed(events, id))
  expect(ids.map((id) => loadBooking(site.db, id))).toEqual(bookings)
  const kept = bookings.reduce(
    (sum, booking) =>
      booking.kind === 'none'
        ? sum
        : booking.payments.reduce((all, paid) => all + paid.amountMinor - paid.refundedMinor, sum),
    0,
  )
  expect(takings(site.db).reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(kept)
  const counted = Object.values(bookingCounts(site.db)).reduce((sum, count) => sum + count, 0)
  expect(counted).toBe(ids.length)
}

/** Lets the effects of everything answered so far come to their end. */
async function settle(site: BookingSite): Promise<void> {
  const open = site.db.prepare('SELECT 1 FROM effects WHERE outcome IS NULL')
  while (open.get()) await new Promise((resolve) => setImmediate(resolve))
}

describe('any sequence of people and time', () => {
  test('never sells a moment twice, and ledger, tables, drawer and gateway agree', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const site = openBookingSite()
        const ids: string[] = []
        for (const [index, taken] of steps.entries()) await take(site, ids, taken, `key-step-${index}`)
        await settle(site)
        checkStore(site, ids)
        const card = takings(site.db).find(({ method }) => method === 'card')?.amountMinor ?? 0
        const atGateway = site.gateway.payments()
        expect(atGateway.filter(({ state }) => state === 'authorised')).toEqual([])
        const captured = atGateway.filter(({ state }) => state === 'captured')
        expect(captured.reduce((sum, each) => sum + each.amountMinor - each.refundedMinor, 0)).toBe(card)
        expect(checkRebuild(site.db, site.modules)).toMatchObject({ equal: true })
        expect(site.bugs).toEqual([])
        site.close()
      }),
      { numRuns: 40 },
    )
  })

  test('completes, expires or releases everything once enough time has passed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const site = openBookingSite()
        const ids: string[] = []
        for (const [index, taken] of steps.entries()) await take(site, ids, taken, `key-step-${index}`)
        site.clock.advance(48 * hour)
        // A sweep changes a booking once: a later end that nobody paid for goes first, its booking ends with the next one.
        for (const _ of ['later ends', 'bookings']) await site.sweep.run()
        const { held, confirmed, checked_in } = bookingCounts(site.db)
        expect([held, confirmed, checked_in]).toEqual([undefined, undefined, undefined])
        expect(await site.sweep.run()).toBe(0)
        await settle(site)
        site.close()
      }),
      { numRuns: 20 },
    )
  })
})
