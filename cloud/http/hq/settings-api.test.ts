import type { SiteSettings, SiteSettingsView } from '@gatehouse/shared/api/site-settings-view'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loseAnswer } from '../testing/lose-answer.ts'
import { type Caller, hourMs, startTestCloud, type TestCloud } from '../testing/test-cloud.ts'

let world: TestCloud
let hana: Caller
let mia: Caller
let anna: Caller

beforeAll(async () => {
  world = await startTestCloud()
  ;[hana, mia, anna] = [await world.as('hana'), await world.as('mia'), await world.as('anna')]
})
afterAll(() => world?.close())

const path = '/api/v1/hq/sites/north/settings'
let keys = 0
const key = () => `settings-${++keys}-key`
const read = async (who = hana) => (await who.get(path)).body as unknown as SiteSettingsView
const change = (who: Caller, body: object, by = key()) => who.post(path, body, by)
const row = async () => {
  const { rows } = await world.cloud.pool.query(
    `SELECT rev, body FROM site_directory WHERE site_id = 'north' AND kind = 'site'`,
  )
  return rows[0]
}
const acts = async () => {
  const { rows } = await world.cloud.pool.query<{ record: string }>(
    `SELECT record FROM admin_acts WHERE act = 'site.settings_changed' ORDER BY seq`,
  )
  return rows.map(({ record }) => JSON.parse(record))
}

const policy = {
  ...{ sharePercent: 50, shareMinPercent: 25, shareMaxPercent: 75, stepPercent: 5 },
  ...{ windowMs: 4 * hourMs, leadMs: 24 * hourMs, cutOffMs: hourMs },
}
const rooms = { poolId: 'rooms', kind: 'meeting_room', policy }
const wanted: SiteSettings = {
  status: 'closed',
  allocation: 'spread',
  lending: { pools: [rooms], never: ['room-1'] },
}

describe('the settings of a site', () => {
  it('are as its row means them, seen and changed by who runs the site', async () => {
    const seen = await read(mia)
    expect(seen).toMatchObject({ settings: { status: 'open', allocation: 'nearest' }, mayChange: true })
    expect(seen.pools.find(({ kind }) => kind === 'meeting_room')?.spaces).toBeGreaterThan(0)
    expect((await anna.get(path)).status).toBe(403)
    expect((await change(anna, { rev: seen.rev, settings: wanted })).status).toBe(403)
    const foreign = path.replace('north', 'south')
    expect((await mia.get(foreign)).status).toBe(404)
    expect((await mia.post(foreign, { rev: 1, settings: wanted }, key())).status).toBe(404)
    expect((await hana.get(path.replace('north', 'nowhere'))).status).toBe(404)
    expect(await acts()).toEqual([])
  })

  it('are refused with pools, spaces or shares that cannot be, and change nothing', async () => {
    const before = await row()
    const { rev } = await read()
    const lending = (of: object) => ({ rev, settings: { ...wanted, lending: { pools: [rooms], ...of } } })
    const bad = [
      { rev, settings: { ...wanted, status: 'burnt' } },
      { rev, settings: { ...wanted, allocation: 'furthest' } },
      { rev },
      { rev, settings: wanted, more: 1 },
      lending({ pools: [rooms, rooms] }),
      lending({ pools: [rooms, { ...rooms, poolId: 'again' }] }),
      lending({ pools: [{ ...rooms, kind: 'event_space' }] }),
      lending({ pools: [{ ...rooms, policy: { ...policy, sharePercent: 80 } }] }),
      lending({ pools: [{ ...rooms, policy: { ...policy, windowMs: 1 } }] }),
      lending({ never: ['nowhere'] }),
      lending({ never: ['room-1', 'room-1'] }),
    ]
    for (const body of bad) expect([body, (await change(hana, body)).status]).toEqual([body, 422])
    expect(await row()).toEqual(before)
  })

  it('reach the row of the site with the rest of it as it was, once, on record with what they were', async () => {
    const before = await row()
    const { rev } = await read()
    const by = key()
    const answer = await change(mia, { rev, settings: wanted }, by)
    expect([answer.status, answer.body]).toMatchObject([200, { settings: wanted, mayChange: true }])
    await loseAnswer(world.cloud.pool, by)
    expect((await change(mia, { rev, settings: wanted }, by)).status).toBe(200)
    const after = await row()
    expect(after.rev).toBeGreaterThan(before.rev)
    const { status, lending, settings, ...rest } = after.body
    expect({ status, lending, allocation: settings.allocation }).toEqual(wanted)
    expect({ ...rest, settings: { ...settings, allocation: undefined } }).toEqual({
      ...before.body,
      settings: { ...before.body.settings, allocation: undefined },
    })
    expect(await acts()).toMatchObject([
      { siteId: 'north', before: { status: 'open' }, after: { status: 'closed', allocation: 'spread' } },
    ])
  })

  it('are not written over what somebody else changed meanwhile, nor when nothing changes', async () => {
    const { rev, settings } = await read()
    expect((await change(hana, { rev, settings })).status).toBe(200)
    expect((await read()).rev).toBe(rev)
    const both = await Promise.all([
      change(hana, { rev, settings: { ...settings, status: 'open' } }),
      change(mia, { rev, settings: { ...settings, status: 'coming_soon' } }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'settings_moved' })
    expect(await acts()).toHaveLength(2)
  })
})
