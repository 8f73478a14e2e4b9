import { paymentIdSchema } from '@gatehouse/shared/ids/ids'
import { entryFrameSchema, parseEvent } from '@gatehouse/shared/wire/v1/entries'
import { describe, expect, test } from 'vitest'
import { readEntries } from '../ledger/entry-store.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { bookingCounts } from './booking-store.ts'
import { type BookingSite, friday10, hour, openBookingSite } from './testing/booking-site.ts'

const holdOf = (bookingId: string, spaceId = 'elm', from = 72) => ({
  kind: 'holdBooking',
  bookingId,
  spaceId,
  fromMs: friday10 + from * hour,
  toMs: friday10 + (from + 1) * hour,
  holder: { kind: 'member', memberId: 'm-1' },
})
const pay = (bookingId: string, amountMinor: number, method = 'card') => ({
  kind: 'confirmBooking',
  bookingId,
  method,
  paymentId: paymentIdSchema.parse(`pay_${bookingId}`),
  amountMinor,
})

async function ask(
  site: BookingSite,
  requestId: string,
  command: object,
  expiresMs = friday10 + 10 * hour,
): Promise<void> {
  site.apply('request', requestId, { expiresMs, command })
  await site.requests.runAll()
  // The row's own change may still be deciding it; a refused command resolves after what came before it.
  await site.kernel.submit({ kind: 'sweepBookings', caller: 'system', key: `after-${requestId}`, input: {} })
}
function entries(site: BookingSite) {
  return readEntries(site.db, { incarnation: 1, afterSeq: 0, limit: 1000 }).map(({ text }) => {
    const event = parseEvent(entryFrameSchema.parse(JSON.parse(text)))
    return event ?? expect.fail('unreadable entry')
  })
}

describe('requests of the cloud', () => {
  test('are answered by entries that name them, through hold, payment and cancellation', async () => {
    const site = openBookingSite()
    await ask(site, 'rq-1', holdOf('bk_cloud'))
    await ask(site, 'rq-2', pay('bk_cloud', 900))
    await ask(site, 'rq-3', { kind: 'cancelBooking', bookingId: 'bk_cloud' })
    expect(entries(site)).toMatchObject([
      {
        type: 'booking.held',
        body: { requestId: 'rq-1', bookingId: 'bk_cloud', price: { totalMinor: 900 } },
      },
      { type: 'payment.captured', body: { paymentId: 'pay_bk_cloud', takenBy: 'cloud', amountMinor: 900 } },
      { type: 'booking.confirmed', body: { requestId: 'rq-2' } },
      { type: 'booking.cancelled', body: { requestId: 'rq-3', refundMinor: 900 } },
      { type: 'payment.refunded', body: { paymentId: 'pay_bk_cloud.refund', takenBy: 'cloud' } },
    ])
    // Money the cloud took is moved by the cloud alone.
    expect(site.gateway.payments()).toEqual([])
    expect(site.db.prepare('SELECT * FROM effects').all()).toEqual([])
    expect(checkRebuild(site.db, site.modules).equal).toBe(true)
  })

  test.each([
    ['a taken space', holdOf('bk_2', 'oak'), 'space_taken'],
    ['an unknown space', holdOf('bk_2', 'nowhere'), 'unknown_space'],
    ['a booking that exists', holdOf('bk_1', 'elm'), 'booking_exists'],
    ['another amount', pay('bk_1', 899), 'payment_amount'],
    ['cash', pay('bk_1', 900, 'cash'), 'payment_needed'],
    ['an unknown booking', { kind: 'cancelBooking', bookingId: 'bk_none' }, 'unknown_booking'],
  ])('that cannot be done are refused on record: %s', async (_, command, code) => {
    const site = openBookingSite()
    await ask(site, 'rq-1', holdOf('bk_1', 'oak'))
    await ask(site, 'rq-2', command)
    expect(entries(site).slice(1)).toEqual([{ type: 'request.refused', body: { requestId: 'rq-2', code } }])
  })

  test('are decided once, however often the row comes', async () => {
    const site = openBookingSite()
    for (let round = 0; round < 3; round += 1) await ask(site, 'rq-1', holdOf('bk_1'))
    expect(entries(site)).toHaveLength(1)
    site.close()
    const again = openBookingSite(site.folder)
    await again.requests.runAll()
    expect(entries(again)).toHaveLength(1)
  })

  test('that came too late are refused, and a second cancellation gets its answer', async () => {
    const site = openBookingSite()
    await ask(site, 'rq-1', holdOf('bk_1'), friday10)
    await ask(site, 'rq-2', holdOf('bk_2'))
    await ask(site, 'rq-3', { kind: 'cancelBooking', bookingId: 'bk_2' })
    await ask(site, 'rq-4', { kind: 'cancelBooking', bookingId: 'bk_2' })
    const refused = entries(site).flatMap((event) => (event.type === 'request.refused' ? [event.body] : []))
    expect(refused).toEqual([
      { requestId: 'rq-1', code: 'request_expired' },
      { requestId: 'rq-4', code: 'already_cancelled' },
    ])
  })

  test('wait while selling has stopped, except cancellations, and are decided afterwards', async () => {
    const site = openBookingSite()
    await ask(site, 'rq-1', holdOf('bk_1'))
    site.kernel.setSelling('fenced')
    await ask(site, 'rq-2', holdOf('bk_2', 'oak'))
    await ask(site, 'rq-3', { kind: 'cancelBooking', bookingId: 'bk_1' })
    expect(bookingCounts(site.db)).toEqual({ cancelled: 1 })
    site.kernel.setSelling(undefined)
    await site.requests.runAll()
    expect(bookingCounts(site.db)).toEqual({ cancelled: 1, held: 1 })
  })
})
