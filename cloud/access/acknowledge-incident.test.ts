import type { IncidentPage } from '@gatehouse/shared/api/access-view'
import type { Overview } from '@gatehouse/shared/api/hq-views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from '../directory/put-rows.ts'
import { type Caller, hourMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'

let world: TestCloud
let hana: Caller
let mia: Caller

const incident = (incidentId: string, kind: string, about: string) => ({
  type: 'incident.opened',
  body: { incidentId, kind, about },
})
let keys = 0
const acknowledge = (who: Caller, incidentId: string, site = 'north') => {
  keys += 1
  return who.post(`/api/v1/hq/sites/${site}/incidents/${incidentId}/acknowledge`, {}, `acknowledge-${keys}`)
}
const listed = async (query = '') =>
  (await hana.get(`/api/v1/hq/incidents${query}`)).body as unknown as IncidentPage
const openAtNorth = async () => {
  const overview = (await hana.get('/api/v1/hq/overview')).body as unknown as Overview
  return overview.sites.find(({ siteId }) => siteId === 'north')?.openIncidents
}
const acts = async () => {
  const found = await world.cloud.pool.query<{ record: string }>(
    "SELECT record FROM admin_acts WHERE act = 'incident.acknowledged' ORDER BY seq",
  )
  return found.rows.map(({ record }) => JSON.parse(record))
}

beforeAll(async () => {
  world = await startTestCloud()
  hana = await world.as('hana')
  mia = await world.as('mia')
  const kiosk = { kind: 'device', key: 'kiosk-1', body: { name: 'Kiosk at the entrance' } }
  await inTransaction(world.cloud.pool, (tx) =>
    putRows(tx, siteIdSchema.parse('north'), [kiosk] as DirectoryWrite[]),
  )
  await world.site.append([
    incident('call', 'help_called', 'kiosk-1'),
    incident('later', 'help_called', 'kiosk-1'),
    incident('forced', 'door_forced', 'main'),
    incident('moment', 'tailgate_exit', 'z1/out-1'),
  ])
  await world.cloud.projector.settled()
})
afterAll(() => world?.close())

describe('a call for help at a kiosk', () => {
  it('is open, names the kiosk and needs a person, who alone ends it', async () => {
    expect(await openAtNorth()).toBe(3)
    const { items } = await listed('?kind=help_called')
    expect(items.map((row) => [row.state, row.placeName, row.needsPerson])).toEqual([
      ['open', 'Kiosk at the entrance', true],
      ['open', 'Kiosk at the entrance', true],
    ])
    await world.site.append([{ type: 'door.state_changed', body: { doorId: 'kiosk-1', state: 'closed' } }])
    await world.cloud.projector.settled()
    expect(await openAtNorth()).toBe(3)
  })

  it('ends once with who was first and when, and is one act of the audit', async () => {
    world.clock.advance(hourMs)
    const nowMs = world.clock.now().wallMs
    const first = await acknowledge(mia, 'call')
    expect(first).toMatchObject({
      status: 200,
      body: {
        incidentId: 'call',
        state: 'ended',
        endedMs: nowMs,
        acknowledgedByName: 'mia',
        needsPerson: false,
      },
    })
    world.clock.advance(hourMs)
    expect((await acknowledge(hana, 'call')).body).toEqual(first.body)
    expect(await openAtNorth()).toBe(2)
    const stillOpen = (await listed('?state=open')).items.map(({ incidentId }) => incidentId)
    expect(stillOpen.sort()).toEqual(['forced', 'later'])
    expect(await acts()).toMatchObject([
      {
        subject: { kind: 'incident', id: 'call' },
        siteId: 'north',
        actor: { kind: 'user', id: first.body.acknowledgedById, role: 'site_manager' },
        after: { kind: 'help_called' },
        occurredMs: nowMs,
      },
    ])
  })

  it('is ended once by many at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => acknowledge(hana, 'later')))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(await acts()).toHaveLength(2)
  })
})

describe('what is refused', () => {
  it('leaves what happens at the site to the site', async () => {
    for (const id of ['forced', 'moment']) {
      expect((await acknowledge(hana, id)).body).toMatchObject({ status: 409, code: 'incident_ends_on_site' })
    }
    expect(await acts()).toHaveLength(2)
  })

  it('knows no incident of another site, no other form of an id, and nobody without the right', async () => {
    expect((await acknowledge(hana, 'nobody')).status).toBe(404)
    expect((await acknowledge(hana, 'call', 'south')).status).toBe(404)
    expect((await acknowledge(mia, 'call', 'south')).status).toBe(404)
    expect((await acknowledge(hana, 'a%20b')).status).toBe(404)
    expect((await acknowledge(await world.as('anna'), 'call')).status).toBe(403)
    expect((await acknowledge(world.stranger(), 'call')).status).toBe(401)
    const path = '/api/v1/hq/sites/north/incidents/call/acknowledge'
    expect((await hana.post(path, {})).status).toBe(400)
  })
})
