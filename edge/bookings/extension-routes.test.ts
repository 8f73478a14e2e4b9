import { extensionsViewSchema } from '@gatehouse/shared/api/views'
import { entryFrameSchema } from '@gatehouse/shared/wire/v1/entries'
import { describe, expect, test } from 'vitest'
import { takings } from '../drawer/payment-store.ts'
import { readEntries } from '../ledger/entry-store.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { bookingCounts, loadBooking } from './booking-store.ts'
import {
  type BookingSite,
  friday10,
  get,
  hour,
  minute,
  openBookingSite,
  post,
} from './testing/booking-site.ts'

type Who = { readonly guestName: string } | { readonly memberToken: string }
const guest: Who = { guestName: 'Robin Demo' }

const act = (site: BookingSite, bookingId: string, verb: string, body: unknown = {}, key?: string) =>
  post(site, {
    path: `/bookings/${bookingId}/${verb}`,
    key: key ?? `${verb.replace('/', '-')}-${bookingId}`,
    body,
  })

/** A paid booking of a space, `from` to `to` in hours after ten, checked in when it begins at ten. */
async function booked(site: BookingSite, spaceId: string, from: number, to: number, who = guest) {
  const interval = { fromMs: friday10 + from * hour, toMs: friday10 + to * hour }
  const key = `hold-${spaceId}-${from}`
  const { body } = await post(site, { path: '/bookings', key, body: { spaceId, ...interval, ...who } })
  const method = body.price.totalMinor === 0 ? 'plan' : 'card'
  expect((await act(site, body.bookingId, 'confirm', { method })).status).toBe(200)
  if (from === 0) expect((await act(site, body.bookingId, 'check-in')).status).toBe(200)
  return body.bookingId
}
const offersOf = async (site: BookingSite, id: string) =>
  extensionsViewSchema.parse((await get(site, `/bookings/${id}/extensions`)).body)
const bookingOf = async (site: BookingSite, id: string) => {
  const { reference } = (await act(site, id, 'check-in', {}, `look-at-${id}`)).body
  const [booking] = (await get(site, `/bookings?reference=${reference}`)).body.items
  return booking ?? expect.fail('no such booking')
}
const overlaps = (site: BookingSite) =>
  site.db
    .prepare(
      `SELECT 1 FROM bookings a JOIN bookings b ON a.space_id = b.space_id AND a.booking_id < b.booking_id
         AND a.from_ms < b.block_to_ms AND b.from_ms < a.block_to_ms
       WHERE a.status IN ('held', 'confirmed', 'checked_in') AND b.status IN ('held', 'confirmed', 'checked_in')`,
    )
    .all()
const typesOf = (site: BookingSite) =>
  readEntries(site.db, { incarnation: 1, afterSeq: 0, limit: 1000 }).map(
    ({ text }) => entryFrameSchema.parse(JSON.parse(text)).type,
  )
const settled = (site: BookingSite, key: string) =>
  site.kernel.submit({ kind: 'sweepBookings', caller: 'system', key, input: {} })

describe('a later end', () => {
  test('is offered as far as it fits, held with its price, and paid with a receipt of its own', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 1)
    await booked(site, 'elm', 2, 3)
    const { items } = await offersOf(site, id)
    expect(
      items.map(({ toMs, longest, price }) => [toMs - friday10 - hour, longest, price.totalMinor]),
    ).toEqual([
      [15 * minute, false, 600],
      [30 * minute, false, 600],
      // The quarter of an hour before the next booking is the gap.
      [45 * minute, true, 1200],
    ])
    const toMs = friday10 + hour + 30 * minute
    const held = await act(site, id, 'extend', { toMs })
    expect(held).toMatchObject({
      status: 200,
      body: {
        status: 'checked_in',
        toMs: friday10 + hour,
        extension: { toMs, price: { totalMinor: 600, taxMinor: 96 } },
      },
    })
    const paid = await act(site, id, 'extend/confirm', { toMs, method: 'cash', tenderedMinor: 1000 })
    expect(paid).toMatchObject({
      status: 200,
      body: {
        toMs,
        paidMinor: 1800,
        price: { totalMinor: 1800 },
        receipt: { amountMinor: 600, tenderedMinor: 1000, changeMinor: 400, price: { totalMinor: 600 } },
      },
    })
    expect(paid.body).not.toHaveProperty('extension')
    expect(takings(site.db)).toEqual([
      { currency: 'EUR', method: 'card', count: 2, amountMinor: 2400 },
      { currency: 'EUR', method: 'cash', count: 1, amountMinor: 600 },
    ])
    expect(checkRebuild(site.db, site.modules).equal).toBe(true)
    expect(site.bugs).toEqual([])
  })

  test('races 16 at once with a neighbour for the same time: never an overlap, and one charge', async () => {
    for (let round = 0; round < 10; round += 1) {
      const site = openBookingSite()
      const id = await booked(site, 'elm', 0, 1)
      const from = friday10 + hour + 20 * minute
      const slot = { spaceId: 'elm', fromMs: from, toMs: from + hour, ...guest }
      const wish = (n: number) =>
        act(site, id, 'extend', { toMs: friday10 + hour + (n + 1) * 5 * minute }, `extend-${n}`)
      const wishes = Array.from({ length: 16 }, (_, n) => n)
      const [first, second] = [wishes.slice(0, round), wishes.slice(round)]
      const neighbour = { path: '/bookings', key: 'neighbour', body: slot }
      await Promise.all([...first.map(wish), post(site, neighbour), ...second.map(wish)])
      expect(overlaps(site)).toEqual([])
      const toMs = (await bookingOf(site, id)).extension?.toMs ?? 0
      expect(toMs).toBeGreaterThan(friday10 + hour)
      const payments = await Promise.all(
        wishes.map((n) => act(site, id, 'extend/confirm', { toMs, method: 'card' }, `pay-ext-${n}`)),
      )
      expect(payments.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(overlaps(site)).toEqual([])
      await settled(site, 'turn-the-loop')
      expect(site.gateway.payments().filter(({ state }) => state === 'captured')).toHaveLength(2)
      expect(site.gateway.payments().filter(({ state }) => state === 'authorised')).toEqual([])
      expect(checkRebuild(site.db, site.modules).equal).toBe(true)
      site.close()
    }
  })

  test('and a new booking of the same time: whoever is first, the other is refused with what fits', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 1)
    const other = await booked(site, 'elm', 2, 3)
    const asked = Array.from({ length: 16 }, (_, n) =>
      act(site, id, 'extend', { toMs: friday10 + 3 * hour }, `wish-${n}`),
    )
    for (const answer of await Promise.all(asked)) {
      expect(answer).toMatchObject({
        status: 409,
        body: {
          code: 'space_taken',
          alternatives: [
            { spaceId: 'elm', name: 'Elm', fromMs: friday10, toMs: friday10 + hour + 45 * minute },
          ],
        },
      })
    }
    expect(bookingCounts(site.db)).toEqual({ checked_in: 1, confirmed: 1 })
    // The gap belongs to the block: the neighbour may end where the next one's block begins, not later.
    expect((await act(site, other, 'extend', { toMs: friday10 + 4 * hour })).status).toBe(200)
  })

  test('is given back when it is not paid in time, to whoever comes first, and by the sweep', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 1)
    const toMs = friday10 + 2 * hour
    const slot = {
      spaceId: 'elm',
      fromMs: friday10 + hour + 30 * minute,
      toMs: friday10 + 3 * hour,
      ...guest,
    }
    await act(site, id, 'extend', { toMs })
    expect((await post(site, { path: '/bookings', key: 'too-soon', body: slot })).body.code).toBe(
      'space_taken',
    )
    site.clock.advance(5 * minute)
    expect((await act(site, id, 'extend/confirm', { toMs, method: 'card' })).body.code).toBe('hold_expired')
    expect((await post(site, { path: '/bookings', key: 'in-time', body: slot })).status).toBe(201)
    expect(typesOf(site).slice(-2)).toEqual(['booking.extension_dropped', 'booking.held'])
    const desk = await booked(site, 'oak', 2, 3)
    await act(site, desk, 'extend', { toMs: friday10 + 4 * hour })
    site.clock.advance(5 * minute)
    expect(await site.sweep.run()).toBe(2)
    expect(site.gateway.payments().every(({ state }) => state !== 'authorised')).toBe(true)
    expect(checkRebuild(site.db, site.modules).equal).toBe(true)
  })

  test('is given back at once when its holder turns back, and whoever waited has the time', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 1)
    const toMs = friday10 + 2 * hour
    const slot = { spaceId: 'elm', fromMs: toMs - 30 * minute, toMs: toMs + hour, ...guest }
    await act(site, id, 'extend', { toMs })
    expect(
      (await act(site, id, 'extend/give-up', { toMs: toMs - 15 * minute }, 'another-end')).body,
    ).toHaveProperty('extension')
    const given = await act(site, id, 'extend/give-up', { toMs })
    expect(given).toMatchObject({ status: 200, body: { status: 'checked_in', toMs: friday10 + hour } })
    expect(given.body).not.toHaveProperty('extension')
    expect((await act(site, id, 'extend/give-up', { toMs }, 'once-more')).status).toBe(200)
    expect((await act(site, id, 'extend/confirm', { toMs, method: 'card' })).body.code).toBe('no_extension')
    expect((await post(site, { path: '/bookings', key: 'waited', body: slot })).status).toBe(201)
    expect(typesOf(site).filter((type) => type === 'booking.extension_dropped')).toHaveLength(1)
    expect(site.gateway.payments().every(({ state }) => state !== 'authorised')).toBe(true)
    expect(checkRebuild(site.db, site.modules).equal).toBe(true)
  })

  test('that nobody paid ends with its booking, which the table keeps as the ledger tells it', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 1, 2)
    expect((await act(site, id, 'extend', { toMs: friday10 + 3 * hour })).status).toBe(200)
    expect((await act(site, id, 'cancel')).status).toBe(200)
    expect(loadBooking(site.db, id)).toMatchObject({
      kind: 'cancelled',
      blockToMs: friday10 + 2 * hour + 15 * minute,
    })
  })

  test('that is paid is not given back, also while selling has stopped', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 1)
    const toMs = friday10 + 2 * hour
    await act(site, id, 'extend', { toMs })
    await act(site, id, 'extend/confirm', { toMs, method: 'card' })
    site.kernel.setSelling('fenced')
    expect(await act(site, id, 'extend/give-up', { toMs })).toMatchObject({ status: 200, body: { toMs } })
    expect((await act(site, 'bk_nobody', 'extend/give-up', { toMs })).status).toBe(404)
    expect((await act(site, id, 'extend/give-up', {}, 'no-end-at-all')).body.code).toBe('invalid_input')
  })

  test.each(['card', 'cash'])(
    'paid by %s is charged once, and a repeated request gets its answer',
    async (method) => {
      const site = openBookingSite()
      const id = await booked(site, 'elm', 0, 1)
      const toMs = friday10 + 2 * hour
      await act(site, id, 'extend', { toMs })
      const paid = await act(site, id, 'extend/confirm', { toMs, method })
      expect(paid).toMatchObject({ status: 200, body: { toMs, receipt: { method } } })
      expect(await act(site, id, 'extend/confirm', { toMs, method })).toEqual(paid)
      expect((await bookingOf(site, id)).paidMinor).toBe(2 * 1200)
    },
  )

  test('is at once where the plan covers the space', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'desk-1', 0, 1, { memberToken: 'token-m-1' })
    const extended = await act(site, id, 'extend', { toMs: friday10 + 3 * hour })
    expect(extended).toMatchObject({ status: 200, body: { toMs: friday10 + 3 * hour, paidMinor: 0 } })
    expect(typesOf(site).at(-1)).toBe('booking.extended')
  })

  test.each([
    ['a reversed end', { toMs: friday10 - hour }, 422, 'not_later'],
    ['the same end', { toMs: friday10 + hour }, 422, 'not_later'],
    ['more than a month', { toMs: friday10 + 40 * 24 * hour }, 422, 'too_long'],
    ['no end', {}, 422, 'invalid_input'],
    ['an end in words', { toMs: 'later' }, 422, 'invalid_input'],
  ])('refuses %s', async (_, body, status, code) => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 1)
    const before = typesOf(site).length
    expect(await act(site, id, 'extend', body)).toMatchObject({ status, body: { code } })
    expect(typesOf(site)).toHaveLength(before)
  })

  test('refuses a booking that nobody knows, one that is over, and a declined card', async () => {
    const site = openBookingSite()
    expect((await act(site, 'bk_nobody', 'extend', { toMs: friday10 + hour })).body.code).toBe(
      'unknown_booking',
    )
    expect((await get(site, '/bookings/bk_nobody/extensions')).status).toBe(404)
    const id = await booked(site, 'elm', 0, 1)
    const toMs = friday10 + 2 * hour
    expect((await act(site, id, 'extend/confirm', { toMs, method: 'card' }, 'not-held')).body.code).toBe(
      'no_extension',
    )
    await act(site, id, 'extend', { toMs })
    const declined = { toMs, method: 'card', card: 'sandbox_declined' }
    expect((await act(site, id, 'extend/confirm', declined, 'declined')).body.code).toBe('payment_declined')
    site.clock.advance(hour)
    expect((await act(site, id, 'extend', { toMs }, 'too-late')).body.code).toBe('booking_ended')
    expect((await get(site, `/bookings/${id}/extensions`)).body.code).toBe('booking_ended')
  })
})

describe('leaving early', () => {
  test('ends the booking now and frees the rest with its gap at once; a second time changes nothing', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 2)
    site.clock.advance(30 * minute)
    const left = await act(site, id, 'release')
    expect(left).toMatchObject({
      status: 200,
      body: {
        status: 'completed',
        endedMs: friday10 + 30 * minute,
        toMs: friday10 + 2 * hour,
        refundedMinor: 0,
      },
    })
    expect((await act(site, id, 'release', {}, 'once-more')).status).toBe(200)
    expect(typesOf(site).filter((type) => type === 'booking.completed')).toHaveLength(1)
    const slot = { spaceId: 'elm', fromMs: friday10 + 30 * minute, toMs: friday10 + 2 * hour, ...guest }
    expect((await post(site, { path: '/bookings', key: 'next-one', body: slot })).status).toBe(201)
    expect(checkRebuild(site.db, site.modules).equal).toBe(true)
  })

  test('gives back what the setting of the space says, by the way it was paid', async () => {
    const site = openBookingSite()
    const elm = site.directory.get('space', 'elm')
    site.apply('space', 'elm', { ...elm, earlyReleaseRefundPercent: 50 })
    const id = await booked(site, 'elm', 0, 2)
    expect(await bookingOf(site, id)).toMatchObject({ releaseRefundMinor: 1200 })
    site.clock.advance(hour)
    expect(await bookingOf(site, id)).toMatchObject({ releaseRefundMinor: 600 })
    const left = (await act(site, id, 'release')).body
    expect(left).toMatchObject({ paidMinor: 2400, refundedMinor: 600 })
    expect(left.releaseRefundMinor).toBeUndefined()
    await settled(site, 'turn-the-loop')
    expect(takings(site.db)).toEqual([{ currency: 'EUR', method: 'card', count: 2, amountMinor: 1800 }])
  })

  test('is refused before the check-in, where one cancels, and for an unknown booking', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 1, 2)
    expect((await act(site, id, 'release')).body).toMatchObject({ status: 409, code: 'not_checked_in' })
    expect((await act(site, 'bk_nobody', 'release')).status).toBe(404)
  })
})

describe('requests of the cloud about an end', () => {
  const ask = async (site: BookingSite, requestId: string, command: object) => {
    site.apply('request', requestId, { expiresMs: friday10 + 10 * hour, command })
    await site.requests.runAll()
    await settled(site, `after-${requestId}`)
  }

  test('are answered by entries that name them, and refused on record', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 1)
    const toMs = friday10 + 2 * hour
    const pay = { kind: 'confirmExtension', bookingId: id, toMs, paymentId: 'pay_1', amountMinor: 1200 }
    await ask(site, 'rq-1', { kind: 'extendBooking', bookingId: id, toMs })
    await ask(site, 'rq-2', { ...pay, method: 'cash' })
    await ask(site, 'rq-3', { ...pay, method: 'card' })
    await ask(site, 'rq-4', { kind: 'releaseBooking', bookingId: id })
    await ask(site, 'rq-5', { kind: 'releaseBooking', bookingId: id })
    const entries = readEntries(site.db, { incarnation: 1, afterSeq: 0, limit: 1000 }).map(({ text }) =>
      entryFrameSchema.parse(JSON.parse(text)),
    )
    expect(entries.slice(-6)).toMatchObject([
      { type: 'booking.extension_held', body: { requestId: 'rq-1', price: { totalMinor: 1200 } } },
      { type: 'request.refused', body: { requestId: 'rq-2', code: 'payment_needed' } },
      { type: 'payment.captured', body: { takenBy: 'cloud', amountMinor: 1200 } },
      { type: 'booking.extended', body: { requestId: 'rq-3', toMs } },
      { type: 'booking.completed', body: { requestId: 'rq-4', endedMs: friday10 } },
      { type: 'request.refused', body: { requestId: 'rq-5', code: 'booking_ended' } },
    ])
  })

  test('let a member leave while selling has stopped, and wait with a later end', async () => {
    const site = openBookingSite()
    const id = await booked(site, 'elm', 0, 1)
    site.kernel.setSelling('fenced')
    await ask(site, 'rq-1', { kind: 'extendBooking', bookingId: id, toMs: friday10 + 2 * hour })
    await ask(site, 'rq-2', { kind: 'releaseBooking', bookingId: id })
    expect(bookingCounts(site.db)).toEqual({ completed: 1 })
  })
})
