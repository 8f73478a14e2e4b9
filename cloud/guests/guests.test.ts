import { randomBytes } from 'node:crypto'
import type { BookingGuests, GuestPass } from '@gatehouse/shared/api/guest-view'
import type { Problem } from '@gatehouse/shared/api/problem'
import type { BookingView } from '@gatehouse/shared/api/views'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { readPresentation } from '@gatehouse/shared/passes/presentation'
import { testKeys } from '@gatehouse/shared/passes/testing/sample-passes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asOperator } from '../database/pool.ts'
import { loseAnswer } from '../http/testing/lose-answer.ts'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { runDue } from '../jobs/run-due.ts'
import { tendPasses } from '../passes/tend-passes.ts'
import { guestJob, pruneInvitations } from './tend-guests.ts'

let world: TestCloud
let anna: Caller
let ben: Caller
/** Nobody's log-in. */
let guest: Caller
let keys = 0
let slots = 0

const key = () => `guest-key-${String(++keys).padStart(8, '0')}`
const newSecret = () => randomBytes(24).toString('base64url')
const phone = (seed: number) => Buffer.from(testKeys(seed).publicKey).toString('base64url')
const refused = (answer: { status: number; body: unknown }) => [answer.status, (answer.body as Problem).code]
const look = (secret: string, holderKey?: string) =>
  guest.post('/api/v1/guest/link', { secret, ...(holderKey && { holderKey }) })
const open = (secret: string, holderKey = phone(31)) =>
  guest.post('/api/v1/guest/pass', { secret, holderKey })
const passOf = ({ body }: { readonly body: unknown }) => body as GuestPass

/** A room for four in an hour of its own, paid. */
async function booked(spaceId = 'room-1', pay = true): Promise<string> {
  slots += 1
  const fromMs = startMs + (48 + slots) * hourMs
  const hold = { spaceId, fromMs, toMs: fromMs + hourMs }
  const held = (await anna.post('/api/v1/sites/north/bookings', hold, key())).body as unknown as BookingView
  const card = { method: 'card', card: 'sandbox_ok' }
  if (pay) await anna.post(`/api/v1/bookings/${held.bookingId}/confirm`, card, key())
  return held.bookingId
}

/** What is looked at in the OpenAPI document. */
interface Described {
  readonly paths: Record<
    string,
    { readonly post: { readonly responses: Record<string, { readonly content?: object }> } } | undefined
  >
}

interface Invited {
  readonly bookingId: string
  readonly secret: string
  readonly guestId: string
}

async function invited(bookingId: string, name?: string): Promise<Invited> {
  const secret = newSecret()
  const answer = await invite(bookingId, { secretDigest: sha256Hex(secret), ...(name && { name }) })
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
  return { bookingId, secret, guestId: String(answer.body.guestId) }
}

function invite(bookingId: string, wish: object, by = key(), caller = anna) {
  return caller.post(`/api/v1/bookings/${bookingId}/guests`, wish, by)
}

async function guestsOf(bookingId: string): Promise<BookingGuests> {
  return (await anna.get(`/api/v1/bookings/${bookingId}/guests`)).body as unknown as BookingGuests
}

function takeBack({ bookingId, guestId }: Invited, caller = anna) {
  return caller.post(`/api/v1/bookings/${bookingId}/guests/${guestId}/revoke`, {}, key())
}

async function isRevoked(passId: string): Promise<boolean> {
  const { rowCount } = await world.cloud.pool.query(
    `SELECT FROM site_directory WHERE site_id = 'north' AND kind = 'pass_revocation' AND key = $1 AND body IS NOT NULL`,
    [passId],
  )
  return rowCount === 1
}

beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
  ben = await world.as('ben')
  guest = world.stranger()
  await tendPasses({ ...world.cloud, clock: world.clock })
})
afterAll(() => world?.close())

describe('a guest of a booking', () => {
  it('is listed with the name that the member wrote, which lies sealed in the store', async () => {
    const { bookingId, guestId } = await invited(await booked(), 'Zora Zimt')
    expect(await guestsOf(bookingId)).toEqual({
      items: [{ guestId, name: 'Zora Zimt', state: 'invited', invitedMs: world.clock.now().wallMs }],
      guestsMax: 3,
    })
    const { rows } = await world.cloud.pool.query(
      'SELECT row_to_json(guest_invitation)::text AS kept FROM guest_invitation WHERE guest_id = $1',
      [guestId],
    )
    const answers = await world.cloud.pool.query('SELECT string_agg(body, $1) AS kept FROM idempotency_key', [
      ' ',
    ])
    for (const { kept } of [...rows, ...answers.rows]) expect(kept).not.toContain('Zora')
  })

  it('opens the link without a log-in and gets a pass for the booking on that phone', async () => {
    const { bookingId, secret, guestId } = await invited(await booked(), 'Zora')
    const seen = await look(secret)
    expect([seen.status, seen.body]).toEqual([
      200,
      expect.objectContaining({
        state: 'open',
        siteName: 'House north',
        spaceName: 'Room 1',
        guestName: 'Zora',
      }),
    ])
    const { token, link, passId } = passOf(await open(secret))
    expect([link.state, passId]).toEqual(['yours', `ps_${guestId.slice(3)}`])
    const read = readPresentation(token)
    expect(read.ok && read.value.pass).toMatchObject({ kind: 'guest', bookingId, guestId, audience: 'north' })
    expect(read.ok && read.value.pass).not.toHaveProperty('memberId')
    expect((await guestsOf(bookingId)).items).toMatchObject([{ state: 'on_phone' }])
  })

  it('gets the same pass again on the same phone, and none on another, which is told since when', async () => {
    const { secret } = await invited(await booked())
    const first = passOf(await open(secret))
    const openedMs = world.clock.now().wallMs
    world.clock.advance(2_000)
    const again = passOf(await open(secret))
    expect([again.passId, again.issuedMs > first.issuedMs]).toEqual([first.passId, true])
    expect(refused(await open(secret, phone(32)))).toEqual([409, 'invitation_spent'])
    expect((await look(secret, phone(32))).body).toMatchObject({ state: 'spent', openedMs })
    expect((await look(secret, phone(31))).body).toMatchObject({ state: 'yours' })
  })

  it('and what the guest is invited to are told to no phone for which the link opens nothing', async () => {
    const bookingId = await booked()
    const [spent, taken, cancelled] = [
      await invited(bookingId, 'Zora'),
      await invited(bookingId, 'Zora'),
      await invited(await booked(), 'Zora'),
    ]
    await open(spent.secret)
    await takeBack(taken)
    await anna.post(`/api/v1/bookings/${cancelled.bookingId}/cancel`, {}, key())
    const nowMs = world.clock.now().wallMs
    const site = { siteName: 'House north', timeZone: 'Europe/Berlin', nowMs }
    expect((await look(spent.secret, phone(32))).body).toEqual({ state: 'spent', openedMs: nowMs, ...site })
    expect((await look(taken.secret)).body).toEqual({ state: 'taken_back', ...site })
    expect((await look(cancelled.secret)).body).toEqual({ state: 'cancelled', ...site })
    expect((await look(spent.secret, phone(31))).body).toMatchObject({ state: 'yours', guestName: 'Zora' })
  })

  it('is one phone, however many open the link at once', async () => {
    const { secret, guestId } = await invited(await booked())
    const phones = Array.from({ length: 8 }, (_, at) => phone(40 + at))
    const answers = await Promise.all(phones.map((one) => open(secret, one)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)])
    const winner = phones[answers.findIndex(({ status }) => status === 200)]
    const { rows } = await world.cloud.pool.query('SELECT holder_key FROM pass WHERE guest_id = $1', [
      guestId,
    ])
    expect(rows).toEqual([{ holder_key: winner }])
  })

  it('loses link and pass when the member takes them back', async () => {
    const bookingId = await booked()
    const [unopened, opened] = [await invited(bookingId), await invited(bookingId)]
    const { passId } = passOf(await open(opened.secret))
    expect(refused(await takeBack(opened, ben))).toEqual([404, 'unknown_guest'])
    for (const one of [unopened, opened, opened]) expect((await takeBack(one)).status).toBe(200)
    for (const { secret } of [unopened, opened]) {
      expect(refused(await open(secret))).toEqual([410, 'invitation_taken_back'])
      expect((await look(secret)).body.state).toBe('taken_back')
    }
    expect(await isRevoked(passId)).toBe(true)
    expect((await guestsOf(bookingId)).items.map(({ state }) => state)).toEqual(['taken_back', 'taken_back'])
  })

  it('loses the pass as well when the member takes it back among all passes', async () => {
    const { bookingId, secret } = await invited(await booked())
    const { passId } = passOf(await open(secret))
    expect((await anna.post(`/api/v1/passes/${passId}/revoke`, {}, key())).status).toBe(200)
    expect(refused(await open(secret))).toEqual([410, 'invitation_taken_back'])
    expect((await guestsOf(bookingId)).items).toMatchObject([{ state: 'taken_back' }])
  })

  it('loses it when it is taken back while the phone opens it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const one = await invited(await booked())
      const [opened] = await Promise.all([open(one.secret), takeBack(one)])
      if (opened.status === 200) expect(await isRevoked(passOf(opened).passId)).toBe(true)
      else expect(refused(opened)).toEqual([410, 'invitation_taken_back'])
    }
  })

  it('loses it when the booking is cancelled', async () => {
    const { bookingId, secret } = await invited(await booked())
    const { passId } = passOf(await open(secret))
    const unopened = await invited(bookingId)
    await anna.post(`/api/v1/bookings/${bookingId}/cancel`, {}, key())
    const parts = { ...world.cloud, clock: world.clock }
    const round = () => runDue(parts.pool, world.clock.now().wallMs, [guestJob(parts)])
    await Promise.all([round(), round()])
    expect(await isRevoked(passId)).toBe(true)
    for (const link of [secret, unopened.secret]) {
      expect(refused(await open(link))).toEqual([410, 'invitation_cancelled'])
    }
    expect(refused(await invite(bookingId, { secretDigest: sha256Hex(newSecret()) }))).toEqual([410, 'ended'])
  })
})

describe('an invitation', () => {
  it('is the same one under its key when the answer was lost, and no other one', async () => {
    const bookingId = await booked()
    const by = key()
    const wish = { secretDigest: sha256Hex(newSecret()) }
    const first = await invite(bookingId, wish, by)
    await loseAnswer(world.cloud.pool, by)
    expect((await invite(bookingId, wish, by)).body).toEqual(first.body)
    await world.cloud.pool.query('DELETE FROM idempotency_key')
    const other = { secretDigest: sha256Hex(newSecret()) }
    expect(refused(await invite(bookingId, other, by))).toEqual([422, 'key_reused'])
    // The secret of another guest.
    expect(refused(await invite(await booked(), wish))).toEqual([422, 'key_reused'])
  })

  it('is one for each seat but the member’s, also when they come at once, and one more when one is taken back', async () => {
    const bookingId = await booked()
    const wishes = Array.from({ length: 6 }, () =>
      invite(bookingId, { secretDigest: sha256Hex(newSecret()) }),
    )
    const answers = await Promise.all(wishes)
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409])
    expect(refused(await invite(bookingId, { secretDigest: sha256Hex(newSecret()) }))).toEqual([
      409,
      'too_many_guests',
    ])
    const [one] = (await guestsOf(bookingId)).items
    await takeBack({ bookingId, secret: '', guestId: one?.guestId ?? '' })
    await invited(bookingId)
  })

  it('is refused for what is not paid, not theirs or not there, and with bad input by name', async () => {
    const wish = { secretDigest: sha256Hex(newSecret()) }
    const bookingId = await booked()
    const held = await booked('room-2', false)
    const none = 'bk_0123456789abcdef012345678'
    const hana = await world.as('hana')
    const refusals = [
      [await invite(held, wish), 409, 'not_confirmed'],
      [await invite(bookingId, wish, key(), ben), 404, 'unknown_booking'],
      [await invite(none, wish), 404, 'unknown_booking'],
      [await invite(bookingId, wish, key(), hana), 403, 'not_a_member'],
      [await invite(bookingId, wish, key(), guest), 401, 'unauthenticated'],
      [await anna.get(`/api/v1/bookings/${none}/guests`), 404, 'unknown_booking'],
      [await ben.get(`/api/v1/bookings/${bookingId}/guests`), 404, 'unknown_booking'],
      [await takeBack({ bookingId, secret: '', guestId: 'gs_0' }), 404, 'unknown_guest'],
      [await anna.post(`/api/v1/bookings/${bookingId}/guests`, wish), 400, 'key_required'],
    ] as const
    for (const [answer, status, code] of refusals) expect(refused(answer)).toEqual([status, code])
    const bad = [
      {},
      { secretDigest: 'x' },
      { secretDigest: sha256Hex('x').toUpperCase() },
      { ...wish, name: ' ' },
      { ...wish, name: 'x'.repeat(61) },
      { ...wish, secret: newSecret() },
    ]
    for (const body of bad) expect(refused(await invite(bookingId, body))).toEqual([422, 'invalid_request'])
  })

  it('is never seen by other operators', async () => {
    const { guestId } = await invited(await booked())
    const seenBy = (operator: string) =>
      asOperator(world.cloud.pool, operator, (tx) =>
        tx.query('SELECT FROM guest_invitation WHERE guest_id = $1', [guestId]),
      )
    const seen = await Promise.all([seenBy('nobody'), seenBy('demo')])
    expect(seen.map(({ rowCount }) => rowCount)).toEqual([0, 1])
  })
})

describe('a link', () => {
  it('that nobody gave, or that is none, opens nothing', async () => {
    expect(refused(await look(newSecret()))).toEqual([404, 'unknown_invitation'])
    expect(refused(await open(newSecret()))).toEqual([404, 'unknown_invitation'])
    const { secret } = await invited(await booked())
    expect(refused(await open(secret, 'A'.repeat(43)))).toEqual([422, 'holder_key_unusable'])
    const bad = [
      {},
      { secret: 'x' },
      { secret, holderKey: 'x' },
      { secret, holderKey: phone(1), admin: true },
    ]
    for (const path of ['/api/v1/guest/link', '/api/v1/guest/pass'])
      for (const body of bad) expect(refused(await guest.post(path, body))).toEqual([422, 'invalid_request'])
    expect((await look(secret)).body.state).toBe('open')
  })

  it('has each refusal described as the problem that it is', async () => {
    const { paths } = (await guest.get('/openapi.json')).body as unknown as Described
    for (const path of ['/api/v1/guest/link', '/api/v1/guest/pass']) {
      const { 200: _, ...refusals } = paths[path]?.post.responses ?? {}
      expect(Object.keys(refusals)).toContain('429')
      for (const { content } of Object.values(refusals)) {
        expect(Object.keys(content ?? {})).toEqual(['application/problem+json'])
      }
    }
  })

  it('is limited by address, not by person', async () => {
    const narrow = await startTestCloud({ perUser: { perSecond: 0.001, burst: 2 } })
    try {
      const stranger = narrow.stranger()
      const tries = [1, 2, 3].map(() => stranger.post('/api/v1/guest/link', { secret: newSecret() }))
      const answers = await Promise.all(tries)
      expect(answers.map(({ status }) => status).sort()).toEqual([404, 404, 429])
    } finally {
      await narrow.close()
    }
  })

  it('ends with its booking, its pass when the door closes behind it; weeks later it is forgotten', async () => {
    const bookingId = await booked()
    const [unopened, opened] = [await invited(bookingId), await invited(bookingId, 'Zora')]
    await open(opened.secret)
    const { toMs } = (await anna.get(`/api/v1/bookings/${bookingId}`)).body as unknown as BookingView
    world.clock.set({ wallMs: toMs - 1 })
    expect((await look(unopened.secret)).body.state).toBe('open')
    world.clock.set({ wallMs: toMs })
    expect(refused(await open(unopened.secret))).toEqual([410, 'invitation_over'])
    expect((await open(opened.secret)).status).toBe(200)
    world.clock.advance(hourMs)
    expect(refused(await open(opened.secret))).toEqual([410, 'invitation_over'])
    const names = () =>
      world.cloud.pool.query('SELECT sealed_name FROM guest_invitation WHERE guest_id = $1', [opened.guestId])
    const monthMs = 30 * 24 * hourMs
    world.clock.set({ wallMs: toMs + monthMs })
    await pruneInvitations({ ...world.cloud, clock: world.clock })
    expect((await names()).rows).toEqual([{ sealed_name: expect.anything() }])
    world.clock.set({ wallMs: toMs + monthMs + 1 })
    await pruneInvitations({ ...world.cloud, clock: world.clock })
    expect((await names()).rows).toEqual([])
    expect(refused(await look(opened.secret))).toEqual([404, 'unknown_invitation'])
  })
})
