import type { Problem } from '@gatehouse/shared/api/problem'
import type { BookingView } from '@gatehouse/shared/api/views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { readDirectory } from '../directory/read-rows.ts'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'

const siteId = siteIdSchema.parse('north')

let world: TestCloud
let anna: Caller
let ben: Caller
let keys = 0
let slots = 0

beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
  ben = await world.as('ben')
})
afterAll(() => world?.close())
beforeEach(() => {
  world.site.silent = false
})

const key = () => `key-${String(++keys).padStart(8, '0')}`
/** An hour nobody has booked yet, at least three days ahead. */
const freeHour = () => {
  const fromMs = startMs + (72 + ++slots) * hourMs
  return { fromMs, toMs: fromMs + hourMs }
}
const hold = (caller: Caller, spaceId: string, interval = freeHour(), by = key(), site = 'north') =>
  caller.post(`/api/v1/sites/${site}/bookings`, { spaceId, ...interval }, by)
const view = (answer: { body: unknown }) => answer.body as BookingView
const refused = (answer: { status: number; body: unknown }) => [answer.status, (answer.body as Problem).code]
const count = async (sql: string, ...values: unknown[]) =>
  (await world.cloud.pool.query<{ count: number }>(`SELECT count(*) FROM ${sql}`, values)).rows[0]?.count

describe('finding a space', () => {
  it('finds sites by words and shows what is free', async () => {
    const answer = await anna.get('/api/v1/sites?text=HARBOUR%20north')
    const items = answer.body.items as { siteId: string; freeNow: object; link: { state: string } }[]
    expect(items.map((site) => site.siteId)).toEqual(['north'])
    expect(items[0]?.freeNow).toEqual({ desk: { free: 1, total: 1 }, meeting_room: { free: 2, total: 2 } })
    expect(items[0]?.link.state).toBe('live')
    expect((await anna.get('/api/v1/sites?text=nowhere')).body.items).toEqual([])
  })

  it('tells and finds the description of a site in every language it was written in', async () => {
    const { items } = (await anna.get('/api/v1/sites?text=ruhiges%20haus')).body as { items: unknown[] }
    expect(items).toHaveLength(2)
    expect(items[0]).toMatchObject({
      description: 'A quiet house by the harbour',
      descriptionIn: { de: 'Ein ruhiges Haus am Hafen' },
    })
  })

  it('prices the plan by who looks: a covered desk costs a member of the plan nothing', async () => {
    const path = `/api/v1/sites/north/plan?fromMs=${startMs + hourMs}&toMs=${startMs + 3 * hourMs}`
    const prices = async (caller: Caller) => {
      const { spaces } = (await caller.get(path)).body as {
        spaces: { spaceId: string; price: { totalMinor: number } }[]
      }
      return Object.fromEntries(spaces.map((space) => [space.spaceId, space.price.totalMinor]))
    }
    expect(await prices(anna)).toEqual({ 'desk-1': 0, 'room-1': 2_400, 'room-2': 2_400 })
    expect(await prices(ben)).toEqual({ 'desk-1': 2_400, 'room-1': 2_400, 'room-2': 2_400 })
  })

  it('lists the day in the zone of the site', async () => {
    const answer = await anna.get('/api/v1/sites/north/spaces/room-1/day?date=2026-11-20')
    const { slots: listed, timeZone } = answer.body as {
      slots: { fromMs: number; state: string }[]
      timeZone: string
    }
    expect(timeZone).toBe('Europe/Berlin')
    expect(listed).toHaveLength(48)
    expect(listed[0]?.fromMs).toBe(Date.UTC(2026, 10, 19, 23))
    expect(listed[0]?.state).toBe('past')
    expect(listed.at(-1)?.state).toBe('free')
  })

  it('knows no unknown sites and spaces', async () => {
    expect((await anna.get('/api/v1/sites/nowhere')).status).toBe(404)
    expect((await anna.get('/api/v1/sites/%20')).status).toBe(404)
    expect((await anna.get('/api/v1/sites/north/spaces/none/day?date=2026-11-20')).status).toBe(404)
    expect((await anna.get('/api/v1/sites/north/spaces/room-1/day?date=2026-02-30')).status).toBe(422)
  })
})

describe('booking', () => {
  it('holds, pays by card, confirms, cancels, and gives the money back', async () => {
    const held = await hold(anna, 'room-1')
    expect(held.status).toBe(201)
    expect(view(held)).toMatchObject({
      status: 'held',
      paidMinor: 0,
      price: { totalMinor: 1_200, taxMinor: 192 },
    })
    const { bookingId } = view(held)
    const paid = await anna.post(
      `/api/v1/bookings/${bookingId}/confirm`,
      { method: 'card', card: 'sandbox_ok' },
      key(),
    )
    expect(paid.status).toBe(200)
    expect(view(paid)).toMatchObject({
      status: 'confirmed',
      paidMinor: 1_200,
      paidBy: 'card',
      decidedBy: 'site',
    })
    expect(await count(`sandbox_charge WHERE state = 'captured' AND refunded_minor = 0`)).toBe(1)

    const cancelled = await anna.post(`/api/v1/bookings/${bookingId}/cancel`, {}, key())
    expect(cancelled.status).toBe(200)
    expect(view(cancelled)).toMatchObject({ status: 'cancelled', refundedMinor: 1_200 })
    expect(await count('sandbox_charge WHERE refunded_minor = 1200')).toBe(1)
    const again = await anna.post(`/api/v1/bookings/${bookingId}/cancel`, {}, key())
    expect([again.status, view(again).status]).toEqual([200, 'cancelled'])
    expect(await count('sandbox_refund')).toBe(1)
  })

  it('confirms by plan what the plan covers, and nothing else', async () => {
    const desk = view(await hold(anna, 'desk-1'))
    const confirmed = await anna.post(`/api/v1/bookings/${desk.bookingId}/confirm`, { method: 'plan' }, key())
    expect([confirmed.status, view(confirmed).status]).toEqual([200, 'confirmed'])
    const room = view(await hold(anna, 'room-1'))
    const path = `/api/v1/bookings/${room.bookingId}/confirm`
    expect(refused(await anna.post(path, { method: 'plan' }, key()))).toEqual([402, 'plan_does_not_cover'])
  })

  it('keeps the hold when the card is declined, so that another card can pay', async () => {
    const { bookingId } = view(await hold(anna, 'room-1'))
    const path = `/api/v1/bookings/${bookingId}/confirm`
    const declined = await anna.post(path, { method: 'card', card: 'sandbox_declined' }, key())
    expect(refused(declined)).toEqual([402, 'card_declined'])
    expect((await anna.post(path, { method: 'card', card: 'sandbox_ok' }, key())).status).toBe(200)
  })

  it('refuses what can never be right before asking the site', async () => {
    const before = await count('booking_request')
    const fromMs = startMs + hourMs
    const cases: [string, { fromMs: number; toMs: number }, number, string][] = [
      ['room-1', { fromMs, toMs: fromMs }, 422, 'reversed'],
      ['room-1', { fromMs: fromMs - 48 * hourMs, toMs: fromMs - 47 * hourMs }, 422, 'in_the_past'],
      ['room-1', { fromMs, toMs: fromMs + 40 * 24 * hourMs }, 422, 'too_long'],
      ['none', { fromMs, toMs: fromMs + hourMs }, 404, 'space_unknown'],
    ]
    for (const [spaceId, interval, status, code] of cases) {
      expect(refused(await hold(anna, spaceId, interval))).toEqual([status, code])
    }
    expect(refused(await hold(anna, 'room-1', freeHour(), key(), 'nowhere'))).toEqual([404, 'not_found'])
    expect(await count('booking_request')).toBe(before)
  })

  it('refuses what is taken and offers what is free', async () => {
    const interval = freeHour()
    expect((await hold(anna, 'room-1', interval)).status).toBe(201)
    const answer = await hold(ben, 'room-1', interval)
    expect(refused(answer)).toEqual([409, 'space_taken'])
    const [first] = (answer.body as Problem).alternatives ?? []
    expect(first).toEqual({ spaceId: 'room-2', name: 'Room 2', ...interval })
    expect((await hold(ben, 'room-2', interval)).status).toBe(201)
  })

  it.each([
    ['out_of_service', { outOfService: true }],
    ['not_available_then', { availableFromMs: startMs + 365 * 24 * hourMs }],
  ] as const)('refuses a space that says %s and offers another', async (code, change) => {
    const { pool } = world.cloud
    const [room] = (await readDirectory(pool, 'space', [siteId])).filter(({ key }) => key === 'room-1')
    if (!room) expect.fail('there is no such room')
    const put = (body: DirectoryBody<'space'>) =>
      inTransaction(pool, (tx) => putRows(tx, siteId, [{ kind: 'space', key: 'room-1', body }]))
    await put({ ...room.body, ...change })
    const interval = freeHour()
    await world.until(async () => refused(await hold(anna, 'room-1', interval))[1] === code)
    const answer = await hold(anna, 'room-1', interval)
    expect(refused(answer)).toEqual([409, code])
    const [first] = (answer.body as Problem).alternatives ?? []
    expect(first).toEqual({ spaceId: 'room-2', name: 'Room 2', ...interval })
    await put(room.body)
    await world.until(async () => (await hold(anna, 'room-1', freeHour())).status === 201)
  })

  it("shows and changes nobody else's booking", async () => {
    const { bookingId } = view(await hold(anna, 'room-1'))
    expect((await ben.get(`/api/v1/bookings/${bookingId}`)).status).toBe(404)
    expect((await ben.post(`/api/v1/bookings/${bookingId}/cancel`, {}, key())).status).toBe(404)
    expect((await ben.post(`/api/v1/bookings/${bookingId}/confirm`, { method: 'card' }, key())).status).toBe(
      404,
    )
    const mine = (await anna.get('/api/v1/bookings')).body.items as BookingView[]
    expect(mine.map((one) => one.bookingId)).toContain(bookingId)
    const theirs = (await ben.get('/api/v1/bookings')).body.items as BookingView[]
    expect(theirs.map((one) => one.bookingId)).not.toContain(bookingId)
  })

  it('books nothing for an account without a member', async () => {
    expect(refused(await hold(await world.as('hana'), 'room-1'))).toEqual([403, 'not_a_member'])
  })
})

describe('the same action twice', () => {
  it('gives sixteen parallel calls under one key one booking and sixteen equal answers', async () => {
    const [by, interval] = [key(), freeHour()]
    const before = await count('bookings')
    const answers = await Promise.all(Array.from({ length: 16 }, () => hold(anna, 'room-1', interval, by)))
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([201]))
    expect(new Set(answers.map((one) => one.text)).size).toBe(1)
    expect(await count('bookings')).toBe((before ?? 0) + 1)
  })

  it('gives one of sixteen parallel calls under sixteen keys the slot, and fifteen a 409', async () => {
    for (let round = 0; round < 5; round += 1) {
      const interval = freeHour()
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, index) => hold(index % 2 === 0 ? anna : ben, 'room-1', interval)),
      )
      const statuses = answers.map((one) => one.status).sort()
      expect(statuses).toEqual([201, ...Array.from({ length: 15 }, () => 409)])
    }
  })

  it('refuses another body under the same key, and a missing or silly key', async () => {
    const by = key()
    expect((await hold(anna, 'room-1', freeHour(), by)).status).toBe(201)
    expect(refused(await hold(anna, 'room-1', freeHour(), by))).toEqual([422, 'key_reused'])
    expect(refused(await hold(anna, 'room-1', freeHour(), 'short'))).toEqual([400, 'key_required'])
    const body = { spaceId: 'room-1', ...freeHour() }
    expect(refused(await anna.post('/api/v1/sites/north/bookings', body))).toEqual([400, 'key_required'])
  })

  it('keeps the keys of two people apart', async () => {
    const by = key()
    const [first, second] = [
      await hold(anna, 'room-1', freeHour(), by),
      await hold(ben, 'room-1', freeHour(), by),
    ]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(view(first).bookingId).not.toBe(view(second).bookingId)
  })

  it('charges once when a payment is sent twice at once', async () => {
    const { bookingId } = view(await hold(anna, 'room-1'))
    const by = key()
    const body = { method: 'card', card: 'sandbox_ok' }
    const before = await count('sandbox_charge')
    const answers = await Promise.all(
      [1, 2, 3].map(() => anna.post(`/api/v1/bookings/${bookingId}/confirm`, body, by)),
    )
    expect(new Set(answers.map((one) => one.text)).size).toBe(1)
    expect(await count('sandbox_charge')).toBe((before ?? 0) + 1)
  })

  it('lets go of the second amount when two payments with two keys race', async () => {
    const { bookingId } = view(await hold(anna, 'room-1'))
    const body = { method: 'card', card: 'sandbox_ok' }
    await Promise.all([1, 2].map(() => anna.post(`/api/v1/bookings/${bookingId}/confirm`, body, key())))
    expect(await count(`card_payment WHERE booking_id = $1 AND state = 'captured'`, bookingId)).toBe(1)
    expect(await count(`card_payment WHERE booking_id = $1 AND state = 'authorised'`, bookingId)).toBe(0)
  })
})

describe('a site that cannot be reached', () => {
  afterEach(async () => {
    await world.site.heartbeat()
  })

  it('answers 503 before anything is written when it is known to be offline', async () => {
    const before = [
      await count('booking_order'),
      await count('booking_request'),
      await count('idempotency_key'),
    ]
    expect(refused(await hold(anna, 'room-1', freeHour(), key(), 'south'))).toEqual([503, 'site_unreachable'])
    const by = key()
    const interval = freeHour()
    world.clock.advance(25_000)
    expect(refused(await hold(anna, 'room-1', interval, by))).toEqual([503, 'site_unreachable'])
    expect([
      await count('booking_order'),
      await count('booking_request'),
      await count('idempotency_key'),
    ]).toEqual(before)
    // The same key works when the site is back: nothing had been decided.
    await world.site.heartbeat()
    expect((await hold(anna, 'room-1', interval, by)).status).toBe(201)
  })
})
