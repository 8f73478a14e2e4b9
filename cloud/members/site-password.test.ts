import { scryptSync } from 'node:crypto'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { type Caller, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { ensureUser } from './users.ts'

const current = 'correct horse battery'
const wanted = 'the boiler room key'

let world: TestCloud
beforeEach(async () => {
  world = await startTestCloud()
})
afterEach(() => world?.close())

const set = (caller: Caller, currentPassword = current, sitePassword = wanted) =>
  caller.post('/api/auth/site-password', { currentPassword, sitePassword })
const staffRows = async () => {
  const { rows } = await world.cloud.pool.query<{ site: string; body: unknown }>(
    `SELECT site_id AS site, body FROM site_directory WHERE kind = 'staff' AND body IS NOT NULL`,
  )
  return rows.map(({ site, body }) => ({ site, ...directoryBodies.staff.parse(body) }))
}

describe('the site password', () => {
  it('goes to the sites that somebody runs, as a verifier that only it fits, and is on record', async () => {
    expect((await set(await world.as('mia'))).status).toBe(204)
    const [row, ...more] = await staffRows()
    expect(more).toEqual([])
    expect(row).toMatchObject({ site: 'north', email: 'mia@example.org' })
    const [, logN, salt, hash] = row?.verifier.split('$') ?? []
    const options = { N: 2 ** Number(logN), r: 8, p: 1, maxmem: 80 * 1024 * 1024 }
    const derived = scryptSync(wanted, Buffer.from(salt ?? '', 'base64url'), 32, options)
    expect(derived.toString('base64url')).toBe(hash)
    const { rows } = await world.cloud.pool.query<{ record: string }>('SELECT record FROM admin_acts')
    const acts = rows.map(({ record }) => JSON.parse(record))
    expect(acts.filter(({ act }) => act === 'site_password.changed')).toHaveLength(1)
    expect(JSON.stringify(acts)).not.toContain('boiler')
  })

  it('leaves a site with the person, and comes back with them', async () => {
    await set(await world.as('mia'))
    const { pool, auth } = world.cloud
    const { rows } = await pool.query<{ name: string }>(
      `SELECT name FROM login_user WHERE email = 'mia@example.org'`,
    )
    const user = { email: 'mia@example.org', password: current, displayName: rows[0]?.name ?? '' }
    const parts = { pool, auth, random: new SeededRandom(1) }
    const by = commandOrigin('test', 1)
    await ensureUser(parts, { ...user, role: 'site_manager', siteIds: [] }, by)
    expect(await staffRows()).toEqual([])
    await ensureUser(parts, { ...user, role: 'site_manager', siteIds: ['north'] }, by)
    expect(await staffRows()).toHaveLength(1)
    await ensureUser(parts, { ...user, role: 'member' }, by)
    expect(await staffRows()).toEqual([])
  })

  it('is refused to who runs no site, without the current password, or as a copy of it', async () => {
    const mia = await world.as('mia')
    const answers = [
      await set(await world.as('anna')),
      await set(await world.as('hana')),
      await set(mia, 'not the password'),
      await set(mia, current, current),
      await set(mia, current, 'short'),
      await set(mia, current, 'x'.repeat(129)),
    ]
    expect(answers.map(({ body }) => body.code)).toEqual([
      ...['forbidden', 'forbidden', 'wrong_password'],
      ...['password_unchanged', 'password_too_short', 'password_too_long'],
    ])
    expect(await staffRows()).toEqual([])
  })
})
