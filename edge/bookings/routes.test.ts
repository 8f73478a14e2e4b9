import {
  bookingViewSchema,
  dayViewSchema,
  planViewSchema,
  receiptViewSchema,
} from '@gatehouse/shared/api/views'
import { describe, expect, test } from 'vitest'
import { takings } from '../drawer/payment-store.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { bookingCounts } from './booking-store.ts'
import {
  type BookingSite,
  friday10,
  get,
  hour,
  minute,
  openBookingSite,
  post,
} from './testing/booking-site.ts'

const guest = (spaceId: string, from = 1, hours = 1) => ({
  spaceId,
  fromMs: friday10 + from * hour,
  toMs: friday10 + (from + hours) * hour,
  guestName: 'Robin Demo',
})
const hold = (site: BookingSite, key: string, body: unknown) => post(site, { path: '/bookings', key, body })
const act = (
  site: BookingSite,
  bookingId: string,
  verb: string,
  body: unknown = {},
  key = `${verb}-${bookingId}`,
) => post(site, { path: `/bookings/${bookingId}/${verb}`, key, body })

function bookingsIn(site: BookingSite): number {
  return site.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM bookings').get()?.n ?? -1
}

describe('one slot under contention', () => {
  test('16 parallel requests under 16 keys give one 201 and fifteen 409, 100 times', async () => {
    const site = openBookingSite()
    for (let round = 0; round < 100; round += 1) {
      const slot = guest('desk-1', 1 + round)
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, n) => hold(site, `key-${round}-${n}`, slot)),
      )
      const statuses = answers.map(({ status }) => status).sort()
      expect(statuses).toEqual([201, ...Array.from({ length: 15 }, () => 409)])
      expect(bookingsIn(site)).toBe(round + 1)
    }
    expect(site.bugs).toEqual([])
    expect(checkRebuild(site.db, site.modules).equal).toBe(true)
  })

  test('16 parallel requests under one key give sixteen equal answers and one row, 100 times', async () => {
    const site = openBookingSite()
    for (let round = 0; round < 100; round += 1) {
      const slot = guest('desk-1', 1 + round)
      const answers = await Promise.all(Array.from({ length: 16 }, () => hold(site, `key-${round}`, slot)))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]?.status).toBe(201)
      expect(bookingsIn(site)).toBe(round + 1)
    }
  })

  test('16 parallel card payments charge once, under one key and under many', async () => {
    const site = openBookingSite()
    for (const [round, keys] of [1, 16].entries()) {
      const { body } = await hold(site, `hold-key-${round}`, guest('elm', 1 + 2 * round))
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, n) =>
          act(site, body.bookingId, 'confirm', { method: 'card' }, `pay-${round}-${n % keys}`),
        ),
      )
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(keys === 1 ? 16 : 1)
    }
    await site.kernel.submit({ kind: 'sweepBookings', caller: 'system', key: 'turn-the-loop', input: {} })
    const captured = site.gateway.payments().filter(({ state }) => state === 'captured')
    expect(captured.map(({ amountMinor }) => amountMinor)).toEqual([1200, 1200])
    expect(site.gateway.payments().filter(({ state }) => state === 'authorised')).toEqual([])
    expect(takings(site.db)).toEqual([{ currency: 'EUR', method: 'card', count: 2, amountMinor: 2400 }])
  })
})

describe('a walk-in books a room', () => {
  test('holds, pays cash with change, checks in and completes', async () => {
    const site = openBookingSite()
    const held = await hold(site, 'key-hold', guest('elm', 0, 2))
    expect(held.status).toBe(201)
    const view = bookingViewSchema.parse(held.body)
    expect(view).toMatchObject({
      status: 'held',
      holdUntilMs: friday10 + 5 * minute,
      holder: 'guest',
      spaceName: 'Elm',
    })
    expect(view.price).toMatchObject({ totalMinor: 2400, taxMinor: 383 })
    expect(view.reference).toMatch(/^HH-[0-9A-Z]{5}$/)

    const short = await act(
      site,
      view.bookingId,
      'confirm',
      { method: 'cash', tenderedMinor: 2399 },
      'key-short',
    )
    expect([short.status, short.body.code]).toEqual([422, 'payment_amount'])
    const paid = await act(site, view.bookingId, 'confirm', { method: 'cash', tenderedMinor: 5000 })
    expect(paid.status).toBe(200)
    expect(receiptViewSchema.parse(paid.body.receipt)).toMatchObject({
      changeMinor: 2600,
      amountMinor: 2400,
      method: 'cash',
    })
    expect(paid.body).toMatchObject({
      status: 'confirmed',
      paidMinor: 2400,
      paidBy: 'cash',
      decidedBy: 'site',
    })

    const found = await get(site, `/bookings?reference=${view.reference.toLowerCase()}`)
    expect(found.body.items).toHaveLength(1)
    expect((await act(site, view.bookingId, 'check-in')).body.status).toBe('checked_in')
    site.clock.advance(2 * hour)
    expect(await site.sweep.run()).toBe(1)
    expect(bookingCounts(site.db)).toEqual({ completed: 1 })
    expect(checkRebuild(site.db, site.modules).equal).toBe(true)
    expect(site.bugs).toEqual([])
  })

  test('keeps the name out of the ledger, and can forget it', async () => {
    const site = openBookingSite()
    await hold(site, 'key-hold', guest('elm'))
    const row = site.db.prepare<[], { id: string }>('SELECT holder_id AS id FROM bookings').get()
    const texts = site.db.prepare<[], { text: string }>('SELECT text FROM entries').all()
    expect(texts.some(({ text }) => text.includes('Robin'))).toBe(false)
    const guestId = row?.id ?? ''
    expect(site.env.subjects.get(site.db, guestId)).toBe('Robin Demo')
    site.env.subjects.erase(site.db, guestId)
    expect(site.env.subjects.get(site.db, guestId)).toBeUndefined()
  })

  test('is refused a taken room with rooms and times that can be booked instead', async () => {
    const site = openBookingSite()
    await hold(site, 'key-first', guest('elm'))
    const refused = await hold(site, 'key-second', guest('elm'))
    expect([refused.status, refused.body.code]).toEqual([409, 'space_taken'])
    expect(refused.body.alternatives?.[0]).toMatchObject({ spaceId: 'oak', name: 'Oak' })
    for (const [n, offer] of (refused.body.alternatives ?? []).entries()) {
      const { spaceId, fromMs, toMs } = offer
      const taken = await hold(site, `key-offer-${n}`, { spaceId, fromMs, toMs, guestName: 'A' })
      const again = taken.status === 201 && (await act(site, taken.body.bookingId, 'cancel')).status
      expect(again).toBe(200)
    }
  })

  test('gets a freed slot again under a new key, and the old answer under the old one', async () => {
    const site = openBookingSite()
    const first = await hold(site, 'key-first', guest('elm'))
    await act(site, first.body.bookingId, 'cancel')
    expect(await hold(site, 'key-first', guest('elm'))).toEqual(first)
    expect((await hold(site, 'key-second', guest('elm'))).status).toBe(201)
    expect((await hold(site, 'key-first', guest('oak'))).body.code).toBe('key_reused')
  })

  test('loses a hold that ran out: it cannot be paid, its card is not charged, the room is free', async () => {
    const site = openBookingSite()
    const { body } = await hold(site, 'key-first', guest('elm'))
    site.clock.advance(5 * minute)
    const paid = await act(site, body.bookingId, 'confirm', { method: 'card' })
    expect([paid.status, paid.body.code]).toEqual([410, 'hold_expired'])
    expect(site.gateway.payments()).toEqual([])
    expect((await hold(site, 'key-second', guest('elm'))).status).toBe(201)
    expect(bookingCounts(site.db)).toEqual({ expired: 1, held: 1 })
    expect(await site.sweep.run()).toBe(0)
  })

  test('keeps the hold when the card is declined, and pays with another', async () => {
    const site = openBookingSite()
    const { body } = await hold(site, 'key-first', guest('elm'))
    const declined = await act(
      site,
      body.bookingId,
      'confirm',
      { method: 'card', card: 'sandbox_declined' },
      'key-a',
    )
    expect([declined.status, declined.body.code]).toEqual([402, 'payment_declined'])
    expect((await act(site, body.bookingId, 'confirm', { method: 'card' }, 'key-b')).status).toBe(200)
  })
})

describe('a member', () => {
  const member = (spaceId: string, from = 1) => {
    const { guestName: _, ...rest } = guest(spaceId, from)
    return { ...rest, memberToken: 'token-m-1' }
  }
  test('books what the plan covers at no charge, and the rest with the plan’s discount', async () => {
    const site = openBookingSite()
    const desk = await hold(site, 'key-desk', member('desk-1'))
    expect(desk.body.price.totalMinor).toBe(0)
    expect((await act(site, desk.body.bookingId, 'confirm', { method: 'plan' })).body.status).toBe(
      'confirmed',
    )
    const room = await hold(site, 'key-room', member('elm'))
    expect(room.body.price.totalMinor).toBe(900)
    const refused = await act(site, room.body.bookingId, 'confirm', { method: 'plan' })
    expect([refused.status, refused.body.code]).toEqual([402, 'plan_does_not_cover'])
    expect((await get(site, '/bookings?memberToken=token-m-1')).body.items).toHaveLength(2)
  })

  test('is asked to identify again when the token is not known', async () => {
    const site = openBookingSite()
    const answer = await hold(site, 'key-desk', { ...member('desk-1'), memberToken: 'old' })
    expect([answer.status, answer.body.code]).toEqual([401, 'member_token_expired'])
    expect((await get(site, '/bookings?memberToken=old')).status).toBe(401)
  })

  test('cancels early enough for half the price, and twice for nothing more', async () => {
    const site = openBookingSite()
    const { body } = await hold(site, 'key-room', member('elm', 30))
    const settled = new Promise<void>((resolve) => {
      let outcomes = 0
      site.kernel.onCommitted((entries) => {
        outcomes += entries.filter(({ entry }) => entry.type === 'effect.settled').length
        if (outcomes === 2) resolve()
      })
    })
    await act(site, body.bookingId, 'confirm', { method: 'card' })
    const cancelled = await act(site, body.bookingId, 'cancel', {}, 'key-c1')
    expect(cancelled.body).toMatchObject({ status: 'cancelled', paidMinor: 900, refundedMinor: 450 })
    expect((await act(site, body.bookingId, 'cancel', {}, 'key-c2')).body).toEqual(cancelled.body)
    await settled
    expect(site.gateway.payments()).toMatchObject([{ state: 'captured', refundedMinor: 450 }])
    expect(takings(site.db)).toEqual([{ currency: 'EUR', method: 'card', count: 2, amountMinor: 450 }])
    expect(checkRebuild(site.db, site.modules).equal).toBe(true)
  })

  test('who does not come within the grace loses the room', async () => {
    const site = openBookingSite()
    const { body } = await hold(site, 'key-room', member('elm'))
    await act(site, body.bookingId, 'confirm', { method: 'card' })
    site.clock.advance(hour + 15 * minute - 1)
    expect(await site.sweep.run()).toBe(0)
    site.clock.advance(1)
    expect(await site.sweep.run()).toBe(1)
    expect(bookingCounts(site.db)).toEqual({ no_show: 1 })
    expect((await hold(site, 'key-next', guest('elm', 1.25))).status).toBe(201)
  })
})

describe('while the clock is not trusted', () => {
  test('nothing runs out by itself', async () => {
    const site = openBookingSite()
    await hold(site, 'key-first', guest('elm'))
    site.clock.advance(hour)
    site.clock.set({ quality: 'untrusted' })
    expect(await site.sweep.run()).toBe(0)
    expect((await hold(site, 'key-second', guest('elm'))).body.code).toBe('space_taken')
  })

  test('the plan shows free, and a refusal offers instead, only what can be booked', async () => {
    const site = openBookingSite()
    await hold(site, 'key-first', guest('elm', 2))
    await hold(site, 'key-other', guest('oak', 2))
    site.clock.advance(hour)
    site.clock.set({ quality: 'untrusted' })
    const { body } = await get(site, `/plan?fromMs=${friday10 + 2 * hour}&toMs=${friday10 + 3 * hour}`)
    const elm = planViewSchema.parse(body).spaces.find(({ spaceId }) => spaceId === 'elm')
    expect(elm?.status).toBe('taken')
    const refused = await hold(site, 'key-second', guest('elm', 2))
    const { alternatives = [] } = refused.body
    expect(alternatives.length).toBeGreaterThan(0)
    expect(alternatives).not.toContainEqual(
      expect.objectContaining({ spaceId: 'oak', fromMs: friday10 + 2 * hour }),
    )
  })

  test('a hold can still be paid by card, and is charged', async () => {
    const site = openBookingSite()
    const { body } = await hold(site, 'key-first', guest('elm'))
    site.clock.advance(hour)
    site.clock.set({ quality: 'untrusted' })
    expect((await act(site, body.bookingId, 'confirm', { method: 'card' })).status).toBe(200)
    await site.kernel.submit({ kind: 'sweepBookings', caller: 'system', key: 'turn-the-loop', input: {} })
    expect(site.gateway.payments()).toMatchObject([{ state: 'captured', amountMinor: 1200 }])
  })
})

describe('a card payment that was never authorised', () => {
  test('confirms nothing', async () => {
    const site = openBookingSite()
    const { body } = await hold(site, 'key-first', guest('elm'))
    const input = { bookingId: body.bookingId, method: 'card', offeredMinor: 1200 }
    const answer = await site.kernel.submit({ kind: 'confirmBooking', caller: 'kiosk:1', key: 'k', input })
    expect(answer).toEqual({ ok: false, refusal: { code: 'payment_needed' } })
  })
})

describe('bad input', () => {
  test.each([
    ['an unknown space', { ...guest('nowhere') }, 404, 'unknown_space'],
    ['reversed times', { ...guest('elm', 2, -1) }, 422, 'reversed'],
    ['a time in the past', { ...guest('elm', -3) }, 422, 'in_the_past'],
    ['a month and more', { ...guest('elm', 1, 24 * 32) }, 422, 'too_long'],
    ['times that are words', { ...guest('elm'), fromMs: 'soon' }, 422, 'invalid_input'],
    ['no name and no token', { ...guest('elm'), guestName: undefined }, 422, 'invalid_input'],
    ['name and token', { ...guest('elm'), memberToken: 'token-m-1' }, 422, 'invalid_input'],
  ])('refuses %s', async (_, body, status, code) => {
    const site = openBookingSite()
    const answer = await hold(site, 'key-bad', body)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(site.kernel.head.seq).toBe(0)
  })

  test('refuses what does not exist', async () => {
    const site = openBookingSite()
    expect((await act(site, 'bk_none', 'cancel')).status).toBe(404)
    expect((await act(site, 'bk_none', 'confirm', { method: 'card' })).status).toBe(404)
    expect((await get(site, '/bookings?reference=zz')).body.items).toEqual([])
    expect((await get(site, '/spaces/nowhere/day?date=2026-11-20')).status).toBe(404)
    expect((await get(site, '/spaces/elm/day?date=2026-02-30')).status).toBe(422)
    expect((await get(site, '/plan?fromMs=2&toMs=1')).status).toBe(422)
  })
})

describe('plan and day', () => {
  test('show what is held and taken, with prices, and list only what can be booked', async () => {
    const site = openBookingSite()
    const { body } = await hold(site, 'key-elm', guest('elm', 1))
    await act(site, body.bookingId, 'confirm', { method: 'card' })
    await hold(site, 'key-oak', guest('oak', 1))
    const plan = await get(site, `/plan?fromMs=${friday10 + hour}&toMs=${friday10 + 2 * hour}`)
    const spaces = planViewSchema.parse(plan.body).spaces
    expect(Object.fromEntries(spaces.map(({ spaceId, status }) => [spaceId, status]))).toEqual({
      elm: 'taken',
      oak: 'held',
      'desk-1': 'free',
      'desk-2': 'free',
    })
    expect(spaces[0]?.untilMs).toBe(friday10 + 2 * hour + 15 * minute)
    expect(spaces.every(({ price }) => price?.totalMinor === 1200)).toBe(true)

    const day = dayViewSchema.parse((await get(site, '/spaces/elm/day?date=2026-11-20')).body)
    const at = (hours: number) => day.slots.find(({ fromMs }) => fromMs === friday10 + hours * hour)?.state
    expect([at(-1), at(0), at(0.5), at(1), at(2), at(2.5)]).toEqual([
      'past',
      'free',
      'gap',
      'taken',
      'gap',
      'free',
    ])
    const free = day.slots.filter(({ state }) => state === 'free')
    for (const [n, slot] of free.entries()) {
      const { fromMs, toMs } = slot
      const booked = await hold(site, `key-slot-${n}`, { spaceId: 'elm', fromMs, toMs, guestName: 'A' })
      expect(booked.status).toBe(201)
      await act(site, booked.body.bookingId, 'cancel')
    }
  })
})
