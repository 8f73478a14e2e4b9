import type { Problem } from '@gatehouse/shared/api/problem'
import { type BookingView, extensionsViewSchema } from '@gatehouse/shared/api/views'
import { bookingIdSchema } from '@gatehouse/shared/ids/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'

let world: TestCloud
let anna: Caller
let ben: Caller
let keys = 0
let days = 3

beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
  ben = await world.as('ben')
})
afterAll(() => world?.close())

const key = () => `key-${String(++keys).padStart(8, '0')}`
const view = (answer: { body: unknown }) => answer.body as BookingView
const refused = (answer: { status: number; body: unknown }) => [answer.status, (answer.body as Problem).code]
const count = async (sql: string, ...values: unknown[]) =>
  (await world.cloud.pool.query<{ count: number }>(`SELECT count(*) FROM ${sql}`, values)).rows[0]?.count
const act = (caller: Caller, bookingId: string, verb: string, body: object = {}) =>
  caller.post(`/api/v1/bookings/${bookingId}/${verb}`, body, key())
/** Ten o'clock in Berlin on a day of its own. */
const morning = () => startMs + 24 * ++days * hourMs

async function booked(caller: Caller, spaceId: string, fromMs: number, hours = 1): Promise<BookingView> {
  const interval = { fromMs, toMs: fromMs + hours * hourMs }
  const held = view(await caller.post('/api/v1/sites/north/bookings', { spaceId, ...interval }, key()))
  const method = held.price.totalMinor === 0 ? 'plan' : 'card'
  return view(await act(caller, held.bookingId, 'confirm', { method }))
}
/** Checks in on site, and waits until the cloud has heard of it. */
async function checkIn(bookingId: string): Promise<void> {
  await world.site.record({
    type: 'booking.checked_in',
    body: { bookingId: bookingIdSchema.parse(bookingId) },
  })
  const heard = `bookings WHERE booking_id = $1 AND status = 'checked_in'`
  await world.until(async () => Number(await count(heard, bookingId)) === 1)
}

describe('a later end', () => {
  it('is offered with prices, held by the site, paid, and shown with the sum of both', async () => {
    const { bookingId, toMs } = await booked(anna, 'room-1', morning())
    const offers = extensionsViewSchema.parse(
      (await anna.get(`/api/v1/bookings/${bookingId}/extensions`)).body,
    )
    expect(offers.items.map((item) => (item.toMs - toMs) / 60_000).slice(0, 3)).toEqual([15, 30, 60])
    const later = toMs + hourMs
    expect(view(await act(anna, bookingId, 'extend', { toMs: later }))).toMatchObject({
      status: 'confirmed',
      toMs,
      paidMinor: 1_200,
      extension: { toMs: later, price: { totalMinor: 1_200, taxMinor: 192 } },
    })
    const declined = { toMs: later, method: 'card', card: 'sandbox_declined' }
    expect(refused(await act(anna, bookingId, 'extend/confirm', declined))).toEqual([402, 'card_declined'])
    const paid = await act(anna, bookingId, 'extend/confirm', { toMs: later, method: 'card' })
    expect([paid.status, view(paid)]).toMatchObject([
      200,
      { toMs: later, paidMinor: 2_400, price: { totalMinor: 2_400, taxMinor: 384 } },
    ])
    expect(view(paid)).not.toHaveProperty('extension')
    expect(await count('card_payment WHERE booking_id = $1', bookingId)).toBe(3)
    expect(await count(`card_payment WHERE booking_id = $1 AND state = 'captured'`, bookingId)).toBe(2)
  })

  it('is at once where the plan covers the space', async () => {
    const { bookingId, toMs } = await booked(anna, 'desk-1', morning())
    const extended = await act(anna, bookingId, 'extend', { toMs: toMs + 2 * hourMs })
    expect([extended.status, view(extended).toMs]).toEqual([200, toMs + 2 * hourMs])
  })

  it('never meets a neighbour, however many ask at once, and offers the latest end that fits', async () => {
    const fromMs = morning()
    const { bookingId, toMs } = await booked(anna, 'room-1', fromMs)
    await booked(ben, 'room-1', fromMs + 2 * hourMs)
    const wishes = Array.from({ length: 16 }, () =>
      act(anna, bookingId, 'extend', { toMs: toMs + 2 * hourMs }),
    )
    for (const answer of await Promise.all(wishes)) {
      // Whoever asks while another question is open is told so.
      const [status, code] = refused(answer)
      expect([status, ['space_taken', 'still_pending'].includes(String(code))]).toEqual([409, true])
      if (code !== 'space_taken') continue
      const [latest] = (answer.body as Problem).alternatives ?? []
      expect(latest).toMatchObject({ spaceId: 'room-1', fromMs })
      expect(latest?.toMs).toBeLessThanOrEqual(fromMs + 2 * hourMs)
    }
    const overlapping = `booking_blocks a JOIN booking_blocks b ON a.site_id = b.site_id
      AND a.space_id = b.space_id AND a.booking_id < b.booking_id AND a.block && b.block`
    expect(await count(overlapping)).toBe(0)
  })

  it('is refused by its own name before the site is asked', async () => {
    const { bookingId, toMs } = await booked(anna, 'room-1', morning())
    const asked = await count('booking_request')
    const cases: [object, number, string][] = [
      [{ toMs }, 422, 'not_later'],
      [{ toMs: toMs - 2 * hourMs }, 422, 'not_later'],
      [{ toMs: 0 }, 422, 'not_later'],
      [{ toMs: toMs + 40 * 24 * hourMs }, 422, 'too_long'],
      [{}, 422, 'invalid_request'],
      [{ toMs: 'later' }, 422, 'invalid_request'],
    ]
    for (const [body, status, code] of cases) {
      expect(refused(await act(anna, bookingId, 'extend', body))).toEqual([status, code])
    }
    const unheld = { toMs: toMs + hourMs, method: 'card' }
    expect(refused(await act(anna, bookingId, 'extend/confirm', unheld))).toEqual([409, 'no_extension'])
    expect(refused(await act(anna, bookingId, 'release'))).toEqual([409, 'not_checked_in'])
    expect(await count('booking_request')).toBe(asked)
  })

  it("changes nobody else's booking, and none that nobody knows", async () => {
    const { bookingId, toMs } = await booked(anna, 'room-1', morning())
    for (const id of [bookingId, 'bk_nobody']) {
      expect((await ben.get(`/api/v1/bookings/${id}/extensions`)).status).toBe(404)
      expect((await act(ben, id, 'extend', { toMs: toMs + hourMs })).status).toBe(404)
      expect((await act(ben, id, 'extend/confirm', { toMs: toMs + hourMs, method: 'card' })).status).toBe(404)
      expect((await act(ben, id, 'release')).status).toBe(404)
    }
  })

  it('waits as pending when the site says nothing, and is there when it has answered', async () => {
    const { bookingId, toMs } = await booked(anna, 'room-2', morning())
    world.site.silent = true
    const asked = await act(anna, bookingId, 'extend', { toMs: toMs + hourMs })
    expect([asked.status, view(asked).status]).toEqual([202, 'pending'])
    expect(refused(await act(anna, bookingId, 'extend', { toMs: toMs + hourMs }))).toEqual([
      409,
      'still_pending',
    ])
    world.site.silent = false
  })
})

describe('leaving early', () => {
  it('says before what would come back, by the setting of the space', async () => {
    const [none, half] = [await booked(anna, 'room-1', morning()), await booked(anna, 'room-2', morning())]
    for (const { bookingId } of [none, half]) await checkIn(bookingId)
    const read = async ({ bookingId }: BookingView) => view(await anna.get(`/api/v1/bookings/${bookingId}`))
    expect(await read(none)).toMatchObject({ paidMinor: 1_200, releaseRefundMinor: 0 })
    expect(await read(half)).toMatchObject({ paidMinor: 1_200, releaseRefundMinor: 600 })
  })

  it('is decided by the site: the booking ends, and its time can be booked again', async () => {
    const fromMs = morning()
    const { bookingId } = await booked(anna, 'room-1', fromMs, 2)
    await checkIn(bookingId)
    const left = await act(anna, bookingId, 'release')
    expect([left.status, view(left)]).toMatchObject([200, { status: 'completed', refundedMinor: 0 }])
    expect(view(left).endedMs).toBeTypeOf('number')
    expect((await booked(ben, 'room-1', fromMs, 2)).status).toBe('confirmed')
    expect(refused(await act(anna, bookingId, 'release'))).toEqual([410, 'ended'])
  })
})
