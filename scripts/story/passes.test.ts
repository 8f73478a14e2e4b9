import { randomBytes } from 'node:crypto'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { type GuestPass, guestPassSchema } from '@gatehouse/shared/api/guest-view'
import type { PassView } from '@gatehouse/shared/api/pass-view'
import { bookingViewSchema, planViewSchema } from '@gatehouse/shared/api/views'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { windowMs } from '@gatehouse/shared/passes/presentation'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type FrontDoorStory, frontDoor, neverClose, startFrontDoorStory } from './front-door.ts'
import { Holder } from './holder.ts'
import type { Member } from './member.ts'
import { type StoryWorld, untilLive } from './story-world.ts'

const minute = 60_000
let house: FrontDoorStory
let world: StoryWorld
let member: Member
let keys = 0
const phone = new Holder()
const nowMs = () => new SystemClock().now().wallMs
const key = () => `pass-story-${++keys}`

/** Books a room from the next minute on and pays it in the cloud. */
async function bookNow(): Promise<string> {
  const fromMs = Math.ceil(nowMs() / minute) * minute + minute
  const when = { fromMs, toMs: fromMs + 30 * minute }
  const answer = await world.kiosk(`/plan?fromMs=${fromMs}&toMs=${when.toMs + 60 * minute}`)
  const { spaces } = planViewSchema.parse(await answer.json())
  const room = spaces.find(({ status, kind }) => status === 'free' && kind === 'meeting_room')
  const order = { spaceId: room?.spaceId, ...when }
  const held = await member.post('/sites/harbour-house/bookings', key(), order)
  const { bookingId } = bookingViewSchema.parse(await held.json())
  const paid = await member.post(`/bookings/${bookingId}/confirm`, key(), { method: 'card' })
  expect(await paid.json()).toMatchObject({ status: 'confirmed' })
  return bookingId
}

async function scan(presentation: string): Promise<[number, string | undefined]> {
  const answer = await world.kiosk('/access/pass', key(), { presentation, doorId: frontDoor.doorId })
  const { code } = (await answer.json()) as { code?: string }
  return [answer.status, code]
}

beforeAll(async () => {
  house = await startFrontDoorStory()
  world = house.world
  member = await world.logIn('member@demo.example')
  await untilLive(member)
  await neverClose(world)
}, 90_000)

afterAll(() => house?.stop())

describe('a pass for a booking made in the cloud', () => {
  let pass: PassView
  let shown: string

  test('opens the door of its site after the cable was cut', async () => {
    const bookingId = await bookNow()
    pass = await phone.fetch(member, key(), { kind: 'booking', bookingId })
    await world.network.cut()
    shown = phone.show(pass, nowMs())
    expect(await scan(shown)).toEqual([200, undefined])
    await vi.waitFor(() => expect(house.openings()).toBe(1), 60_000)
  })

  test('does not open it again from a picture or a copy', async () => {
    expect(await scan(shown)).toEqual([409, 'presentation_used'])
    expect(await scan(phone.show(pass, nowMs() - 3 * windowMs))).toEqual([410, 'presentation_expired'])
    expect(await scan(pass.token)).toEqual([403, 'pass_not_presented'])
    expect(await scan(new Holder().show(pass, nowMs()))).toEqual([403, 'presentation_forged'])
    expect(house.openings()).toBe(1)
  })

  test('of another site opens nothing here', async () => {
    const elsewhere = await phone.fetch(member, key(), { kind: 'member', siteId: 'quay-street' })
    expect(await scan(phone.show(elsewhere, nowMs()))).toEqual([409, 'pass_foreign'])
  })

  test('that was taken back opens nothing once the site has heard of it', async () => {
    const own = await phone.fetch(member, key(), { kind: 'member', siteId: 'harbour-house' })
    await world.network.restore()
    expect((await member.post(`/passes/${own.passId}/revoke`, key(), {})).status).toBe(200)
    const isKnown = () => world.edge().site?.directory.get('pass_revocation', own.passId)
    await vi.waitFor(() => expect(isKnown()).toBeDefined(), 60_000)
    expect(await scan(phone.show(own, nowMs()))).toEqual([403, 'pass_revoked'])
  })

  test('leaves what happened in the cloud, with the pass and its booking', async () => {
    await vi.waitFor(async () => {
      const { rows } = await world.cloud.pool.query<{ kind: string; reason: string }>(
        `SELECT kind, reason FROM access_events WHERE credential_id = $1 ORDER BY incarnation, seq LIMIT 2`,
        [pass.passId],
      )
      expect(rows).toEqual([
        { kind: 'granted', reason: 'booking' },
        { kind: 'refused', reason: 'presentation_used' },
      ])
    }, 20_000)
  })
})

describe('the pass of a guest', () => {
  const guestPhone = new Holder()
  let bookingId: string
  let pass: GuestPass

  /** The member makes a link, the guest opens it on a phone without a log-in. */
  async function inviteOnto(
    phoneOfGuest: Holder,
  ): Promise<{ readonly guestId: string; readonly pass: GuestPass }> {
    const secret = randomBytes(24).toString('base64url')
    const wish = { secretDigest: sha256Hex(secret), name: 'Zora (demo)' }
    const invited = await member.post(`/bookings/${bookingId}/guests`, key(), wish)
    const { guestId } = (await invited.json()) as { guestId: string }
    const opened = await fetch(`${world.cloud.url}/api/v1/guest/pass`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret, holderKey: phoneOfGuest.holderKey }),
    })
    return { guestId, pass: guestPassSchema.parse(await opened.json()) }
  }

  async function untilRevoked(passId: string): Promise<void> {
    const isKnown = () => world.edge().site?.directory.get('pass_revocation', passId)
    await vi.waitFor(() => expect(isKnown()).toBeDefined(), 60_000)
  }

  test('opens the door of its site after the cable was cut', async () => {
    bookingId = await bookNow()
    const invited = await inviteOnto(guestPhone)
    pass = invited.pass
    await world.network.cut()
    await house.untilShut()
    const before = house.openings()
    expect(await scan(guestPhone.show(pass, nowMs()))).toEqual([200, undefined])
    await vi.waitFor(() => expect(house.openings()).toBe(before + 1), 60_000)
    await world.network.restore()
    expect(
      (await member.post(`/bookings/${bookingId}/guests/${invited.guestId}/revoke`, key(), {})).status,
    ).toBe(200)
  })

  test('opens nothing once the member has taken it back', async () => {
    await untilRevoked(pass.passId)
    expect(await scan(guestPhone.show(pass, nowMs()))).toEqual([403, 'pass_revoked'])
  })

  test('opens nothing once the booking was cancelled', async () => {
    const another = new Holder()
    const invited = await inviteOnto(another)
    expect((await member.post(`/bookings/${bookingId}/cancel`, key(), {})).ok).toBe(true)
    await untilRevoked(invited.pass.passId)
    expect(await scan(another.show(invited.pass, nowMs()))).toEqual([403, 'pass_revoked'])
  })
})
