import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { anHourAhead, freeDesk, type StoryWorld, startStory, untilLive } from './story-world.ts'

let world: StoryWorld

beforeAll(async () => {
  world = await startStory()
})

afterAll(async () => {
  await world?.stop()
})

async function cloudStatus(bookingId: string): Promise<string | undefined> {
  const { rows } = await world.cloud.pool.query<{ status: string }>(
    'SELECT status FROM bookings WHERE booking_id = $1',
    [bookingId],
  )
  return rows[0]?.status
}

describe('a site and its cloud', () => {
  test('a desk booked and paid at the kiosk arrives in the cloud', async () => {
    const when = anHourAhead(2)
    const spaceId = await freeDesk(world, when)
    const hold = { spaceId, ...when, guestName: 'Demo Visitor' }
    const held = await world.kiosk('/bookings', 'story-hold-1', hold)
    expect(held.status).toBe(201)
    const booking = bookingViewSchema.parse(await held.json())
    const cash = { method: 'cash', tenderedMinor: booking.price.totalMinor + 500 }
    const paid = await world.kiosk(`/bookings/${booking.bookingId}/confirm`, 'story-pay-1', cash)
    expect(await paid.json()).toMatchObject({ status: 'confirmed', paidMinor: booking.price.totalMinor })
    await vi.waitFor(async () => expect(await cloudStatus(booking.bookingId)).toBe('confirmed'), 60_000)
  })

  test('a member books in the cloud, the site decides, and the kiosk knows', async () => {
    const member = await world.logIn('member@demo.example')
    await untilLive(member)
    const when = anHourAhead(3)
    const spaceId = await freeDesk(world, when)
    const held = await member.post('/sites/harbour-house/bookings', 'member-hold-1', { spaceId, ...when })
    expect([held.status, await held.clone().text()]).toEqual([201, expect.stringContaining('"held"')])
    const booking = bookingViewSchema.parse(await held.json())
    const body = { method: 'card', card: 'sandbox_ok' }
    const confirmed = await member.post(`/bookings/${booking.bookingId}/confirm`, 'member-pay-1', body)
    expect([confirmed.status, await confirmed.clone().text()]).toEqual([
      200,
      expect.stringContaining('"confirmed"'),
    ])
    const atKiosk = await world.kiosk(`/bookings?reference=${booking.reference}`)
    expect(await atKiosk.json()).toMatchObject({ items: [{ status: 'confirmed', spaceId }] })
    const again = await world.kiosk('/bookings', 'story-hold-2', {
      spaceId,
      ...when,
      guestName: 'Demo Visitor',
    })
    expect([again.status, (await again.json()) as object]).toEqual([
      409,
      expect.objectContaining({ code: 'space_taken' }),
    ])
  })

  test('while the network is cut the kiosk sells on and everything arrives afterwards', async () => {
    await world.network.cut()
    const when = anHourAhead(4)
    const spaceId = await freeDesk(world, when)
    const hold = { spaceId, ...when, guestName: 'Demo Visitor' }
    const held = bookingViewSchema.parse(await (await world.kiosk('/bookings', 'story-hold-3', hold)).json())
    const cash = { method: 'cash', tenderedMinor: held.price.totalMinor }
    expect((await world.kiosk(`/bookings/${held.bookingId}/confirm`, 'story-pay-3', cash)).status).toBe(200)
    expect(await cloudStatus(held.bookingId)).toBeUndefined()
    await world.restartEdge()
    await world.network.restore()
    await vi.waitFor(async () => expect(await cloudStatus(held.bookingId)).toBe('confirmed'), 60_000)
  })
})
