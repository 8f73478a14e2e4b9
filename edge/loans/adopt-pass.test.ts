import * as ids from '@gatehouse/shared/ids/ids'
import type { HeldPass } from '@gatehouse/shared/passes/pass'
import { windowMs } from '@gatehouse/shared/passes/presentation'
import {
  bookingPass,
  samplePasses,
  show,
  signPass,
  testKeys,
} from '@gatehouse/shared/passes/testing/sample-passes'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { friday10, hour, minute, post } from '../bookings/testing/booking-site.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { elmSale, elmTerms, endOf, type LoanSite, openLoanSite } from './testing/loan-site.ts'

const door = {
  ...{ name: 'Elm', levelId: 'level-1', public: false, readerDeviceId: 'r', strikeDeviceId: 's' },
  ...{ pulseMs: 3_000, at: { x: 0, y: 0 } },
}
let site: LoanSite
beforeEach(() => {
  site = openLoanSite()
  site.apply('door', 'door-elm', door)
  site.apply('space', 'elm', { ...site.directory.get('space', 'elm'), doorId: 'door-elm' })
})
afterEach(() => {
  expect(checkRebuild(site.db, site.modules)).toMatchObject({ equal: true })
  expect(site.bugs).toEqual([])
  site.close()
})

const bookingId = ids.bookingIdSchema.parse('bk_cloud')
const pass: HeldPass = {
  ...bookingPass,
  ...{ kind: 'booking', bookingId, memberId: ids.memberIdSchema.parse('m-1'), loanId: elmTerms.loanId },
  block: { spaceId: elmTerms.spaceId, fromMs: elmSale.fromMs, toMs: elmSale.toMs },
}

/** Shows a pass at Elm's door, each time in a window of its own. */
async function scan(shown: HeldPass = pass, by?: ReturnType<typeof testKeys>): Promise<string> {
  site.clock.advance(windowMs)
  const presentation = show(signPass(shown, by), site.clock.now().wallMs)
  const said = await site.submit('presentPass', { deviceId: 'kiosk-1', doorId: 'door-elm', presentation })
  const { granted, reason, refused } = said as { granted?: boolean; reason?: string; refused?: string }
  return granted === true ? 'open' : (reason ?? refused ?? 'no answer')
}
const toStart = () => site.clock.set({ wallMs: elmSale.fromMs - windowMs })
const sale = (change: object = {}) => ({ kind: 'booking', key: 'bk_cloud', body: { ...elmSale, ...change } })
const end = (kept: object[] = []) => ({
  kind: 'loan',
  key: elmTerms.loanId,
  body: endOf(elmTerms, { kept: kept as never }),
})
const booked = () => site.db.prepare('SELECT booking_id, status FROM bookings').all()

describe('a pass for a booking that the site never heard of', () => {
  test('brings it into the books and opens the door, which its row then only completes', async () => {
    await site.grant()
    toStart()
    expect(await scan()).toBe('open')
    expect(site.strikes).toEqual(['s'])
    const { fromMs, toMs, blockToMs, holder } = elmSale
    expect(site.entries('booking.adopted')).toMatchObject([
      { bookingId, passId: pass.passId, loanIds: [elmTerms.loanId], holder, fromMs, toMs, blockToMs },
    ])
    expect(booked()).toEqual([{ booking_id: 'bk_cloud', status: 'confirmed' }])
    expect(await scan()).toBe('open')
    expect(site.entries('booking.adopted')).toHaveLength(1)
    site.bring([sale()])
    expect(site.entries('booking.received')).toMatchObject([{ outcome: 'known' }])
    const row = site.db.prepare("SELECT reference, price ->> '$.totalMinor' AS total FROM bookings").get()
    expect(row).toEqual({ reference: 'HH-C7A4D', total: 1200 })
    expect(booked()).toHaveLength(1)
  })

  test('is adopted before its time, and at the wrong door, but opens only in its own', async () => {
    await site.grant()
    expect(await scan()).toBe('no_right')
    expect(site.entries('booking.adopted')).toHaveLength(1)
    expect(
      (
        await post(site, {
          path: '/bookings',
          key: 'key-elm-1',
          body: { spaceId: 'elm', fromMs: elmSale.fromMs, toMs: elmSale.toMs, guestName: 'Robin Demo' },
        })
      ).body.code,
    ).toBe('space_taken')
    toStart()
    expect(await scan()).toBe('open')
  })

  test('is not cancelled or made longer here before its row tells what was paid', async () => {
    await site.grant()
    toStart()
    await scan()
    const code = async (what: string, body: object = {}) =>
      (await post(site, { path: `/bookings/bk_cloud/${what}`, key: `key-${what}-${body}`, body })).body.code
    expect(await code('cancel')).toBe('decided_by_cloud')
    expect(await code('extend', { toMs: elmSale.toMs + hour })).toBe('decided_by_cloud')
    const found = await site.app.request('/bookings?reference=bk_cloud')
    expect(await found.json()).toEqual({ items: [] })
    expect(await code('check-in')).toBeUndefined()
    site.bring([sale()])
    expect(site.entries('booking.received')).toMatchObject([{ outcome: 'known' }])
    const view = (await (await site.app.request('/bookings?memberToken=token-m-1')).json()) as {
      items: object[]
    }
    expect(view.items).toMatchObject([{ status: 'checked_in', paidMinor: 1200, price: elmSale.price }])
  })

  test('comes with a guest, too, and is its member’s when the row comes', async () => {
    await site.grant()
    toStart()
    const { loanId, block } = pass as Extract<HeldPass, { kind: 'booking' }>
    const guest = {
      ...samplePasses.guest,
      bookingId,
      ...(loanId && { loanId }),
      ...(block && { block }),
    } as HeldPass
    expect(await scan(guest)).toBe('open')
    site.bring([sale()])
    expect(site.db.prepare('SELECT holder_kind, holder_id FROM bookings').get()).toEqual({
      holder_kind: 'member',
      holder_id: 'm-1',
    })
  })

  test('ends the unpaid hold of the cloud that stands in its way: it was sold again since', async () => {
    await site.grant()
    site.bring([{ ...sale({ status: 'held', payments: [] }), key: 'bk_hold' }])
    toStart()
    expect(await scan()).toBe('open')
    expect(site.entries('booking.adopted')).toMatchObject([{ supersedes: ['bk_hold'] }])
    expect(booked()).toContainEqual({ booking_id: 'bk_hold', status: 'expired' })
  })

  test('proves such a hold over even when its holder has checked in before the row of the hold comes', async () => {
    await site.grant()
    toStart()
    await scan()
    await post(site, { path: '/bookings/bk_cloud/check-in', key: 'key-check-in', body: {} })
    expect(booked()).toEqual([{ booking_id: 'bk_cloud', status: 'checked_in' }])
    site.bring([{ ...sale({ status: 'held', payments: [] }), key: 'bk_hold' }])
    expect(site.entries('booking.received')).toMatchObject([{ outcome: 'freed', standing: null }])
  })

  test('is adopted from what the end of its loan keeps', async () => {
    await site.grant()
    const { fromMs, blockToMs } = elmSale
    site.bring([end([{ bookingId, status: 'confirmed', fromMs, blockToMs }])])
    toStart()
    expect(await scan()).toBe('open')
    expect(site.entries('booking.adopted')).toHaveLength(1)
  })

  test('opens nothing in a loan that is over, or outside of it, and no forged pass is believed', async () => {
    await site.grant()
    toStart()
    const block = { spaceId: elmTerms.spaceId, fromMs: elmSale.fromMs, toMs: elmTerms.toMs }
    expect(await scan({ ...pass, block } as HeldPass)).toBe('outside_loan')
    expect(await scan(pass, testKeys(9))).toBe('pass_forged')
    site.bring([end()])
    expect(await scan()).toBe('loan_ended')
    expect([site.entries('booking.adopted'), booked(), site.strikes]).toEqual([[], [], []])
  })

  test('is refused as unknown without a loan, or for a space that is not here', async () => {
    toStart()
    const { loanId: _, ...own } = pass as Extract<HeldPass, { kind: 'booking' }>
    expect(await scan(own as HeldPass)).toBe('booking_unknown')
    const block = { spaceId: ids.spaceIdSchema.parse('nowhere'), fromMs: elmSale.fromMs, toMs: elmSale.toMs }
    expect(await scan({ ...pass, block } as HeldPass)).toBe('booking_unknown')
    expect(site.entries('lending.stopped')).toEqual([])
  })
})

describe('a pass that names a loan the site does not know', () => {
  test('proves a rollback: it is served where free, what is lent is sold no more, somebody is called once', async () => {
    toStart()
    expect(await scan()).toBe('open')
    expect(site.entries('lending.stopped')).toMatchObject([
      { reason: 'unknown_loan', loanId: elmTerms.loanId, passId: pass.passId },
    ])
    expect(site.entries('incident.opened')).toMatchObject([{ kind: 'loan_unknown', about: elmTerms.loanId }])
    expect(site.entries('booking.adopted')).toMatchObject([{ irregular: 'unknown_loan' }])
    const other = { ...pass, passId: 'ps_ZZZZZZZZZZZZZZZZ', bookingId: 'bk_other' } as never as HeldPass
    const later = {
      spaceId: elmTerms.spaceId,
      fromMs: elmSale.fromMs + 2 * hour,
      toMs: elmSale.toMs + 2 * hour,
    }
    expect(await scan({ ...other, block: later } as HeldPass)).toBe('no_right')
    expect(site.entries('booking.adopted')).toHaveLength(2)
    expect(site.entries('incident.opened')).toHaveLength(1)
    expect(await site.grant()).toEqual({ refused: 'lending_stopped' })
  })

  test('stops the sale of what may be lent, and of nothing else, until lending goes on', async () => {
    const desks = { poolId: 'desks', kind: 'desk' }
    const policy = {
      ...{ sharePercent: 0, shareMinPercent: 0, shareMaxPercent: 0, stepPercent: 0 },
      ...{ windowMs: hour, leadMs: 0, cutOffMs: 0 },
    }
    const row = { ...site.directory.site(), lending: { pools: [{ ...desks, policy }] } }
    site.apply('site', 'harbour-house', row)
    toStart()
    await scan()
    const want = async (spaceId: string, key: string) => {
      const fromMs = site.clock.now().wallMs + 5 * hour
      const body = { spaceId, fromMs, toMs: fromMs + 30 * minute, guestName: 'Robin Demo' }
      return (await post(site, { path: '/bookings', key, body })).status
    }
    expect(await want('desk-1', 'key-desk-1')).toBe(503)
    expect(await want('oak', 'key-oak-1')).toBe(201)
    await site.submit('resumeLending', { epoch: 1 })
    expect(await want('desk-1', 'key-desk-2')).toBe(201)
  })

  test('is not served where the site sold to somebody else, and its row displaces it', async () => {
    const held = await post(site, {
      path: '/bookings',
      key: 'key-own-1',
      body: { spaceId: 'elm', fromMs: elmSale.fromMs, toMs: elmSale.toMs, guestName: 'Robin Demo' },
    })
    const path = `/bookings/${held.body.bookingId}/confirm`
    await post(site, { path, key: 'key-own-2', body: { method: 'cash' } })
    toStart()
    expect(await scan()).toBe('booking_displaced')
    expect(site.entries('lending.stopped')).toHaveLength(1)
    site.bring([sale()])
    expect(site.entries('booking.received')).toMatchObject([{ outcome: 'displaced' }])
  })
})

test('a pass opens for a booking whose row still says that it is unpaid: the cloud gives no pass before', async () => {
  await site.grant()
  site.bring([sale({ status: 'held', payments: [], holdUntilMs: friday10 + minute })])
  toStart()
  expect(await scan()).toBe('open')
  const { loanId: _, ...own } = pass as Extract<HeldPass, { kind: 'booking' }>
  expect(await scan(own as HeldPass)).toBe('booking_not_in_force')
})
