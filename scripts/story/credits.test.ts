import { reconcile } from '@gatehouse/cloud/reconciliation/reconcile'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { type BookingView, bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { Member } from './member.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory, untilLive } from './story-world.ts'

const waitMax = { timeout: 30_000, interval: 50 }
const day = 24 * 3_600_000
const siteId = 'harbour-house'
// A demo member without a plan, who pays what a booking costs.
const { memberId, pin } = { memberId: 'm-03', pin: '4111' }
const overdraftMinor = 100

let world: StoryWorld
let hq: Member
let memberToken = ''
let bucketId = ''
let paid: BookingView
let refused: BookingView
let keys = 0
const key = () => `credit-story-${++keys}`
const nowMs = () => new SystemClock().now().wallMs

const creditsSchema = z.object({
  items: z.array(
    z.object({
      ...{ bucketId: z.string(), memberId: z.string(), fundedMinor: z.int(), cloudMinor: z.int() },
      sites: z.array(
        z.object({
          ...{ siteId: z.string(), atSiteMinor: z.int(), drawnMinor: z.int() },
          ...{ unconfirmedMinor: z.int(), askedBackMinor: z.int() },
        }),
      ),
    }),
  ),
})

async function bucket() {
  const { items } = creditsSchema.parse(await (await hq.get('/hq/credits')).json())
  return items.find((item) => item.bucketId === bucketId) ?? expect.fail('the credits are not listed')
}

async function atSite() {
  const share = (await bucket()).sites.find((one) => one.siteId === siteId)
  return share ?? expect.fail('nothing was moved')
}

/** What the site itself would let the member spend, the overdraft left out. */
async function leftOnSite(bookingId: string): Promise<number> {
  const answer = await world.kiosk(`/bookings/${bookingId}/credits?memberToken=${memberToken}`)
  return z.object({ leftMinor: z.int() }).parse(await answer.json()).leftMinor
}

async function hold(daysAhead: number): Promise<BookingView> {
  const hour = anHourAhead(daysAhead)
  const body = { spaceId: await freeDesk(world, hour), ...hour, memberToken }
  return bookingViewSchema.parse(await (await world.kiosk('/bookings', key(), body)).json())
}

const pay = (bookingId: string) =>
  world.kiosk(`/bookings/${bookingId}/confirm`, key(), { method: 'credits', memberToken })

async function move(verb: string, body: object): Promise<void> {
  const answer = await hq.post(`/hq/credits/${bucketId}/${verb}`, key(), { siteId, ...body })
  expect(answer.status).toBe(200)
}

beforeAll(async () => {
  world = await startStory()
  hq = await world.logIn('hq@demo.example')
  await untilLive(hq)
  await vi.waitFor(async () => {
    const answer = await world.kiosk('/identify', key(), { pin })
    memberToken = z.object({ memberToken: z.string() }).parse(await answer.json()).memberToken
  }, waitMax)
}, 90_000)

afterAll(async () => {
  await world?.stop()
})

describe('credits', () => {
  test('that HQ gives and moves arrive at the site, and it says so', async () => {
    const given = await hq.post('/hq/credits', key(), {
      ...{
        memberId,
        operatorId: 'harbour-and-quay',
        currency: 'EUR',
        amountMinor: 10_000,
        reason: 'purchase',
      },
      ...{ fromMs: nowMs() - day, expiresMs: nowMs() + 90 * day },
    })
    const { items } = creditsSchema.parse(await given.json())
    bucketId = items.find((item) => item.memberId === memberId && item.fundedMinor === 10_000)?.bucketId ?? ''
    // What a person set is left to people: from here on nothing moves by itself.
    await move('overdraft', { overdraftMinor: 0 })
    paid = await hold(8)
    refused = await hold(15)
    await move('move', { amountMinor: paid.price.totalMinor + 1 })
    await vi.waitFor(async () => expect((await atSite()).unconfirmedMinor).toBe(0), waitMax)
    expect(await leftOnSite(paid.bookingId)).toBe(paid.price.totalMinor + 1)
  })

  test('pay at the kiosk while the cable is cut, and not beyond what is there', async () => {
    await world.network.cut()
    expect((await pay(paid.bookingId)).status).toBe(200)
    expect(await leftOnSite(paid.bookingId)).toBe(1)
    expect((await pay(refused.bookingId)).status).toBe(402)
    // The cloud believes what it knew; what is out there covers what was spent.
    expect(await atSite()).toMatchObject({ atSiteMinor: paid.price.totalMinor + 1, drawnMinor: 0 })
    await move('ask-back', { amountMinor: paid.price.totalMinor + 1 })
    expect((await bucket()).cloudMinor).toBe(10_000 - paid.price.totalMinor - 1)
  })

  test('agree on both sides to the cent once the cable is whole, and what was left is back', async () => {
    await world.network.restore()
    await vi.waitFor(async () => {
      expect(await atSite()).toMatchObject({ atSiteMinor: 0, drawnMinor: paid.price.totalMinor })
    }, waitMax)
    expect(await leftOnSite(paid.bookingId)).toBe(0)
    expect((await bucket()).cloudMinor).toBe(10_000 - paid.price.totalMinor)
  })

  test('are moved again and used beyond what is there, as far as the overdraft goes', async () => {
    await move('overdraft', { overdraftMinor })
    await move('move', { amountMinor: refused.price.totalMinor - overdraftMinor })
    await vi.waitFor(async () => {
      expect(await leftOnSite(refused.bookingId)).toBe(refused.price.totalMinor - overdraftMinor)
    }, waitMax)
    expect((await pay(refused.bookingId)).status).toBe(200)
    await vi.waitFor(async () => expect((await atSite()).atSiteMinor).toBe(-overdraftMinor), waitMax)
  })

  test('come back with a booking that is cancelled, to where they were drawn from', async () => {
    const drawn = (await atSite()).drawnMinor
    expect((await world.kiosk(`/bookings/${paid.bookingId}/cancel`, key(), {})).status).toBe(200)
    await vi.waitFor(async () => {
      expect((await atSite()).drawnMinor).toBe(drawn - paid.price.totalMinor)
    }, waitMax)
    expect((await atSite()).atSiteMinor).toBe(await leftOnSite(paid.bookingId))
  })

  test('leave books that are equal, and nothing for a person to do', async () => {
    await vi.waitFor(async () => {
      const [books] = await reconcile(world.cloud.pool, nowMs(), [siteId])
      expect([books?.state, books?.lines.filter(({ difference }) => difference !== 0)]).toEqual(['equal', []])
    }, waitMax)
    const { rows } = await world.cloud.pool.query('SELECT kind FROM exceptions WHERE closed_ms IS NULL')
    expect(rows).toEqual([])
  })
})
