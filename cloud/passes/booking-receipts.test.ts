import type { BookingReceiptView } from '@gatehouse/shared/api/booking-receipt-view'
import type { Problem } from '@gatehouse/shared/api/problem'
import type { BookingView } from '@gatehouse/shared/api/views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { ed25519Verifier, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import { readPaper } from '@gatehouse/shared/passes/read-paper'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { knownKeys } from './signing-keys.ts'
import { tendPasses } from './tend-passes.ts'

let world: TestCloud
let anna: Caller
let ben: Caller
let keys = 0
/** Short enough that the sites still count as heard. */
const laterMs = 2_000

const key = () => `receipt-${String(++keys).padStart(8, '0')}`

async function held(caller: Caller, slot: number): Promise<BookingView> {
  const fromMs = startMs + slot * hourMs
  const hold = { spaceId: 'room-1', fromMs, toMs: fromMs + hourMs }
  return (await caller.post('/api/v1/sites/north/bookings', hold, key())).body as unknown as BookingView
}

async function paid(caller: Caller, slot: number): Promise<BookingView> {
  const { bookingId } = await held(caller, slot)
  const pay = { method: 'card', card: 'sandbox_ok' }
  const answer = await caller.post(`/api/v1/bookings/${bookingId}/confirm`, pay, key())
  return answer.body as unknown as BookingView
}

async function receiptsOf(caller: Caller, bookingId: string): Promise<readonly BookingReceiptView[]> {
  const { body } = await caller.get(`/api/v1/bookings/${bookingId}/receipts`)
  return (body as unknown as { items: readonly BookingReceiptView[] }).items
}

/** What a site makes of the text, with nothing but the keys that it was told. */
async function believed(text: string, siteId = 'north') {
  const known = await knownKeys(world.cloud.pool, world.clock.now().wallMs)
  return readPaper(text, {
    siteId: siteIdSchema.parse(siteId),
    at: world.clock.now(),
    keyOf: (keyId) => {
      const row = known.find((one) => one.keyId === keyId)
      const publicKey = row && publicKeyBytes(row.publicKey)
      return row && publicKey ? { ...row, publicKey, issuer: 'cloud' as const } : undefined
    },
    isRevoked: () => false,
    verify: ed25519Verifier(),
  })
}

beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
  ben = await world.as('ben')
  await tendPasses({ ...world.cloud, clock: world.clock })
})
afterAll(() => world?.close())

it('says on paper what was paid for a booking, and its site believes it without a network', async () => {
  const booking = await paid(anna, 4)
  const [receipt, ...others] = await receiptsOf(anna, booking.bookingId)
  expect(others).toEqual([])
  expect(receipt).toMatchObject({
    ...{ bookingId: booking.bookingId, reference: booking.reference, currency: booking.price.currency },
    ...{ amountMinor: booking.price.totalMinor, taxMinor: booking.price.taxMinor, refundedMinor: 0 },
  })
  const { text = '' } = receipt ?? {}
  const { fromMs, toMs } = booking
  expect(await believed(text)).toMatchObject({
    ok: true,
    value: {
      ...{ kind: 'booking_receipt', issuer: 'cloud', audience: 'north', bookingId: booking.bookingId },
      block: { spaceId: 'room-1', fromMs, toMs },
      paid: { amountMinor: booking.price.totalMinor, reference: booking.reference },
    },
  })
  expect(await believed(text, 'south')).toEqual({ ok: false, error: 'pass_foreign' })
})

it('is the same paper when asked again at once, and says the same of the same payment later', async () => {
  const { bookingId } = await paid(anna, 6)
  const first = await receiptsOf(anna, bookingId)
  expect(await receiptsOf(anna, bookingId)).toEqual(first)
  world.clock.advance(laterMs)
  const [later] = await receiptsOf(anna, bookingId)
  const { issuedMs, toMs, text } = later ?? expect.fail('no receipt')
  expect(text).not.toBe(first[0]?.text)
  expect([{ ...later, issuedMs: issuedMs - laterMs, toMs: toMs - laterMs, text: first[0]?.text }]).toEqual(
    first,
  )
})

it('says what went back after a cancellation', async () => {
  const { bookingId, price } = await paid(anna, 100)
  await anna.post(`/api/v1/bookings/${bookingId}/cancel`, {}, key())
  expect(await receiptsOf(anna, bookingId)).toMatchObject([
    { amountMinor: price.totalMinor, refundedMinor: price.totalMinor },
  ])
})

it('gives none for what is only held, and none to others', async () => {
  const { bookingId } = await held(anna, 8)
  expect(await receiptsOf(anna, bookingId)).toEqual([])
  const refused = await ben.get(`/api/v1/bookings/${bookingId}/receipts`)
  expect([refused.status, (refused.body as Problem).code]).toEqual([404, 'unknown_booking'])
})
