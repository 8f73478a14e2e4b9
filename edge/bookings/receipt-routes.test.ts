import type { ShownBookingReceipt } from '@gatehouse/shared/api/booking-receipt-view'
import type { Problem } from '@gatehouse/shared/api/problem'
import { bookingIdSchema, paymentIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import {
  type BookingReceiptFacts,
  signedBookingReceipt,
  signedTicket,
} from '@gatehouse/shared/passes/sign-paper'
import {
  cloudKeys,
  samplePasses,
  show,
  signPass,
  siteKeys,
  testKeys,
} from '@gatehouse/shared/passes/testing/sample-passes'
import { afterEach, expect, test } from 'vitest'
import { DeviceCallers } from '../http/device-callers.ts'
import { type Garage, openGarage } from '../parking/test-garage.ts'
import { siteId } from '../parking/test-garage-rows.ts'
import { receiptRoutes } from './receipt-routes.ts'
import { SubjectStore } from './subject-store.ts'

const hour = 3_600_000
let garage: Garage
afterEach(() => garage.close())

function openSite() {
  garage = openGarage()
  const { kernel, directory, clock, random, options } = garage
  const body = {
    ...{ name: 'Kiosk', profile: 'gatehouse/kiosk', parameters: { scope: 'kiosk' } },
    credentialDigest: sha256Hex('kiosk secret'),
  }
  const position = { epoch: 1, rev: 2, handle: undefined, offset: '2' }
  directory.apply([{ kind: 'device', key: 'kiosk-1', epoch: 1, rev: 2, body }], position, false)
  const app = receiptRoutes({
    ...{ kernel, clock, callers: new DeviceCallers(directory), passes: options.passes },
    env: { directory, tzdataVersion: '2025b', subjects: new SubjectStore(new Uint8Array(32), random) },
  })
  return async (text: string, authorization = 'Bearer kiosk secret') => {
    const headers = { authorization, 'content-type': 'application/json' }
    const body = JSON.stringify({ text })
    const answer = await app.request('/booking-receipts/read', { method: 'POST', headers, body })
    return {
      status: answer.status,
      body: (await answer.json()) as Partial<ShownBookingReceipt> & Partial<Pick<Problem, 'code'>>,
    }
  }
}

function facts(change: Partial<BookingReceiptFacts> = {}): BookingReceiptFacts {
  const fromMs = garage.clock.now().wallMs + hour
  return {
    bookingId: bookingIdSchema.parse('bk_IN_THE_APP'),
    paymentId: paymentIdSchema.parse('pay_IN_THE_APP'),
    block: { spaceId: spaceIdSchema.parse('bay-1'), fromMs, toMs: fromMs + hour },
    paid: {
      ...{ amountMinor: 400, taxMinor: 64, refundedMinor: 0, currency: 'EUR', reference: 'QS-7Q2M4' },
      paidMs: garage.clock.now().wallMs,
    },
    ...change,
  }
}

const signed = (
  by = cloudKeys,
  change: Partial<BookingReceiptFacts> = {},
  issuer: 'cloud' | 'site' = 'cloud',
) =>
  signedBookingReceipt(
    { siteId, issuer, keyId: by.keyId, sign: by.sign },
    facts(change),
    garage.clock.now().wallMs,
  )

test('says what was paid, also for a booking that the site never heard of, and records nothing', async () => {
  const read = openSite()
  const { paid, block } = facts()
  const answer = await read(` ${signed()}\n`)
  expect([answer.status, answer.body]).toEqual([
    200,
    expect.objectContaining({ ...paid, spaceName: 'B1', fromMs: block.fromMs, toMs: block.toMs }),
  ])
  expect(answer.body).not.toHaveProperty('status')
  expect(garage.entryTypes()).toEqual([])
})

test('names the status of a booking in the books, so that a cancelled one is seen', async () => {
  const read = openSite()
  const { block } = facts()
  const holder = { kind: 'member', memberId: 'mem-1' }
  const { bookingId } = await garage.run('holdBooking', { ...block, holder })
  await garage.run('confirmBooking', { bookingId, method: 'cash', tenderedMinor: 400 })
  const text = signed(cloudKeys, { bookingId: bookingIdSchema.parse(bookingId) })
  expect((await read(text)).body.status).toBe('confirmed')
  await garage.run('cancelBooking', { bookingId })
  expect((await read(text)).body.status).toBe('cancelled')
})

test('refuses by name what nobody of ours signed, another paper, a part of one, and whoever is no kiosk', async () => {
  const read = openSite()
  const text = signed()
  const stay = { sessionId: 'ps_SOME0000000000000000' as never, arrivedMs: garage.clock.now().wallMs }
  const ticket = signedTicket({ siteId, issuer: 'site', keyId: siteKeys.keyId, sign: siteKeys.sign }, stay)
  const refused: readonly (readonly [string, number, string])[] = [
    [signed(testKeys(9)), 403, 'pass_key_unknown'],
    [signed({ ...testKeys(9), keyId: cloudKeys.keyId }), 403, 'pass_forged'],
    [signed(cloudKeys, {}, 'site'), 403, 'pass_key_unknown'],
    [text.slice(0, -8), 422, 'pass_truncated'],
    [`${text}00000000`, 422, 'pass_malformed'],
    ['x'.repeat(4_096), 422, 'pass_too_long'],
    [ticket, 422, 'no_booking_receipt'],
    [show(signPass(samplePasses.booking_receipt), 0), 409, 'pass_foreign'],
  ]
  for (const [shown, status, code] of refused) {
    const answer = await read(shown)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  }
  expect((await read(text, 'Bearer nobody')).status).toBe(401)
  garage.passMinutes(31 * 24 * 60)
  expect((await read(text)).body.code).toBe('pass_expired')
})
