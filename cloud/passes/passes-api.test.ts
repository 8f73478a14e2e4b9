import type { PassView } from '@gatehouse/shared/api/pass-view'
import type { Problem } from '@gatehouse/shared/api/problem'
import type { BookingView } from '@gatehouse/shared/api/views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { ed25519Verifier, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import type { HeldPass } from '@gatehouse/shared/passes/pass'
import { readPresentation } from '@gatehouse/shared/passes/presentation'
import { holderKeys, show, testKeys } from '@gatehouse/shared/passes/testing/sample-passes'
import { verifyPass } from '@gatehouse/shared/passes/verify-pass'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asOperator } from '../database/pool.ts'
import { loseAnswer } from '../http/testing/lose-answer.ts'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { keyAroundMs, keyUseMs, knownKeys, signingKey } from './signing-keys.ts'
import { tendPasses } from './tend-passes.ts'

let world: TestCloud
let anna: Caller
let ben: Caller
let keys = 0
let bookingId: string

const key = () => `pass-key-${String(++keys).padStart(8, '0')}`
const holderKey = Buffer.from(holderKeys.publicKey).toString('base64url')
const refused = (answer: { status: number; body: unknown }) => [answer.status, (answer.body as Problem).code]
const ask = (caller: Caller, body: object, by = key()) => caller.post('/api/v1/passes', body, by)
const forgetKeys = () => world.cloud.pool.query('DELETE FROM idempotency_key')
const tend = () => tendPasses({ ...world.cloud, clock: world.clock })

async function confirmed(caller: Caller, slot: number, confirm = true): Promise<string> {
  const fromMs = startMs + slot * hourMs
  const hold = { spaceId: 'room-1', fromMs, toMs: fromMs + hourMs }
  const held = (await caller.post('/api/v1/sites/north/bookings', hold, key())).body as unknown as BookingView
  const pay = { method: 'card', card: 'sandbox_ok' }
  if (confirm) await caller.post(`/api/v1/bookings/${held.bookingId}/confirm`, pay, key())
  return held.bookingId
}

async function directory<B>(kind: string, siteId = 'north'): Promise<Map<string, B>> {
  const { rows } = await world.cloud.pool.query<{ key: string; body: B }>(
    'SELECT key, body FROM site_directory WHERE site_id = $1 AND kind = $2 AND body IS NOT NULL',
    [siteId, kind],
  )
  return new Map(rows.map((row) => [row.key, row.body]))
}

/** What the site would make of a pass, with nothing but its directory. */
async function believed(view: PassView, siteId = 'north'): Promise<HeldPass | string> {
  const signed = readPresentation(view.token)
  if (!signed.ok) return signed.error
  const presented = readPresentation(show(signed.value, world.clock.now().wallMs))
  if (!presented.ok) return presented.error
  const known = await directory<DirectoryBody<'pass_key'>>('pass_key', siteId)
  const revoked = await directory('pass_revocation', siteId)
  const verified = verifyPass(presented.value, {
    siteId: siteIdSchema.parse(siteId),
    at: world.clock.now(),
    keyOf: (keyId) => {
      const row = known.get(keyId)
      const publicKey = row && publicKeyBytes(row.publicKey)
      return row && publicKey ? { ...row, publicKey, issuer: 'cloud' as const } : undefined
    },
    isRevoked: (passId) => revoked.has(passId),
    verify: ed25519Verifier(),
  })
  return verified.ok ? (verified.value as HeldPass) : verified.error
}

beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
  ben = await world.as('ben')
  await tend()
  bookingId = await confirmed(anna, 4)
})
afterAll(() => world?.close())

describe('a pass for a booking', () => {
  it('is signed for its site, names booking, member and block, and lives until the door closes behind it', async () => {
    const answer = await ask(anna, { kind: 'booking', bookingId, holderKey })
    expect([answer.status, answer.body]).toEqual([
      201,
      expect.objectContaining({ siteId: 'north', bookingId }),
    ])
    const view = answer.body as unknown as PassView
    expect(await believed(view)).toMatchObject({
      ...{ kind: 'booking', bookingId, memberId: 'mb-anna', audience: 'north', issuedMs: startMs },
      block: { spaceId: 'room-1', fromMs: startMs + 4 * hourMs, toMs: startMs + 5 * hourMs },
      toMs: startMs + 5.25 * hourMs,
    })
    expect(await believed(view, 'south')).toBe('pass_foreign')
  })

  it('is the same one when asked for again with the same key', async () => {
    const by = key()
    const first = await ask(anna, { kind: 'booking', bookingId, holderKey }, by)
    expect((await ask(anna, { kind: 'booking', bookingId, holderKey }, by)).text).toBe(first.text)
  })

  it('is no other one under a key whose answer is kept no longer, nor the same once it was taken back', async () => {
    const by = key()
    const wish = { kind: 'booking', bookingId, holderKey }
    const { passId } = (await ask(anna, wish, by)).body as unknown as PassView
    const others = [
      { kind: 'member', siteId: 'south', holderKey },
      { ...wish, bookingId: await confirmed(anna, 16) },
      { ...wish, holderKey: Buffer.from(testKeys(9).publicKey).toString('base64url') },
    ]
    await anna.post(`/api/v1/passes/${passId}/revoke`, {}, key())
    for (const other of others) {
      await forgetKeys()
      expect(refused(await ask(anna, other, by))).toEqual([422, 'key_reused'])
    }
    await forgetKeys()
    expect(refused(await ask(anna, wish, by))).toEqual([410, 'pass_taken_back'])
  })

  it('is refused for what is not paid, not theirs or not there', async () => {
    const held = await confirmed(anna, 8, false)
    expect(refused(await ask(anna, { kind: 'booking', bookingId: held, holderKey }))).toEqual([
      409,
      'not_confirmed',
    ])
    expect(refused(await ask(ben, { kind: 'booking', bookingId, holderKey }))).toEqual([
      404,
      'unknown_booking',
    ])
    expect(refused(await ask(anna, { kind: 'member', siteId: 'nowhere', holderKey }))).toEqual([
      404,
      'not_found',
    ])
    expect(refused(await anna.post('/api/v1/passes/ps_1/renew', {}, key()))).toEqual([404, 'unknown_pass'])
    expect(
      refused(
        await (await world.as('hana')).post(
          '/api/v1/passes',
          { kind: 'member', siteId: 'north', holderKey },
          key(),
        ),
      ),
    ).toEqual([403, 'not_a_member'])
    expect(refused(await world.stranger().post('/api/v1/passes', {}, key()))[0]).toBe(401)
  })

  it('is refused with bad input by name', async () => {
    const bad: [object, number, string][] = [
      [{ kind: 'booking', bookingId, holderKey: 'short' }, 422, 'invalid_request'],
      [{ kind: 'booking', bookingId, holderKey: 'A'.repeat(43) }, 422, 'holder_key_unusable'],
      [{ kind: 'ticket', bookingId, holderKey }, 422, 'invalid_request'],
      // A guest takes a seat of the booking, which an invitation alone counts.
      [{ kind: 'guest', bookingId, holderKey }, 422, 'invalid_request'],
      [{ kind: 'booking', bookingId, holderKey, admin: true }, 422, 'invalid_request'],
      [{ kind: 'booking', bookingId: '../x', holderKey }, 422, 'invalid_request'],
    ]
    for (const [body, status, code] of bad) expect(refused(await ask(anna, body))).toEqual([status, code])
    expect(
      refused(await anna.post('/api/v1/passes', { kind: 'member', siteId: 'north', holderKey })),
    ).toEqual([400, 'key_required'])
  })

  it('ends with the booking', async () => {
    const soon = await confirmed(anna, 12)
    const view = (await ask(anna, { kind: 'booking', bookingId: soon, holderKey }))
      .body as unknown as PassView
    await anna.post(`/api/v1/bookings/${soon}/cancel`, {}, key())
    expect(refused(await anna.post(`/api/v1/passes/${view.passId}/renew`, {}, key()))).toEqual([410, 'ended'])
  })

  it('is renewed for the same holder, and not after it was taken back', async () => {
    const first = (await ask(anna, { kind: 'booking', bookingId, holderKey })).body as unknown as PassView
    world.clock.advance(hourMs)
    const path = `/api/v1/passes/${first.passId}`
    const renewed = await anna.post(`${path}/renew`, {}, key())
    expect(renewed.status).toBe(200)
    const view = renewed.body as unknown as PassView
    expect(view).toMatchObject({ passId: first.passId, issuedMs: startMs + hourMs })
    expect(await believed(view)).toMatchObject({ issuedMs: startMs + hourMs })

    expect(refused(await ben.post(`${path}/revoke`, {}, key()))).toEqual([404, 'unknown_pass'])
    expect((await anna.post(`${path}/revoke`, {}, key())).status).toBe(200)
    expect((await anna.post(`${path}/revoke`, {}, key())).status).toBe(200)
    expect(await believed(view)).toBe('pass_revoked')
    expect(refused(await anna.post(`${path}/renew`, {}, key()))).toEqual([410, 'pass_taken_back'])
  })

  it('is one of fifty at most, and given again under its key when the answer was lost', async () => {
    const wish = { kind: 'member', siteId: 'south', holderKey }
    const own = key()
    const first = await ben.post('/api/v1/passes', wish, own)
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => ask(ben, { kind: 'member', siteId: 'south', holderKey })),
    )
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(40)
    const { rows } = await world.cloud.pool.query(
      `SELECT count(*)::int AS count FROM pass WHERE member_id = 'mb-ben' AND revoked_ms IS NULL AND to_ms > $1`,
      [world.clock.now().wallMs],
    )
    expect(rows).toEqual([{ count: 50 }])
    expect(refused(await ask(ben, { kind: 'member', siteId: 'south', holderKey }))).toEqual([
      409,
      'too_many_passes',
    ])
    await loseAnswer(world.cloud.pool, own)
    const again = await ben.post('/api/v1/passes', wish, own)
    expect([again.status, again.body.passId]).toEqual([201, first.body.passId])
  })
})

describe('the table of passes', () => {
  it('shows an operator its own sites only', async () => {
    const seen = await asOperator(world.cloud.pool, 'nobody', (tx) => tx.query('SELECT * FROM pass'))
    expect(seen.rows).toEqual([])
    const own = await asOperator(world.cloud.pool, 'demo', (tx) => tx.query('SELECT * FROM pass'))
    expect(own.rows.length).toBeGreaterThan(0)
  })
})

describe('the keys of passes', () => {
  it('begin with the one that sites pinned, and every site has it', async () => {
    const [first] = await knownKeys(world.cloud.pool, world.clock.now().wallMs)
    expect(first?.publicKey).toBe(world.cloud.identity.publicKey)
    for (const site of ['north', 'south']) expect((await directory('pass_key', site)).size).toBe(1)
  })

  it('get a successor that is announced 30 days ahead; both are honoured around the change', async () => {
    const { pool } = world.cloud
    const last = world.clock.now().wallMs
    const old = await signingKey(pool, last)
    world.clock.set({ wallMs: startMs + keyUseMs - keyAroundMs })
    await Promise.all([tend(), tend()])
    expect((await directory('pass_key')).size).toBe(2)
    const announcedMs = world.clock.now().wallMs
    expect((await signingKey(pool, announcedMs + keyAroundMs - 1)).keyId).toBe(old.keyId)
    const young = await signingKey(pool, announcedMs + keyAroundMs)
    expect(young.keyId).not.toBe(old.keyId)

    world.clock.set({ wallMs: announcedMs + 2 * keyAroundMs })
    await tend()
    expect([...(await directory('pass_key')).keys()].sort()).toEqual([old.keyId, young.keyId].sort())
    world.clock.advance(hourMs)
    await tend()
    expect([...(await directory('pass_key')).keys()]).toEqual([young.keyId])
    expect((await directory('pass_revocation')).size).toBe(0)
  })

  it('of machines that were replaced are told to their site until their papers have run out', async () => {
    const { pool } = world.cloud
    const nowMs = world.clock.now().wallMs
    const lives = [testKeys(11), testKeys(12), testKeys(12)].map(({ publicKey, keyId }, at) => ({
      x: Buffer.from(publicKey).toString('base64url'),
      ...{ keyId, incarnation: 901 + at, enrolledMs: nowMs + at * hourMs },
    }))
    for (const { x, incarnation, enrolledMs } of lives) {
      await pool.query('INSERT INTO site_incarnations VALUES ($1, $2, $3, $4, $5)', [
        ...['south', incarnation, x, 'a machine', enrolledMs],
      ])
    }
    await tend()
    const [first] = lives
    const told = await directory<DirectoryBody<'site_key'>>('site_key', 'south')
    // The key of today's machine is none of the cloud's.
    expect([...told.keys()]).toContain(first?.keyId)
    expect([...told.keys()]).not.toContain(lives[1]?.keyId)
    expect(told.get(first?.keyId ?? '')).toMatchObject({ publicKey: first?.x, useToMs: nowMs + hourMs })
    expect((await directory('site_key', 'north')).size).toBe(0)
    world.clock.set({ wallMs: nowMs + hourMs + keyAroundMs })
    await tend()
    expect((await directory('site_key', 'south')).has(first?.keyId ?? '')).toBe(false)
  })
})
