import { bookingViewSchema, extensionsViewSchema, planViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Member } from './member.ts'
import { anHourAhead, type StoryWorld, startStory, untilLive } from './story-world.ts'

const hour = 3_600_000
const minute = 60_000

let world: StoryWorld
let member: Member

beforeAll(async () => {
  world = await startStory()
  member = await world.logIn('member@demo.example')
  await untilLive(member)
})

afterAll(async () => {
  await world?.stop()
})

interface When {
  readonly fromMs: number
  readonly toMs: number
}

const bookingOf = async (answer: Response) => bookingViewSchema.parse(await answer.json())

/** A room that nobody has on that day; a plan covers desks, rooms cost money. */
async function freeRoom({ fromMs, toMs }: When): Promise<string> {
  const answer = await world.kiosk(`/plan?fromMs=${fromMs - 2 * hour}&toMs=${toMs + 4 * hour}`)
  const { spaces } = planViewSchema.parse(await answer.json())
  const room = spaces.find(
    ({ status, bookable, kind }) => status === 'free' && bookable && kind === 'meeting_room',
  )
  return room?.spaceId ?? expect.fail('no room is free')
}

async function booked(name: string, spaceId: string, when: When) {
  const held = await bookingOf(
    await member.post('/sites/harbour-house/bookings', `${name}-hold`, { spaceId, ...when }),
  )
  const paid = await member.post(`/bookings/${held.bookingId}/confirm`, `${name}-pay`, { method: 'card' })
  expect(paid.status).toBe(200)
  return bookingOf(paid)
}

async function inCloud(bookingId: string) {
  const { rows } = await world.cloud.pool.query<{ to_ms: number; paid_minor: number; total: number }>(
    `SELECT to_ms, paid_minor, (price->>'totalMinor')::int AS total FROM bookings WHERE booking_id = $1`,
    [bookingId],
  )
  return rows[0]
}

async function overlaps(): Promise<number> {
  const { rowCount } = await world.cloud.pool.query(
    `SELECT 1 FROM booking_blocks a JOIN booking_blocks b ON a.site_id = b.site_id AND a.space_id = b.space_id
       AND a.booking_id < b.booking_id AND a.block && b.block`,
  )
  return rowCount ?? -1
}

/** Waits until the sums that the site reports are those over the tables of the cloud. */
async function untilSumsEqual(): Promise<void> {
  const hq = await world.logIn('hq@demo.example')
  await vi.waitFor(async () => {
    const head = world.edge().site?.kernel.head.seq
    const answer = (await (await hq.get('/hq/reconciliation')).json()) as {
      items: { siteId: string; state: string; atSeq: number }[]
    }
    const own = answer.items.find(({ siteId }) => siteId === 'harbour-house')
    expect(own).toMatchObject({ state: 'equal', atSeq: head })
  }, 30_000)
}

describe('a later end of a booking', () => {
  test('is chosen and paid in the cloud; the site decides, holds it and knows it', async () => {
    const when = anHourAhead(6)
    const booking = await booked('cloud', await freeRoom(when), when)
    const path = `/bookings/${booking.bookingId}`
    const offers = extensionsViewSchema.parse(await (await member.get(`${path}/extensions`)).json())
    const offer =
      offers.items.find(({ toMs }) => toMs === when.toMs + hour) ?? expect.fail('an hour is not offered')
    const held = await bookingOf(await member.post(`${path}/extend`, 'cloud-extend', { toMs: offer.toMs }))
    expect(held.extension).toMatchObject({ toMs: offer.toMs, price: offer.price })
    const pay = { toMs: offer.toMs, method: 'card', card: 'sandbox_ok' }
    const paid = await bookingOf(await member.post(`${path}/extend/confirm`, 'cloud-extend-pay', pay))
    expect(paid).toMatchObject({
      toMs: offer.toMs,
      paidMinor: booking.paidMinor + offer.price.totalMinor,
      price: { totalMinor: booking.price.totalMinor + offer.price.totalMinor },
    })
    const atKiosk = (await (await world.kiosk(`/bookings?reference=${booking.reference}`)).json()) as object
    expect(atKiosk).toMatchObject({ items: [{ toMs: offer.toMs, paidMinor: paid.paidMinor }] })
    expect(await (await member.post(`${path}/release`, 'cloud-leave', {})).json()).toMatchObject({
      status: 409,
      code: 'not_checked_in',
    })
  })

  test('is sold at the kiosk while the network is cut, known to be out of reach in the cloud, and arrives', async () => {
    const when = anHourAhead(8)
    const booking = await booked('offline', await freeRoom(when), when)
    const path = `/bookings/${booking.bookingId}`
    await vi.waitFor(async () => expect(await inCloud(booking.bookingId)).toBeDefined(), 60_000)
    await world.network.cut()
    const toMs = when.toMs + 30 * minute
    const held = await bookingOf(await world.kiosk(`${path}/extend`, 'offline-extend', { toMs }))
    const due = held.extension?.price.totalMinor ?? expect.fail('nothing is held')
    const cash = { toMs, method: 'cash', tenderedMinor: due + 500 }
    const answer = (await (await world.kiosk(`${path}/extend/confirm`, 'offline-pay', cash)).json()) as object
    expect(answer).toMatchObject({ toMs, receipt: { amountMinor: due, changeMinor: 500 } })
    expect(await inCloud(booking.bookingId)).toMatchObject({
      to_ms: when.toMs,
      paid_minor: booking.paidMinor,
    })
    // Until the cloud has noticed, a question would be written down and wait.
    await vi.waitFor(async () => {
      const site = (await (await member.get('/sites/harbour-house')).json()) as { link: { state: string } }
      expect(site.link.state).toBe('offline')
    }, 45_000)
    const refused = await member.post(`${path}/extend`, 'offline-cloud', { toMs: when.toMs + hour })
    expect(await refused.json()).toMatchObject({ status: 503, code: 'site_unreachable' })
    await world.network.restore()
    const total = booking.price.totalMinor + due
    await vi.waitFor(
      async () => expect(await inCloud(booking.bookingId)).toEqual({ to_ms: toMs, paid_minor: total, total }),
      20_000,
    )
    await untilLive(member)
    await untilSumsEqual()
  }, 120_000)

  test('never meets the neighbour, however many ask at both tiers at once', async () => {
    const when = anHourAhead(10)
    const spaceId = await freeRoom(when)
    const booking = await booked('race', spaceId, when)
    const next = { fromMs: when.toMs + hour, toMs: when.toMs + 2 * hour }
    const neighbour = await booked('race-next', spaceId, next)
    const toMs = next.fromMs + 30 * minute
    const path = `/bookings/${booking.bookingId}/extend`
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        n % 2 === 0
          ? member.post(path, `race-cloud-${n}`, { toMs })
          : world.kiosk(path, `race-kiosk-${n}`, { toMs }),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([409]))
    const taken = (await answers[1]?.json()) as { code: string; alternatives: { toMs: number }[] }
    expect(taken.code).toBe('space_taken')
    expect(taken.alternatives[0]?.toMs).toBeLessThanOrEqual(next.fromMs)
    expect(await overlaps()).toBe(0)
    expect((await inCloud(neighbour.bookingId))?.to_ms).toBe(next.toMs)
    await untilSumsEqual()
  })
})
