import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Caller, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'

const path = '/api/auth/change-password'
const old = 'correct horse battery'
const young = 'a better horse battery'

let world: TestCloud
beforeEach(async () => {
  world = await startTestCloud()
})
afterEach(() => world?.close())

const change = (caller: Caller, currentPassword: string, newPassword: string) =>
  caller.post(path, { currentPassword, newPassword })
const logIn = async (password: string) => (await world.stranger().logIn('anna@example.org', password)).status
const acts = async () => {
  const { rows } = await world.cloud.pool.query<{ record: string }>('SELECT record FROM admin_acts')
  return rows.map(({ record }) => JSON.parse(record)).filter(({ act }) => act === 'password.changed')
}
const newCookie = (answer: { headers: Headers }) =>
  answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')

describe('changing the password', () => {
  it('takes the new one from now on, ends every other login session and is on record', async () => {
    const [anna, phone, ben] = [await world.as('anna'), await world.as('anna'), await world.as('ben')]
    const before = anna.cookie
    const answer = await change(anna, old, young)
    expect([answer.status, answer.text]).toEqual([204, ''])
    anna.cookie = newCookie(answer)
    expect((await anna.get('/api/v1/me')).status).toBe(200)
    anna.cookie = before
    expect((await anna.get('/api/v1/me')).status).toBe(401)
    expect((await phone.get('/api/v1/me')).status).toBe(401)
    expect((await ben.get('/api/v1/me')).status).toBe(200)
    expect([await logIn(old), await logIn(young)]).toEqual([401, 200])
    const { rows } = await world.cloud.pool.query(
      `SELECT id FROM login_user WHERE email = 'anna@example.org'`,
    )
    const [act, ...more] = await acts()
    expect(more).toEqual([])
    expect(act).toMatchObject({ actor: { kind: 'user', id: rows[0]?.id }, subject: { id: rows[0]?.id } })
    expect(JSON.stringify(act)).not.toContain('horse')
  })

  it('is undone when it cannot be put on record', async () => {
    const [anna, phone] = [await world.as('anna'), await world.as('anna')]
    await world.cloud.pool.query('ALTER TABLE admin_acts ADD CONSTRAINT full_disk CHECK (false) NOT VALID')
    expect((await change(anna, old, young)).status).toBe(500)
    expect([await logIn(old), await logIn(young)]).toEqual([200, 401])
    expect((await phone.get('/api/v1/me')).status).toBe(200)
  })

  it('is one change for two at a time', async () => {
    const [anna, phone] = [await world.as('anna'), await world.as('anna')]
    const answers = await Promise.all([change(anna, old, young), change(phone, old, `${young} too`)])
    const [won, lost] = answers.map(({ status }) => status).sort()
    expect(won).toBe(204)
    // Its login session may have ended before it was looked at.
    expect([401, 403]).toContain(lost)
    expect(await acts()).toHaveLength(1)
  })

  it('is refused without the current password, and changes nothing', async () => {
    const [anna, phone] = [await world.as('anna'), await world.as('anna')]
    for (const wrong of ['not the password', '', 'x'.repeat(5_000)]) {
      const answer = await change(anna, wrong, young)
      expect([answer.status, answer.body.code]).toEqual([403, 'wrong_password'])
    }
    expect([await logIn(old), await logIn(young)]).toEqual([200, 401])
    expect((await phone.get('/api/v1/me')).status).toBe(200)
    expect(await acts()).toEqual([])
  })

  it('is refused with a password that is too short, too long, the same or not fit to log in', async () => {
    const anna = await world.as('anna')
    const unfit: readonly (readonly [string, string])[] = [
      ['nine char', 'password_too_short'],
      ['', 'password_too_short'],
      ['x'.repeat(129), 'password_too_long'],
      [old, 'password_unchanged'],
      [`nobody types \u0000`, 'invalid_request'],
    ]
    for (const [password, code] of unfit) {
      const answer = await change(anna, old, password)
      expect([answer.status, answer.body.code]).toEqual([422, code])
    }
    for (const password of ['ten chars.', 'x'.repeat(128)]) {
      const answer = await change(anna, password.length === 10 ? old : 'ten chars.', password)
      expect(answer.status).toBe(204)
      anna.cookie = newCookie(answer)
    }
  })

  it('is refused with fields that are missing or of another kind', async () => {
    const anna = await world.as('anna')
    for (const body of [{}, { currentPassword: old }, { currentPassword: old, newPassword: 7 }, [], null]) {
      const answer = await anna.post(path, body)
      expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request'])
    }
    const broken = await anna.send('POST', path, '{"newPassword":', { 'content-type': 'application/json' })
    expect([broken.status, broken.body.code]).toEqual([400, 'malformed_json'])
    expect(await logIn(old)).toBe(200)
  })

  it('is for people who are logged in, from our own pages, and documented', async () => {
    const stranger = await change(world.stranger(), old, young)
    expect([stranger.status, stranger.body.code]).toEqual([401, 'unauthenticated'])
    const anna = await world.as('anna')
    const foreign = await anna.post(path, { currentPassword: old, newPassword: young }, undefined, {
      origin: 'https://evil.example',
    })
    expect([foreign.status, foreign.body.code]).toEqual([403, 'wrong_origin'])
    expect(await logIn(old)).toBe(200)
    const { body } = await anna.get('/openapi.json')
    expect((body.paths as Record<string, object>)[path]).toHaveProperty('post')
  })
})

describe('guessing at the current password', () => {
  let strict: TestCloud
  afterAll(() => strict?.close())

  it('is limited by person, whatever the browser; another person is served', async () => {
    strict = await startTestCloud({ perLogIn: { perSecond: 0.01, burst: 4 } })
    // Log-ins count by address: four are allowed.
    const [anna, phone, ben] = [await strict.as('anna'), await strict.as('anna'), await strict.as('ben')]
    const guesses = [anna, phone, anna, phone, anna, phone]
    const answers = []
    for (const guess of guesses) answers.push(await change(guess, 'not the password', young))
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 429, 429])
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await change(anna, old, young)).status).toBe(429)
    expect((await change(ben, 'not the password', young)).status).toBe(403)
  })
})
