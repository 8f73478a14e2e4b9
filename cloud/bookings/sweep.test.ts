import { memberIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { runDue } from '../jobs/run-due.ts'
import { CardPayments } from '../payments/card-payments.ts'
import { SandboxGateway } from '../payments/sandbox-gateway.ts'
import { readSiteContacts } from '../sites/site-health.ts'
import type { Actor } from './booking-parts.ts'
import { BookingService } from './booking-service.ts'
import { directoryLink } from './directory-link.ts'
import { SiteCatalogues } from './site-catalogue.ts'
import { SiteReader } from './site-reader.ts'
import { bookingJobs } from './sweep.ts'

let world: TestCloud
let service: BookingService
let sweep: () => Promise<void>
let actions = 0

beforeAll(async () => {
  world = await startTestCloud()
  const { clock, cloud } = world
  const { pool, notifications } = cloud
  const catalogues = new SiteCatalogues(pool)
  const link = directoryLink({ db: pool, clock, notifications })
  const payments = new CardPayments(pool, new SandboxGateway(pool))
  const contactOf = async (siteId: string) => {
    const [health] = await readSiteContacts(pool, clock.now().wallMs, [siteId])
    return { online: health?.online ?? false, heardMs: health?.heardMs }
  }
  const reader = new SiteReader({ db: pool, clock, catalogues, contactOf, tzdataVersion: 'test' })
  // Nobody waits long for a site that is silent on purpose.
  const random = new SeededRandom(3)
  service = new BookingService({ pool, clock, random, link, catalogues, reader, payments, answerMaxMs: 30 })
  sweep = () => runDue(pool, clock.now().wallMs, bookingJobs({ pool, clock, link, payments }))
})
afterAll(() => world?.close())
beforeEach(async () => {
  world.site.silent = false
  await world.site.heartbeat()
})

const actor = (): Actor => ({
  userId: 'us-test',
  memberId: memberIdSchema.parse('mb-ben'),
  key: `action-${++actions}`,
})
const freeHour = () => {
  const fromMs = startMs + (200 + ++actions) * hourMs
  return { siteId: 'north', spaceId: 'room-1', fromMs, toMs: fromMs + hourMs }
}
const card = { method: 'card', card: 'sandbox_ok' } as const
const statusOf = async (bookingId: string) => (await service.find('mb-ben', bookingId))?.status

/** Lets the site answer everything it was asked, and the cloud take the answers in. */
async function speak() {
  world.site.silent = false
  world.site.readRequests()
  await world.site.settled()
  await world.cloud.projector.settled()
}

async function holdWhileSilent(): Promise<string> {
  world.site.silent = true
  const answer = await service.hold(actor(), freeHour())
  if (!answer.ok) throw new TypeError(answer.error.code)
  expect(answer.value).toMatchObject({ decided: false, view: { status: 'pending', reference: '' } })
  return answer.value.view.bookingId
}

async function held(): Promise<string> {
  const answer = await service.hold(actor(), freeHour())
  if (!answer.ok) throw new TypeError(answer.error.code)
  const { bookingId } = answer.value.view
  await speak()
  await sweep()
  expect(await statusOf(bookingId)).toBe('held')
  return bookingId
}

const payment = async (bookingId: string) => {
  const { rows } = await world.cloud.pool.query<{ state: string; charge: string }>(
    `SELECT p.state, c.state AS charge FROM card_payment p
     LEFT JOIN sandbox_charge c ON c.idempotency_key = p.payment_id WHERE p.booking_id = $1`,
    [bookingId],
  )
  return rows[0]
}

describe('a request the site has not answered', () => {
  it('is pending, never failed, and is settled when the answer comes', async () => {
    const bookingId = await holdWhileSilent()
    await sweep()
    expect(await statusOf(bookingId)).toBe('pending')
    await speak()
    await sweep()
    expect(await statusOf(bookingId)).toBe('held')
  })

  it('is taken back when the answer does not come, and the member sees why', async () => {
    const bookingId = await holdWhileSilent()
    world.clock.advance(121_000)
    await sweep()
    const mine = await service.list('mb-ben')
    expect(mine.find((one) => one.bookingId === bookingId)).toMatchObject({
      status: 'refused',
      refusal: 'request_withdrawn',
    })
    await speak()
    expect(await statusOf(bookingId)).toBe('refused')
  })

  it('can be taken back by the member at once', async () => {
    const bookingId = await holdWhileSilent()
    const answer = await service.cancel(actor(), bookingId)
    expect(answer).toMatchObject({ ok: true, value: { decided: true, view: { status: 'refused' } } })
    await speak()
    expect(await statusOf(bookingId)).toBe('refused')
  })

  it('is cancelled when the site held it after it was taken back', async () => {
    const bookingId = await holdWhileSilent()
    const { pool } = world.cloud
    const request = await pool.query<{ request_id: string }>(
      'SELECT request_id FROM booking_request WHERE booking_id = $1',
      [bookingId],
    )
    // The site had read the row before it became a tombstone.
    const row = await pool.query<{ body: object }>(
      `SELECT body FROM site_directory WHERE kind = 'request' AND key = $1`,
      [request.rows[0]?.request_id],
    )
    await service.cancel(actor(), bookingId)
    await world.site.answerAnyway(request.rows[0]?.request_id ?? '', row.rows[0]?.body ?? {})
    await world.cloud.projector.settled()
    expect(await statusOf(bookingId)).toBe('held')
    world.site.silent = false
    await sweep()
    await speak()
    await sweep()
    expect(await statusOf(bookingId)).toBe('cancelled')
  })
})

describe('money around an unanswered confirmation', () => {
  it('is only reserved until the site says yes, then taken', async () => {
    const bookingId = await held()
    world.site.silent = true
    const answer = await service.confirm(actor(), bookingId, card)
    expect(answer).toMatchObject({ ok: true, value: { decided: false, view: { status: 'pending' } } })
    await sweep()
    expect(await payment(bookingId)).toEqual({ state: 'authorised', charge: 'authorised' })
    await speak()
    await sweep()
    expect(await payment(bookingId)).toEqual({ state: 'captured', charge: 'captured' })
    expect(await statusOf(bookingId)).toBe('confirmed')
  })

  it('is let go when the site says no', async () => {
    const bookingId = await held()
    world.site.silent = true
    await service.confirm(actor(), bookingId, card)
    world.clock.advance(301_000)
    await speak()
    await sweep()
    expect(await payment(bookingId)).toEqual({ state: 'voided', charge: 'voided' })
    expect(await statusOf(bookingId)).toBe('expired')
  })

  it('stays reserved while a cut-off site may have confirmed in time', async () => {
    const bookingId = await held()
    world.site.silent = true
    await service.confirm(actor(), bookingId, card)
    world.clock.advance(3 * 24 * hourMs)
    await sweep()
    expect((await payment(bookingId))?.state).toBe('authorised')
  })

  it('is let go when the cloud died before it asked the site', async () => {
    const { pool } = world.cloud
    const payments = new CardPayments(pool, new SandboxGateway(pool))
    const nowMs = world.clock.now().wallMs
    await payments.authorise({
      paymentId: 'py-orphan',
      bookingId: 'bk-orphan',
      siteId: 'north',
      requestId: 'rq-never-sent',
      amountMinor: 500,
      currency: 'EUR',
      card: 'sandbox_ok',
      nowMs,
    })
    await sweep()
    expect((await payment('bk-orphan'))?.state).toBe('authorised')
    world.clock.advance(60_001)
    await sweep()
    expect(await payment('bk-orphan')).toEqual({ state: 'voided', charge: 'voided' })
  })
})

it('lets a request expire by the clock of the site, which may be ahead', async () => {
  const bookingId = await holdWhileSilent()
  const { pool } = world.cloud
  await pool.query(
    `UPDATE site_health SET heartbeat = jsonb_set(heartbeat, '{wallMs}', to_jsonb(heard_ms + $1::bigint))`,
    [hourMs],
  )
  const answer = await service.hold(actor(), freeHour())
  const ahead = answer.ok ? answer.value.view.bookingId : ''
  const { rows } = await pool.query<{ expires: number }>(
    `SELECT (body->>'expiresMs')::bigint - $3 AS expires FROM site_directory
     WHERE kind = 'request' AND body->'command'->>'bookingId' IN ($1, $2) ORDER BY rev`,
    [bookingId, ahead, world.clock.now().wallMs],
  )
  expect(rows.map((row) => row.expires)).toEqual([60_000, 60_000 + hourMs])
})

it('takes settled requests out of the directory after ten minutes, and changes nothing when run again', async () => {
  const bookingId = await held()
  world.clock.advance(600_001)
  await sweep()
  await sweep()
  const { rows } = await world.cloud.pool.query<{ present: boolean }>(
    `SELECT d.body IS NOT NULL AS present FROM booking_request r
     JOIN site_directory d ON d.kind = 'request' AND d.key = r.request_id WHERE r.booking_id = $1`,
    [bookingId],
  )
  expect(rows).toEqual([{ present: false }])
})
