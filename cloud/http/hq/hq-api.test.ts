import {
  type HourView,
  ledgerPageSchema,
  overviewSchema,
  reconciliationSchema,
  siteDetailSchema,
} from '@gatehouse/shared/api/hq-views'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../testing/test-cloud.ts'

let world: TestCloud
let hana: Caller
let bookingId: string

beforeAll(async () => {
  world = await startTestCloud()
  hana = await world.as('hana')
  const anna = await world.as('anna')
  const interval = { fromMs: startMs, toMs: startMs + hourMs }
  const held = await anna.post(
    '/api/v1/sites/north/bookings',
    { spaceId: 'room-1', ...interval },
    'key-hold-1',
  )
  bookingId = String(held.body.bookingId)
  const body = { method: 'card', card: 'sandbox_ok' }
  await anna.post(`/api/v1/bookings/${bookingId}/confirm`, body, 'key-confirm-1')
  await world.cloud.projector.settled()
  world.clock.advance(60_000)
  await world.site.heartbeat()
})
afterAll(() => world?.close())

describe('HQ', () => {
  it('sees every site with head, lag, takings, occupancy and books', async () => {
    const overview = overviewSchema.parse((await hana.get('/api/v1/hq/overview')).body)
    expect(overview.totals).toMatchObject({ takingsMinor: 1_200, currency: 'EUR', entriesToday: 3 })
    const [north, south] = overview.sites
    expect(north).toMatchObject({
      siteId: 'north',
      link: 'live',
      headSeq: 3,
      cloudSeq: 3,
      lagEntries: 0,
      takingsTodayMinor: 1_200,
      occupied: 1,
      capacity: 3,
    })
    expect(south).toMatchObject({ siteId: 'south', link: 'offline', selling: 'unknown', entriesToday: 0 })
    expect(overview.totals.occupiedPercent).toBe(16.7)
  })

  it('sums by hour what was used and taken, the running hour up to now', async () => {
    const answer = await hana.get('/api/v1/hq/sites/north/hours?hours=3')
    const items = answer.body.items as HourView[]
    expect(items.map((one) => one.fromMs)).toEqual([startMs - 2 * hourMs, startMs - hourMs, startMs])
    expect(items.at(-1)).toMatchObject({ amountMinor: 1_200, occupied: 0.02, percent: 33.3 })
    expect(items[0]).toMatchObject({ amountMinor: 0, occupied: 0, percent: 0 })
  })

  it('pages through a ledger, newest first, and filters by type and family', async () => {
    const page = async (query: string) =>
      ledgerPageSchema.parse((await hana.get(`/api/v1/hq/sites/north/ledger${query}`)).body)
    const first = await page('?limit=2')
    expect(first.items.map((line) => line.seq)).toEqual([3, 2])
    expect(first.items[0]?.prev).toBe(first.items[1]?.hash)
    const second = await page(`?limit=2&beforeSeq=${first.nextBeforeSeq}`)
    expect(second.items.map((line) => line.type)).toEqual(['booking.held'])
    expect(second.nextBeforeSeq).toBeUndefined()
    expect((await page('?type=booking')).items.map((line) => line.type)).toEqual([
      'booking.confirmed',
      'booking.held',
    ])
    expect((await page('?type=payment.captured')).items).toHaveLength(1)
    expect((await page('?type=book')).items).toEqual([])
  })

  it('shows one site in detail', async () => {
    const detail = siteDetailSchema.parse((await hana.get('/api/v1/hq/sites/north')).body)
    expect(detail).toMatchObject({ version: 'test', bookings: { confirmed: 1 } })
    // The test site reports no sums of its own, which is a difference.
    expect(detail.openExceptions).toMatchObject([{ siteId: 'north', kind: 'difference' }])
    expect(detail.hours).toHaveLength(24)
    expect((await hana.get('/api/v1/hq/sites/nowhere')).status).toBe(404)
  })

  it('bounds what can be asked', async () => {
    for (const query of ['limit=0', 'limit=501', 'beforeSeq=-1', 'beforeSeq=x', 'type=a;drop', 'type=A.b']) {
      expect((await hana.get(`/api/v1/hq/sites/north/ledger?${query}`)).status).toBe(422)
    }
    expect((await hana.get('/api/v1/hq/sites/north/hours?hours=9999')).status).toBe(422)
    expect((await hana.get('/api/v1/hq/sites/north/hours?toMs=99999999999999999')).status).toBe(422)
  })

  it('shows a computed difference when a projected row is altered', async () => {
    const state = async () => {
      const { items } = reconciliationSchema.parse((await hana.get('/api/v1/hq/reconciliation')).body)
      return items.find((item) => item.siteId === 'north')
    }
    // The test site reports no sums of its own, so its real bookings and takings differ.
    const before = await state()
    const takings = (lines: { what: string; difference: number }[] = []) =>
      lines.find((line) => line.what.startsWith('takings'))?.difference
    expect(takings(before?.lines)).toBe(1_200)
    await world.cloud.pool.query(
      'UPDATE payments SET amount_minor = amount_minor + 7 WHERE booking_id = $1',
      [bookingId],
    )
    const after = await state()
    expect([after?.state, takings(after?.lines)]).toEqual(['different', 1_207])
  })

  it.each([
    ['/api/v1/hq/overview', 'siteId'],
    ['/api/v1/hq/sites/north/ledger', 'incarnation'],
    ['/api/v1/hq/sites/north/hours', 'fromMs'],
    ['/api/v1/hq/reconciliation', 'siteId'],
  ])('gives %s as a table', async (path, column) => {
    const answer = await hana.get(`${path}?format=csv`)
    expect(answer.headers.get('content-type')).toContain('text/csv')
    const [head, first] = answer.text.split('\r\n')
    expect(head?.split(',')[0]).toBe(column)
    expect(first).not.toBe('')
  })
})
