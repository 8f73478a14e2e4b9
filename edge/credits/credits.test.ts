import type { AllowanceRow } from '@gatehouse/shared/wire/v1/allowances'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { friday10, get, hour, post } from '../bookings/testing/booking-site.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { type LoanSite, openLoanSite } from '../loans/testing/loan-site.ts'
import { loadAllowance } from './allowance-store.ts'

let site: LoanSite
beforeEach(() => {
  site = openLoanSite()
})
afterEach(() => {
  expect(site.bugs).toEqual([])
  expect(checkRebuild(site.db, site.modules).equal).toBe(true)
  site.close()
})

const allowance = (movedMinor: number, change: object = {}) => ({
  kind: 'allowance',
  key: 'al_1',
  body: {
    ...{ memberId: 'm-1', bucketId: 'cb_1', currency: 'EUR', promotional: false },
    ...{ fromMs: friday10 - hour, expiresMs: friday10 + 30 * 24 * hour },
    ...{ movedMinor, askedBackMinor: 0, overdraftMinor: 0 },
    ...change,
  } as unknown as AllowanceRow & Record<string, unknown>,
})
const held = (id = 'al_1') => {
  const found = loadAllowance(site.db, id)
  return found.kind === 'held' ? found : expect.fail('no allowance')
}
let keys = 0
async function held1800(space = 'elm'): Promise<string> {
  keys += 1
  const input = {
    spaceId: space,
    fromMs: friday10 + 5 * hour,
    toMs: friday10 + 7 * hour,
    memberToken: 'token-m-1',
  }
  const answer = await post(site, { path: '/bookings', key: `hold-${keys}`, body: input })
  // Two hours at 12.00 less the plan's quarter.
  expect(answer).toMatchObject({ status: 201, body: { price: { totalMinor: 1800 } } })
  return String(answer.body.bookingId)
}
const pay = (bookingId: string, key: string, memberToken?: string) => {
  const body = { method: 'credits', ...(memberToken && { memberToken }) }
  return post(site, { path: `/bookings/${bookingId}/confirm`, key, body })
}
const left = async (bookingId: string) =>
  (await get(site, `/bookings/${bookingId}/credits?memberToken=token-m-1`)).body

describe('credits that the cloud moved to this site', () => {
  test('pay a booking of their member at the kiosk, once, and are on the receipt', async () => {
    site.bring([allowance(2500)])
    const bookingId = await held1800()
    expect(await left(bookingId)).toEqual({ leftMinor: 2500, currency: 'EUR' })
    const paid = await pay(bookingId, 'pay-1', 'token-m-1')
    expect(paid).toMatchObject({ status: 200, body: { status: 'confirmed', receipt: { method: 'credits' } } })
    expect(await pay(bookingId, 'pay-1', 'token-m-1')).toEqual(paid)
    expect(site.entries('allowance.drawn')).toMatchObject([{ allowanceId: 'al_1', amountMinor: 1800 }])
    expect(await left(bookingId)).toEqual({ leftMinor: 700, currency: 'EUR' })
  })

  test('come back when the booking is cancelled, to where they were drawn from', async () => {
    site.bring([allowance(2500)])
    const bookingId = await held1800()
    await pay(bookingId, 'pay-1', 'token-m-1')
    // There is no fee while nobody can say how late it is.
    site.clock.set({ quality: 'untrusted' })
    await post(site, { path: `/bookings/${bookingId}/cancel`, key: 'cancel-1' })
    expect(site.entries('allowance.restored')).toMatchObject([{ allowanceId: 'al_1', amountMinor: 1800 }])
    expect(held()).toMatchObject({ drawnMinor: 1800, restoredMinor: 1800 })
  })

  test.each([
    ['too little', 1799, 'token-m-1', 402, 'credits_insufficient'],
    ['nobody who identified', 2500, undefined, 403, 'credits_not_yours'],
    ['somebody unknown', 2500, 'token-other', 401, 'member_token_expired'],
  ])('with %s pay nothing and confirm nothing', async (_what, movedMinor, token, status, code) => {
    site.bring([allowance(movedMinor)])
    const bookingId = await held1800()
    expect(await pay(bookingId, 'pay-1', token)).toMatchObject({ status, body: { code } })
    expect(site.entries('payment.captured')).toEqual([])
    expect(held().drawnMinor).toBe(0)
  })

  test('are not spent while a site put back to an old copy has not spoken with the cloud', async () => {
    site.bring([allowance(2500)])
    const bookingId = await held1800()
    await site.submit('stopLending', { reason: 'witness_ahead' })
    expect(await pay(bookingId, 'pay-1', 'token-m-1')).toMatchObject({ body: { code: 'credits_paused' } })
  })

  test('are given back as far as they are still there, and a row seen again takes nothing', async () => {
    site.bring([allowance(2500)])
    await pay(await held1800(), 'pay-1', 'token-m-1')
    const askedBack = allowance(2500, { askedBackMinor: 2500 })
    site.bring([askedBack])
    expect(site.entries('allowance.received').at(-1)).toMatchObject({ givenBackMinor: 700 })
    expect(await pay(await held1800('oak'), 'pay-2', 'token-m-1')).toMatchObject({ status: 402 })
    site.bring([askedBack], true)
    expect(held()).toMatchObject({ givenBackMinor: 700 })
  })

  test('go below zero by the overdraft and no further, whatever is asked of the store', async () => {
    site.bring([allowance(1000, { overdraftMinor: 1000 })])
    expect(await pay(await held1800(), 'pay-1', 'token-m-1')).toMatchObject({ status: 200 })
    expect(await pay(await held1800('oak'), 'pay-2', 'token-m-1')).toMatchObject({ status: 402 })
    expect(() =>
      site.db.exec("UPDATE allowances SET drawn_minor = 2001 WHERE allowance_id = 'al_1'"),
    ).toThrow()
  })
})
