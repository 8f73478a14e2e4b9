import { reconcile } from '@gatehouse/cloud/reconciliation/reconcile'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { type AuthorityView, authorityViewSchema } from '@gatehouse/shared/api/authority-view'
import { type BookingView, bookingViewSchema, planViewSchema } from '@gatehouse/shared/api/views'
import { loanIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { type LoanTerms, loanTermsSchema } from '@gatehouse/shared/wire/v1/loans'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type FrontDoorStory, frontDoor, neverClose, startFrontDoorStory } from './front-door.ts'
import { Holder } from './holder.ts'
import type { Member } from './member.ts'
import { type StoryWorld, untilLive } from './story-world.ts'

const minute = 60_000
const hour = 60 * minute
const waitMax = { timeout: 30_000, interval: 50 }
const siteId = 'harbour-house'

let house: FrontDoorStory
let world: StoryWorld
let member: Member
let keys = 0
let loan: LoanTerms
let sold: BookingView
let cancelled: BookingView
const phone = new Holder()
const nowMs = () => new SystemClock().now().wallMs
const key = () => `loan-story-${++keys}`

function site() {
  return world.edge().site ?? expect.fail('the site is not open')
}

async function submit(kind: string, input: object): Promise<void> {
  const outcome = await site().kernel.submit({ kind, caller: 'system', key: key(), input })
  if (!outcome.ok) expect.fail(outcome.refusal.code)
}

/** Lends a room that is free from this minute on. */
async function lend(): Promise<LoanTerms> {
  const fromMs = Math.floor(nowMs() / minute) * minute
  const toMs = fromMs + 3 * hour
  const plan = await world.kiosk(`/plan?fromMs=${fromMs}&toMs=${toMs}`)
  const { spaces } = planViewSchema.parse(await plan.json())
  const room = spaces.find(({ status, kind, bookable, parts = [] }) => {
    return status === 'free' && kind === 'meeting_room' && bookable && parts.length === 0
  })
  const terms = loanTermsSchema.parse({
    ...{ loanId: loanIdSchema.parse('ln_story'), spaceId: spaceIdSchema.parse(room?.spaceId) },
    ...{ fromMs, toMs, sellUntilMs: toMs, epoch: world.cloud.identity.epoch },
  })
  await submit('grantLoan', terms)
  return terms
}

async function authority(ask: (path: string) => Promise<Response>): Promise<AuthorityView> {
  const { fromMs, toMs, spaceId } = loan
  const answer = await ask(`/sites/${siteId}/authority?fromMs=${fromMs}&toMs=${toMs}&spaceId=${spaceId}`)
  return authorityViewSchema.parse(await answer.json())
}

async function sellers(ask: (path: string) => Promise<Response>): Promise<readonly string[]> {
  const { spaces } = await authority(ask)
  return (spaces[0]?.spans ?? []).map((span) => span.authority.kind)
}

const inCloud = (path: string) => member.get(path)
const onSite = (path: string) => world.kiosk(path)

function ask(fromMs: number, toMs: number): Promise<Response> {
  return member.post(`/sites/${siteId}/bookings`, key(), { spaceId: loan.spaceId, fromMs, toMs })
}

/** Books in the cloud and pays. */
async function book(fromMs: number, toMs: number): Promise<BookingView> {
  const held = bookingViewSchema.parse(await (await ask(fromMs, toMs)).json())
  const paid = await member.post(`/bookings/${held.bookingId}/confirm`, key(), { method: 'card' })
  return bookingViewSchema.parse(await paid.json())
}

async function codeAtKiosk(fromMs: number, toMs: number): Promise<[number, string | undefined]> {
  const body = { spaceId: loan.spaceId, fromMs, toMs, guestName: 'Walk-in (demo)' }
  const answer = await world.kiosk('/bookings', key(), body)
  return [answer.status, ((await answer.json()) as { code?: string }).code]
}

beforeAll(async () => {
  house = await startFrontDoorStory()
  world = house.world
  member = await world.logIn('member@demo.example')
  await untilLive(member)
  // It lends what the story says, and nothing by itself.
  await neverClose(world, { lending: undefined })
}, 90_000)

afterAll(() => house?.stop())

describe('what a site lends', () => {
  test('is sold by the cloud alone from the moment that the cloud knows', async () => {
    loan = await lend()
    await vi.waitFor(async () => expect(await sellers(inCloud)).toEqual(['cloud']), waitMax)
    await vi.waitFor(async () => expect(await sellers(onSite)).toEqual(['cloud']), waitMax)
  })

  test('is sold while the cable is cut, and the kiosk does not sell it', async () => {
    await world.network.cut()
    const fromMs = Math.ceil(nowMs() / minute) * minute + minute
    sold = await book(fromMs, fromMs + 30 * minute)
    expect(sold).toMatchObject({ status: 'confirmed', path: 'loan', decidedBy: 'cloud' })
    expect((await codeAtKiosk(sold.fromMs, sold.toMs))[0]).toBe(409)
    expect((await codeAtKiosk(sold.fromMs + hour, sold.toMs + hour))[0]).toBe(409)
    expect((await ask(sold.fromMs, sold.toMs)).status).toBe(409)
  })

  test('what is cancelled meanwhile is paid back and sold to nobody', async () => {
    const booked = await book(loan.fromMs + 2 * hour, loan.fromMs + 2 * hour + 30 * minute)
    const answer = await member.post(`/bookings/${booked.bookingId}/cancel`, key(), {})
    cancelled = bookingViewSchema.parse(await answer.json())
    expect(cancelled.status).toBe('cancelled')
    expect((await ask(cancelled.fromMs, cancelled.toMs)).status).toBe(409)
  })

  test('the pass opens the door of a site that never heard of the booking', async () => {
    const pass = await phone.fetch(member, key(), { kind: 'booking', bookingId: sold.bookingId })
    const presentation = phone.show(pass, nowMs())
    const answer = await world.kiosk('/access/pass', key(), { presentation, doorId: frontDoor.doorId })
    expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)])
    await vi.waitFor(() => expect(house.openings()).toBe(1), waitMax)
  })
})

describe('after the cable is whole again', () => {
  test('the site has what the cloud sold, and what was cancelled is sold again', async () => {
    await world.network.restore()
    await vi.waitFor(async () => {
      const { rows } = await world.cloud.pool.query<{ site_status: string | null }>(
        'SELECT site_status FROM bookings WHERE booking_id = ANY ($1) ORDER BY from_ms',
        [[sold.bookingId, cancelled.bookingId]],
      )
      expect(rows.map((row) => row.site_status)).toEqual([
        expect.stringMatching(/confirmed|checked_in/),
        'cancelled',
      ])
    }, waitMax)
    expect((await book(cancelled.fromMs, cancelled.toMs)).status).toBe('confirmed')
  })

  test('the books of both agree, to the cent', async () => {
    await vi.waitFor(async () => {
      const [books] = await reconcile(world.cloud.pool, nowMs(), [siteId])
      const different = books?.lines.filter(({ difference }) => difference !== 0)
      expect([books?.state, different, books?.atSeq]).toEqual(['equal', [], site().kernel.head.seq])
    }, waitMax)
    const { rows } = await world.cloud.pool.query(
      'SELECT kind, about FROM exceptions WHERE site_id = $1 AND closed_ms IS NULL',
      [siteId],
    )
    expect(rows).toEqual([])
  })

  test('what the kiosk had been asked for was asked back: the site sells it again, around what stays sold', async () => {
    await vi.waitFor(async () => expect(await sellers(onSite)).toEqual(['site']), waitMax)
    await vi.waitFor(async () => expect(await sellers(inCloud)).toEqual(['site']), waitMax)
    expect((await codeAtKiosk(sold.fromMs, sold.toMs))[0]).toBe(409)
    expect((await codeAtKiosk(loan.fromMs + hour, loan.fromMs + hour + 30 * minute))[0]).toBe(201)
  })
})
