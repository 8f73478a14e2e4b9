import { SiteError } from '@gatehouse/shared/errors/site-error'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { at, LoanWorld, view } from '../loans/testing/loan-world.ts'
import { CardPayments } from './card-payments.ts'
import type { PaymentGateway } from './gateway.ts'
import { SandboxGateway } from './sandbox-gateway.ts'

let world: TestCloud
let anna: Caller
/** Which calls do not get through. */
let down: ReadonlySet<keyof PaymentGateway> = new Set()
let keys = 0
function key(): string {
  keys += 1
  return `gateway-down-${keys}`
}

function behindLine(gateway: PaymentGateway): PaymentGateway {
  const guard = <Rest extends unknown[], Answer>(
    name: keyof PaymentGateway,
    call: (...rest: Rest) => Promise<Answer>,
  ) => {
    return async (...rest: Rest): Promise<Answer> => {
      if (!down.has(name)) return call.apply(gateway, rest)
      throw new SiteError({ code: 'gateway_unreachable', op: name, hint: 'down', retryable: true })
    }
  }
  return {
    authorise: guard('authorise', gateway.authorise),
    capture: guard('capture', gateway.capture),
    voidCharge: guard('voidCharge', gateway.voidCharge),
    refund: guard('refund', gateway.refund),
  }
}

beforeAll(async () => {
  world = await startTestCloud({}, { aroundGateway: behindLine })
  anna = await world.as('anna')
})
afterAll(() => world?.close())

const all = new Set(['authorise', 'capture', 'voidCharge', 'refund'] as const)

async function hold(spaceId: string, hours: number) {
  const interval = { fromMs: startMs + hours * hourMs, toMs: startMs + (hours + 1) * hourMs }
  const held = await anna.post('/api/v1/sites/north/bookings', { spaceId, ...interval }, key())
  return `/api/v1/bookings/${String(held.body.bookingId)}`
}

const byCard = { method: 'card', card: 'sandbox_ok' }
const charged = async (state: string) =>
  (await world.cloud.pool.query('SELECT FROM sandbox_charge WHERE state = $1', [state])).rowCount

it('says that cards cannot be charged, keeps the hold, and the plan still pays', async () => {
  down = all
  const room = await hold('room-1', 1)
  const refused = await anna.post(`${room}/confirm`, byCard, key())
  expect(refused).toMatchObject({ status: 503, body: { code: 'card_unavailable' } })
  expect((await anna.get(room)).body.status).toBe('held')
  const desk = await hold('desk-1', 1)
  expect(await anna.post(`${desk}/confirm`, { method: 'plan' }, key())).toMatchObject({ status: 200 })
  down = new Set()
  expect(await anna.post(`${room}/confirm`, byCard, key())).toMatchObject({ body: { status: 'confirmed' } })
  expect(await charged('captured')).toBe(1)
})

it('inside a loan says the same of cards, and keeps the hold for when they can be charged', async () => {
  const lending = new LoanWorld(world, anna, await world.as('ben'))
  const loan = await lending.lend('room-2')
  const interval = at(loan, 1)
  const { bookingId, path } = view(await lending.hold(anna, 'room-2', interval))
  expect(path).toBe('loan')
  down = all
  const confirm = () => anna.post(`/api/v1/bookings/${bookingId}/confirm`, byCard, key())
  expect(await confirm()).toMatchObject({ status: 503, body: { code: 'card_unavailable' } })
  down = new Set()
  expect(await confirm()).toMatchObject({ status: 200, body: { status: 'confirmed' } })
})

it('that goes away after the site’s yes: the booking stands, and its money is taken once it is back', async () => {
  down = new Set(['capture'])
  const room = await hold('room-1', 4)
  expect(await anna.post(`${room}/confirm`, byCard, key())).toMatchObject({ body: { status: 'confirmed' } })
  const before = await charged('captured')
  const payments = new CardPayments(world.cloud.pool, behindLine(new SandboxGateway(world.cloud.pool)))
  await payments.settleAll(startMs)
  expect(await charged('captured')).toBe(before)
  down = new Set()
  await payments.settleAll(startMs)
  expect(await charged('captured')).toBe((before ?? 0) + 1)
})

it('a refund that does not get through is given back once it is back, once', async () => {
  const room = await hold('room-1', 72)
  await anna.post(`${room}/confirm`, byCard, key())
  down = all
  const cancelled = await anna.post(`${room}/cancel`, {}, key())
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } })
  const refunds = async () => (await world.cloud.pool.query('SELECT FROM sandbox_refund')).rowCount
  expect(await refunds()).toBe(0)
  down = new Set()
  const payments = new CardPayments(world.cloud.pool, new SandboxGateway(world.cloud.pool))
  await payments.settleAll(startMs)
  await payments.settleAll(startMs)
  expect(await refunds()).toBe(1)
})
