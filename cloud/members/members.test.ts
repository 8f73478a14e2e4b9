import { ManualClock } from '@gatehouse/shared/clock/clock'
import { credentialIdSchema, memberIdSchema, planIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { loadCloudIdentity } from '../sites/cloud-identity.ts'
import { createSite, putOperator } from '../sites/site-store.ts'
import { createAuth } from './auth.ts'
import { issueCredentials, putMembers, putPlans, revokeCredential } from './member-store.ts'
import { ensureUser, type NewUser } from './users.ts'

let database: TestDatabase
const siteKeys = new Map<string, string>()
const random = new SeededRandom(3)
const clock = new ManualClock(1_000)
const by = commandOrigin('test', clock.now().wallMs)

beforeAll(async () => {
  database = await createTestDatabase()
  await loadCloudIdentity(database.pool, random, by.nowMs)
  await putOperator(database.pool, 'demo', 'Demo', by)
  for (const name of ['north', 'south']) {
    const siteId = siteIdSchema.parse(name)
    siteKeys.set(name, await createSite(database.pool, random, { siteId, operatorId: 'demo', by }))
  }
})
afterAll(() => database?.close())

const memberId = memberIdSchema.parse('mb-1')
const credentialId = credentialIdSchema.parse('cr-1')

const directoryRow = async (siteId: string, kind: string, key: string) => {
  const { rows } = await database.pool.query<{ body: Record<string, unknown> }>(
    'SELECT body FROM site_directory WHERE site_id = $1 AND kind = $2 AND key = $3',
    [siteId, kind, key],
  )
  return rows[0]?.body
}

describe('members', () => {
  it('are told to every site with their plan', async () => {
    const planId = planIdSchema.parse('day')
    const access = { doors: 'public' as const, hours: [] }
    const body = { name: 'Day', monthlyMinor: 0, discountPercent: 0, covers: [], access }
    await putPlans(database.pool, [{ planId, body }], by)
    await putMembers(database.pool, [{ memberId, displayName: 'Nell', planId, planFromMs: 5 }], by)
    for (const siteId of siteKeys.keys()) {
      expect(await directoryRow(siteId, 'plan', 'day')).toEqual(body)
      expect(await directoryRow(siteId, 'member', 'mb-1')).toEqual({
        displayName: 'Nell',
        planId: 'day',
        planFromMs: 5,
        vehicles: [],
      })
    }
  })

  it('have cards that each site knows under its own key, and whose number is kept nowhere', async () => {
    await issueCredentials(database.pool, [{ credentialId, memberId, kind: 'card', secret: '0012345' }], by)
    const digests = new Set<unknown>()
    for (const [siteId, siteKey] of siteKeys) {
      const row = await directoryRow(siteId, 'credential', 'cr-1')
      expect(row?.digest).toBe(credentialDigest(siteKey, 'card', '0012345'))
      digests.add(row?.digest)
    }
    expect(digests.size).toBe(2)
    const { rows } = await database.pool.query('SELECT * FROM credential')
    expect(JSON.stringify(rows)).not.toContain('12345')
  })

  it('lose a card everywhere at once; revoking again writes nothing', async () => {
    await revokeCredential(database.pool, credentialId, by)
    const heads = () => database.pool.query('SELECT site_id, rev FROM directory_heads ORDER BY site_id')
    const before = (await heads()).rows
    await revokeCredential(database.pool, credentialId, by)
    expect((await heads()).rows).toEqual(before)
    for (const siteId of siteKeys.keys()) {
      expect(await directoryRow(siteId, 'credential', 'cr-1')).toMatchObject({ revoked: true })
    }
  })
})

describe('users', () => {
  const auth = () =>
    createAuth({
      pool: database.pool,
      secret: 'a secret of at least thirty-two characters',
      publicUrl: 'http://127.0.0.1:8080',
      trustedOrigins: [],
    })
  const nell: NewUser = {
    email: 'Nell@Example.org',
    password: 'a long password',
    role: 'site_manager',
    displayName: 'Nell',
    memberId: 'mb-1',
    siteIds: ['north'],
  }

  it('are added once; adding again changes role and sites and keeps the password', async () => {
    const parts = { pool: database.pool, auth: auth(), random }
    const userId = await ensureUser(parts, nell, by)
    const again = { ...nell, password: 'another password', siteIds: ['south'] }
    expect(await ensureUser(parts, again, by)).toBe(userId)
    const { rows } = await database.pool.query('SELECT site_id FROM site_manager WHERE user_id = $1', [
      userId,
    ])
    expect(rows).toEqual([{ site_id: 'south' }])
    const logIn = (password: string) =>
      parts.auth.api.signInEmail({ body: { email: 'nell@example.org', password }, asResponse: true })
    expect((await logIn('a long password')).status).toBe(200)
    expect((await logIn('another password')).status).toBe(401)
  })

  it('are refused with a bad address or a short password', async () => {
    const parts = { pool: database.pool, auth: auth(), random }
    await expect(ensureUser(parts, { ...nell, email: 'nobody' }, by)).rejects.toMatchObject({
      code: 'invalid_user',
    })
    await expect(ensureUser(parts, { ...nell, password: 'short' }, by)).rejects.toMatchObject({
      code: 'invalid_user',
    })
  })

  it('cannot register themselves without mail, and with it only after a proof of the address', async () => {
    const body = { email: 'new@example.org', password: 'a long password', name: 'New' }
    const post = (made: ReturnType<typeof createAuth>, path: string) =>
      made.handler(
        new Request(`http://127.0.0.1:8080/api/auth/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:8080' },
          body: JSON.stringify({ ...body, role: 'hq' }),
        }),
      )
    expect((await post(auth(), 'sign-up/email')).status).toBeGreaterThanOrEqual(400)
    const mails: string[] = []
    const withMail = createAuth({
      pool: database.pool,
      secret: 'a secret of at least thirty-two characters',
      publicUrl: 'http://127.0.0.1:8080',
      trustedOrigins: [],
      sendMail: async ({ to }) => {
        mails.push(to)
      },
    })
    const signedUp = await post(withMail, 'sign-up/email')
    const { rows } = await database.pool.query(`SELECT role FROM login_user WHERE email = 'new@example.org'`)
    // A role in the request is either refused or ignored; it never takes effect.
    if (signedUp.status === 200) {
      expect(rows).toEqual([{ role: 'member' }])
      expect(mails).toEqual(['new@example.org'])
      expect((await post(withMail, 'sign-in/email')).status).toBe(403)
    } else expect(rows).toEqual([])
  })
})
