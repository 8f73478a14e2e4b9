import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { friday10, get, hour, minute, post } from '../bookings/testing/booking-site.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { elmSale, elmTerms, endOf, type LoanSite, openLoanSite } from './testing/loan-site.ts'

let site: LoanSite
beforeEach(() => {
  site = openLoanSite()
})
afterEach(() => {
  expect(checkRebuild(site.db, site.modules)).toMatchObject({ equal: true })
  expect(site.bugs).toEqual([])
  site.close()
})

let keys = 0
function hold(spaceId: string, fromMs: number, lengthMs = hour) {
  keys += 1
  const body = { spaceId, fromMs, toMs: fromMs + lengthMs, guestName: 'Robin Demo' }
  return post(site, { path: '/bookings', key: `key-loan-${keys}`, body })
}
const at = (hours: number) => friday10 + hours * hour
const sale = (change: object = {}) => ({ kind: 'booking', key: 'bk_cloud', body: { ...elmSale, ...change } })
const end = (change: Parameters<typeof endOf>[1] = {}) => ({
  kind: 'loan',
  key: elmTerms.loanId,
  body: endOf(elmTerms, change),
})
const kept = {
  bookingId: 'bk_cloud',
  fromMs: elmSale.fromMs,
  blockToMs: elmSale.blockToMs,
  status: 'confirmed',
}
const found = async () => (await get(site, `/bookings?reference=${elmSale.reference}`)).body.items[0]
const held = () => site.db.prepare('SELECT booking_id FROM booking_blocks ORDER BY 1').pluck().all()
const status = (id = 'bk_cloud') =>
  site.db.prepare('SELECT status FROM bookings WHERE booking_id = ?').pluck().get(id)

describe('what is lent', () => {
  test('is not sold on site, up to the block that would reach into it, until the end row is applied', async () => {
    await site.grant()
    expect(site.entries('loan.granted')).toEqual([elmTerms])
    const refused = await hold('elm', at(1))
    expect([refused.status, refused.body.code]).toEqual([409, 'lent'])
    // The gap of a quarter of an hour would reach into the loan.
    expect((await hold('elm', at(0), hour - 14 * minute)).body.code).toBe('lent')
    expect((await hold('elm', at(0), hour - 15 * minute)).status).toBe(201)
    expect((await hold('elm', at(5))).status).toBe(201)
    await site.recall(elmTerms.loanId)
    expect((await hold('elm', at(1))).body.code).toBe('lent')
    site.clock.advance(4 * hour)
    expect((await hold('elm', at(4))).body.code).toBe('lent')
    site.bring([end()])
    expect(site.entries('loan.ended')).toHaveLength(1)
    expect((await hold('elm', at(4), 45 * minute)).status).toBe(201)
  })

  test('is refused with alternatives that can be booked now', async () => {
    await site.grant()
    const { body } = await hold('elm', at(1))
    expect(body.alternatives?.length).toBeGreaterThan(0)
    for (const { spaceId, fromMs } of body.alternatives ?? []) {
      const offered = await hold(spaceId, fromMs)
      expect(offered.status).toBe(201)
      await post(site, { path: `/bookings/${offered.body.bookingId}/cancel`, key: `key-alt-${keys}` })
    }
  })

  test('is taken in plan and day, which say until when it is sold elsewhere', async () => {
    await site.grant()
    const plan = await get(site, `/plan?fromMs=${at(1)}&toMs=${at(2)}`)
    const spaces = (plan.body as unknown as { spaces: { spaceId: string }[] }).spaces
    const { fromMs, toMs, sellUntilMs } = elmTerms
    expect(spaces.find(({ spaceId }) => spaceId === 'elm')).toMatchObject({
      status: 'taken',
      lentOut: { fromMs, toMs, sellUntilMs },
    })
    const day = await get(site, '/spaces/elm/day?date=2026-11-20')
    const { slots } = day.body as unknown as { slots: { fromMs: number; state: string; lent?: true }[] }
    const slotAt = (ms: number) => slots.find((slot) => slot.fromMs === ms)
    expect(slotAt(at(1))).toMatchObject({ state: 'taken', lent: true })
    expect(slotAt(at(5))).toMatchObject({ state: 'free' })
    for (const slot of slots.filter(({ state }) => state === 'free')) {
      const booked = await hold('elm', slot.fromMs, 30 * minute)
      expect(booked.status).toBe(201)
      await post(site, { path: `/bookings/${booked.body.bookingId}/cancel`, key: `key-off-${slot.fromMs}` })
    }
  })

  test('takes a hall with it that it is part of', async () => {
    const elm = site.directory.get('space', 'elm')
    site.apply('space', 'hall', { ...elm, name: 'Hall', kind: 'event_space', parts: ['elm', 'oak'] })
    await site.grant()
    expect((await hold('hall', at(1))).body.code).toBe('lent')
    expect(await site.grant({ loanId: 'ln_hall' as never, spaceId: 'hall' as never })).toEqual({
      refused: 'combined_space',
    })
  })

  test('does not let a booking before it grow into it', async () => {
    const held = await hold('elm', at(0), 30 * minute)
    const path = `/bookings/${held.body.bookingId}`
    await post(site, { path: `${path}/confirm`, key: 'key-pay-1', body: { method: 'cash' } })
    await site.grant()
    const longer = await post(site, { path: `${path}/extend`, key: 'key-ext-1', body: { toMs: at(1) } })
    expect(longer.body.code).toBe('lent')
    const { toMs } = longer.body.alternatives?.[0] ?? {}
    expect(toMs).toBe(at(1) - 15 * minute)
  })

  test('was free, is lent once, and is not lent by a site that must not sell', async () => {
    const own = await hold('elm', at(2))
    expect(await site.grant()).toEqual({ refused: 'not_free' })
    await post(site, { path: `/bookings/${own.body.bookingId}/cancel`, key: 'key-free-2' })
    await site.grant()
    expect(await site.grant({ loanId: 'ln_2' as never, fromMs: at(4), toMs: at(6) })).toEqual({
      refused: 'already_lent',
    })
    expect(await site.grant({ loanId: 'ln_3' as never, spaceId: 'nowhere' as never })).toEqual({
      refused: 'unknown_space',
    })
    expect(await site.grant({ loanId: 'ln_4' as never, fromMs: at(6), toMs: at(7), epoch: 0 })).toEqual({
      refused: 'old_epoch',
    })
    site.kernel.setSelling('fenced')
    expect(await site.grant({ loanId: 'ln_5' as never, fromMs: at(6), toMs: at(7) })).toEqual({
      refused: 'selling_stopped',
    })
    expect(site.entries('loan.granted')).toHaveLength(1)
  })

  test('is kept by the store itself, whatever a decision overlooks', async () => {
    await site.grant()
    const insert = (id: string) =>
      site.db
        .prepare('INSERT INTO booking_blocks VALUES (?, ?, ?, ?)')
        .run(id, 'elm', elmTerms.toMs - 1, elmTerms.toMs + 1)
    expect(() => insert('bk_own')).toThrow(/^lent$/)
    const own = await hold('elm', at(5))
    expect(() =>
      site.db
        .prepare('UPDATE booking_blocks SET from_ms = ? WHERE booking_id = ?')
        .run(elmTerms.toMs - 1, own.body.bookingId),
    ).toThrow(/^lent$/)
    const loan = site.db.prepare(
      "INSERT INTO loans (loan_id, kind, space_id, from_ms, to_ms, confirmed) VALUES ('x', 'lent', 'elm', ?, ?, 0)",
    )
    expect(() => loan.run(at(5), at(6))).toThrow(/^not_free$/)
    expect(() => loan.run(at(4), at(5))).toThrow(/^already_lent$/)
  })
})

describe('a booking that the cloud sold in a loan', () => {
  test('is in the books with its money, keeps the time after the loan is over, and is counted', async () => {
    await site.grant()
    site.bring([sale()])
    expect(site.entries('booking.received')).toMatchObject([{ outcome: 'taken', bookingId: 'bk_cloud' }])
    expect(status()).toBe('confirmed')
    expect(site.db.prepare('SELECT amount_minor, taken_by FROM payments').all()).toEqual([
      { amount_minor: 1200, taken_by: 'cloud' },
    ])
    site.bring([end({ kept: [kept] as never })])
    expect((await hold('elm', at(2))).body.code).toBe('space_taken')
    expect((await hold('elm', at(1), 45 * minute)).status).toBe(201)
  })

  test('frees its time when it is cancelled, and gives its money back once', async () => {
    await site.grant()
    site.bring([sale()])
    const refunds = [{ paymentId: 'pay_r', ofPaymentId: 'pay_cloud_1', method: 'card', amountMinor: 1200 }]
    site.bring([sale({ status: 'cancelled', refunds }), end()])
    expect(site.entries('booking.received').at(-1)).toMatchObject({ outcome: 'freed', standing: null })
    expect(status()).toBe('cancelled')
    expect(site.db.prepare('SELECT count(*) FROM payments').pluck().get()).toBe(2)
    expect((await hold('elm', at(2))).status).toBe(201)
  })

  test('is held by the cloud’s word, never ended by the site’s clock, nor paid on site', async () => {
    await site.grant()
    site.bring([sale({ status: 'held', holdUntilMs: friday10 + minute, payments: [] })])
    site.clock.advance(10 * minute)
    await site.sweep.run()
    expect(status()).toBe('held')
    expect((await hold('elm', at(2))).body.code).toBe('space_taken')
    const paid = await post(site, {
      path: '/bookings/bk_cloud/confirm',
      key: 'key-pay-9',
      body: { method: 'cash' },
    })
    expect(paid.body.code).toBe('decided_by_cloud')
    site.bring([sale({ status: 'expired', payments: [] })])
    expect(status()).toBe('expired')
    expect(held()).toEqual([])
  })

  test('that the end of its loan names keeps others out before its own row comes', async () => {
    await site.grant()
    site.bring([end({ kept: [kept] as never })])
    expect(status()).toBeUndefined()
    expect((await hold('elm', at(2))).body.code).toBe('space_taken')
    site.bring([sale()])
    expect(site.entries('booking.received')).toMatchObject([{ outcome: 'taken' }])
    expect(status()).toBe('confirmed')
  })

  test('is checked in, left and ended by the site alone', async () => {
    await site.grant()
    site.bring([sale()])
    site.clock.advance(2 * hour)
    expect((await post(site, { path: '/bookings/bk_cloud/check-in', key: 'key-in-1' })).status).toBe(200)
    site.bring([sale({ status: 'cancelled' })])
    expect(site.entries('booking.received').at(-1)).toMatchObject({ outcome: 'too_late' })
    expect(status()).toBe('checked_in')
    site.clock.advance(hour)
    await site.sweep.run()
    expect(status()).toBe('completed')
  })

  test('moves with its row, and stands in its old place until then', async () => {
    await site.grant()
    site.bring([sale()])
    site.bring([sale({ fromMs: at(1), toMs: at(2), blockToMs: at(2) + 15 * minute })])
    const block = site.db.prepare('SELECT from_ms, block_to_ms FROM booking_blocks').all()
    expect(block).toEqual([{ from_ms: at(1), block_to_ms: at(2) + 15 * minute }])
  })

  test('is displaced by a sale of the site that stands, and answered so', async () => {
    const own = await hold('elm', at(2))
    await post(site, {
      path: `/bookings/${own.body.bookingId}/confirm`,
      key: 'key-pay-3',
      body: { method: 'cash' },
    })
    site.bring([sale()])
    expect(site.entries('booking.received')).toMatchObject([
      { outcome: 'displaced', standing: null, irregular: 'unknown_loan' },
    ])
    expect(status()).toBe('displaced')
    expect(held()).toEqual([own.body.bookingId])
    expect(await found()).toMatchObject({ status: 'displaced', decidedBy: 'cloud' })
  })
})

describe('a booking of the cloud at the kiosk', () => {
  test('says that the cloud confirmed it, also once somebody checked in', async () => {
    await site.grant()
    site.bring([sale({ status: 'held', payments: [], holdUntilMs: friday10 + 5 * minute })])
    site.clock.advance(minute)
    const unpaid = await found()
    expect([unpaid?.status, unpaid?.decidedBy]).toEqual(['held', undefined])
    site.bring([sale()])
    expect(await found()).toMatchObject({ status: 'confirmed', decidedBy: 'cloud' })
    site.clock.advance(2 * hour)
    await post(site, { path: '/bookings/bk_cloud/check-in', key: 'key-in-1', body: {} })
    expect(await found()).toMatchObject({ status: 'checked_in', decidedBy: 'cloud' })
  })
})

describe('rows of the directory', () => {
  test('change nothing when they come again, at their place or before it', async () => {
    await site.grant()
    site.bring([sale(), end({ kept: [kept] as never })])
    const head = site.kernel.head
    const { epoch, rev } = site.directory.position()
    const again = { ...sale({ status: 'cancelled' }), epoch, rev: rev - 1 }
    site.directory.apply([again], { epoch, rev, handle: undefined, offset: 'x' }, false)
    await site.sales.catchUp()
    expect(site.kernel.head).toEqual(head)
    expect(status()).toBe('confirmed')
  })

  test('that are gone from a whole new copy end neither loan nor sale', async () => {
    await site.grant()
    site.bring([sale()])
    const spaces = [...site.directory.all('space')].map(([key, body]) => ({ kind: 'space', key, body }))
    const siteRow = { kind: 'site', key: 'harbour-house', body: site.directory.site() ?? {} }
    site.bring([siteRow, ...spaces], true)
    expect(site.directory.all('booking').size).toBe(0)
    expect(status()).toBe('confirmed')
    expect((await hold('elm', at(1), 30 * minute)).body.code).toBe('lent')
    site.bring([{ kind: 'booking', key: 'bk_cloud', body: null }])
    expect(held()).toEqual(['bk_cloud'])
  })

  test('for a space that the site never had displace the booking; one that comes with its space does not', () => {
    site.bring([sale({ spaceId: 'nowhere' })])
    expect(site.entries('booking.received')).toMatchObject([
      { outcome: 'displaced', irregular: 'unknown_loan' },
    ])
    const row = { ...site.directory.get('space', 'elm'), name: 'New' }
    site.bring([
      { kind: 'booking', key: 'bk_2', body: { ...elmSale, spaceId: 'new-room', payments: [] } },
      { kind: 'space', key: 'new-room', body: row },
    ])
    expect(site.entries('booking.received').at(-1)).toMatchObject({ bookingId: 'bk_2', outcome: 'taken' })
  })

  test('that cannot be a booking are reported and stay, and the ones behind them go on', async () => {
    await site.grant()
    site.bring([
      { kind: 'booking', key: 'bk_bad', body: { ...elmSale, toMs: elmSale.fromMs } },
      { kind: 'booking', key: 'not an id', body: elmSale },
      { kind: 'loan', key: 'ln_bad', body: { reason: 'because' } },
      sale(),
    ])
    expect(site.refused).toEqual([expect.stringMatching(/^reversed booking\/bk_bad/)])
    expect(status()).toBe('confirmed')
    expect(site.directory.unreadable.has('loan/ln_bad')).toBe(true)
  })

  test('that end a loan nobody gave are recorded, and a grant under its name is refused', async () => {
    site.bring([end()])
    expect(site.entries('loan.ended')).toHaveLength(1)
    expect(await site.grant()).toEqual({ refused: 'loan_ended' })
  })

  test('are not carried out when their position cannot be stored, and then come again', async () => {
    await site.grant()
    const broken = 'CREATE TRIGGER full BEFORE INSERT ON directory BEGIN SELECT raise(ABORT, "x"); END'
    site.db.exec(broken.replaceAll('"', "'"))
    expect(() => site.bring([sale()])).toThrow()
    expect(site.entries('booking.received')).toEqual([])
    site.db.exec('DROP TRIGGER full')
    site.bring([sale()])
    expect(site.entries('booking.received')).toHaveLength(1)
  })

  test('that a release before could only store are carried out at the next start', async () => {
    await site.grant()
    site.directory.bind({ prepare: async () => {}, carryOut: (_rows, store) => site.db.transaction(store)() })
    site.bring([sale(), end({ kept: [kept] as never })])
    expect(site.entries('booking.received')).toEqual([])
    await site.sales.catchUp()
    expect(site.entries('booking.received')).toMatchObject([{ outcome: 'taken' }])
    expect(site.entries('loan.ended')).toHaveLength(1)
  })
})
