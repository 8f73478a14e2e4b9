import { accessPageSchema, incidentPageSchema } from '@gatehouse/shared/api/access-view'
import { overviewSchema } from '@gatehouse/shared/api/hq-views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../../database/pool.ts'
import { type DirectoryWrite, putRows } from '../../directory/put-rows.ts'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../testing/test-cloud.ts'

let world: TestCloud
let hana: Caller
let mia: Caller

const granted = (doorId: string, memberId: string, more: object = {}) => ({
  type: 'access.granted',
  body: {
    ...{ doorId, memberId, credentialId: `c-${memberId}`, right: 'plan', effectId: 'fx_1' },
    ...{ deviceId: 'reader-1', credential: 'card' },
    ...more,
  },
})
const refused = (doorId: string, reason: string, more: object = {}) => ({
  type: 'access.refused',
  body: { doorId, reason, ...more },
})
const incident = (incidentId: string, kind: string, about: string) => ({
  type: 'incident.opened',
  body: { incidentId, kind, about },
})
const door = (state: string) => ({ type: 'door.state_changed', body: { doorId: 'main', state } })

beforeAll(async () => {
  world = await startTestCloud()
  hana = await world.as('hana')
  mia = await world.as('mia')
  const { pool, projector } = world.cloud
  const named = [
    { kind: 'door', key: 'main', body: { name: 'Front door' } },
    { kind: 'device', key: 'reader-1', body: { name: 'Front reader' } },
  ]
  await inTransaction(pool, (tx) => putRows(tx, siteIdSchema.parse('north'), named as DirectoryWrite[]))
  await pool.query(
    `INSERT INTO credential (credential_id, member_id, kind) VALUES ('c-mb-anna', 'mb-anna', 'card'),
       ('pin-ben', 'mb-ben', 'pin')`,
  )
  await world.site.append([granted('main', 'mb-anna'), granted('side', 'mb-ben')])
  world.clock.advance(hourMs)
  await world.site.append([
    refused('main', 'no_right', { credentialId: 'pin-ben' }),
    refused('main', 'credential_unknown'),
    { type: 'access.exit_requested', body: { doorId: 'main', effectId: 'fx_2' } },
    incident('old', 'door_held_open', 'main'),
    door('closed'),
    incident('moment', 'tailgate_exit', 'z1/out-1'),
    incident('new', 'door_forced', 'main'),
    incident('quiet', 'duress', 'main/mb-ann'),
  ])
  await projector.settled()
})
afterAll(() => world?.close())

const access = async (query = '', who = hana) =>
  accessPageSchema.parse((await who.get(`/api/v1/hq/access${query}`)).body)
const incidents = async (query = '', who = hana) =>
  incidentPageSchema.parse((await who.get(`/api/v1/hq/incidents${query}`)).body)
const seqs = (page: { items: readonly { seq: number }[] }) => page.items.map(({ seq }) => seq)

it('the overview says how many incidents are open at each site, as the list of that site does', async () => {
  const overview = overviewSchema.parse((await hana.get('/api/v1/hq/overview')).body)
  expect(overview.sites.map(({ siteId, openIncidents }) => [siteId, openIncidents])).toEqual([
    ['north', 2],
    ['south', 0],
  ])
  expect((await incidents('?site=north')).openCount).toBe(2)
})

describe('access decisions', () => {
  it('name who, where, by what and why, and the entry that says so', async () => {
    const page = await access()
    expect(seqs(page)).toEqual([5, 4, 3, 2, 1])
    expect(page.items.at(-1)).toMatchObject({
      ...{ siteId: 'north', siteName: 'House north', timeZone: 'Europe/Berlin', incarnation: 1, seq: 1 },
      ...{ atMs: startMs, result: 'granted', reason: 'plan', place: 'door', placeName: 'Front door' },
      ...{ direction: 'in', readerName: 'Front reader', credentialKind: 'card', memberName: 'Anna' },
    })
    // A refusal names only the credential; whose it is, the members' table knows.
    expect(page.items[2]).toMatchObject({ result: 'refused', memberName: 'Ben', credentialKind: 'pin' })
    expect(page.items[0]).toMatchObject({ direction: 'out', reason: 'exit_requested' })
    const ledger = await hana.get('/api/v1/hq/sites/north/ledger?type=access.granted')
    const [, first] = (ledger.body as { items: { hash: string }[] }).items
    expect(page.items.at(-1)?.hash).toBe(first?.hash)
    expect(page.choices).toEqual({
      sites: [
        { siteId: 'north', name: 'House north' },
        { siteId: 'south', name: 'House south' },
      ],
      places: [],
    })
  })

  it.each([
    ['?site=north&door=side', [2]],
    ['?site=south', []],
    ['?result=refused', [4, 3]],
    ['?reason=no_right', [3]],
    ['?member=mb-ben', [3, 2]],
    ['?name=ANN', [1]],
    ['?name=en&result=refused', [3]],
    ['?name=%25', []],
    ['?name=nobody', []],
    [`?fromMs=${startMs + 1}`, [5, 4, 3]],
    [`?toMs=${startMs + hourMs}`, [2, 1]],
  ])('%s finds %j', async (query, expected) => {
    expect(seqs(await access(query))).toEqual(expected)
  })

  it('come in pages that meet without gap or repetition', async () => {
    const seen: number[] = []
    let cursor = ''
    for (let page = 0; page < 5; page += 1) {
      const found = await access(`?limit=2${cursor}`)
      seen.push(...seqs(found))
      if (found.nextCursor === undefined) break
      cursor = `&cursor=${found.nextCursor}`
    }
    expect(seen).toEqual([5, 4, 3, 2, 1])
  })

  it('offers the doors of the asked site', async () => {
    expect((await access('?site=north')).choices.places).toEqual([{ id: 'main', name: 'Front door' }])
  })
})

describe('incidents', () => {
  it('that are open come first, each with its end and both entries', async () => {
    const page = await incidents()
    expect(page.items.map(({ incidentId }) => incidentId)).toEqual(['quiet', 'new', 'moment', 'old'])
    expect(page.openCount).toBe(2)
    expect(page.items[0]).toMatchObject({ kind: 'duress', silent: true, state: 'open', needsPerson: true })
    expect(page.items[1]).toMatchObject({ kind: 'door_forced', state: 'open', placeName: 'Front door' })
    expect(page.items[3]).toMatchObject({ state: 'ended', seq: 6, ended: { incarnation: 1, seq: 7 } })
    expect(page.items[3]?.ended?.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each([
    ['?state=open', ['quiet', 'new']],
    ['?state=ended', ['old']],
    ['?state=moment', ['moment']],
    ['?kind=tailgate_exit', ['moment']],
    ['?door=main', ['quiet', 'new', 'old']],
    ['?site=south', []],
    [`?toMs=${startMs}`, []],
  ])('%s finds %j', async (query, expected) => {
    expect((await incidents(query)).items.map(({ incidentId }) => incidentId)).toEqual(expected)
  })

  it('come in pages, open ones first', async () => {
    const first = await incidents('?limit=1')
    const second = await incidents(`?limit=2&cursor=${first.nextCursor}`)
    const third = await incidents(`?limit=2&cursor=${second.nextCursor}`)
    const ids = [first, second, third].flatMap(({ items }) => items.map(({ incidentId }) => incidentId))
    expect(ids).toEqual(['quiet', 'new', 'moment', 'old'])
    expect(third.nextCursor).toBeUndefined()
  })
})

describe('who may see them', () => {
  it('a site manager sees their own sites and is told of no other', async () => {
    expect(seqs(await access('', mia))).toHaveLength(5)
    expect((await access('', mia)).choices.sites.map(({ siteId }) => siteId)).toEqual(['north'])
    for (const path of ['access', 'incidents']) {
      expect((await mia.get(`/api/v1/hq/${path}?site=south`)).status).toBe(404)
    }
  })

  it('members and strangers see nothing', async () => {
    const anna = await world.as('anna')
    for (const path of ['access', 'incidents', 'access?format=csv', 'incidents?format=csv']) {
      expect((await anna.get(`/api/v1/hq/${path}`)).status).toBe(403)
      expect((await world.stranger().get(`/api/v1/hq/${path}`)).status).toBe(401)
    }
  })

  it('a site manager of another site sees none of it', async () => {
    await world.cloud.pool.query("UPDATE site_manager SET site_id = 'south'")
    expect((await access('', mia)).items).toEqual([])
    expect((await incidents('', mia)).items).toEqual([])
    expect((await incidents('', mia)).openCount).toBe(0)
    await world.cloud.pool.query("UPDATE site_manager SET site_id = 'north'")
  })
})

describe('what cannot be asked', () => {
  it.each([
    ...['limit=0', 'limit=201', 'limit=x', 'result=maybe', 'reason=No', 'site=../x', 'door=a b', 'fromMs=-1'],
    ...['toMs=99999999999999999', 'cursor=1', 'cursor=1.2.3', 'cursor=1.2.x.north', 'name=', 'name=%00'],
    ...['member=%27%3B', `name=${'x'.repeat(81)}`, 'cursor=999999999999999.999999999999.1.north'],
  ])('access refuses %s', async (query) => {
    expect((await hana.get(`/api/v1/hq/access?${query}`)).status).toBe(422)
  })

  it.each(['state=maybe', 'kind=A', 'cursor=5.1.1.north', 'cursor=2.5.1.1.north'])(
    'incidents refuses %s',
    async (query) => {
      expect((await hana.get(`/api/v1/hq/incidents?${query}`)).status).toBe(422)
    },
  )
})

it('gives what is filtered as a table, all of it, and records that it left', async () => {
  const table = async (path: string) => {
    const answer = await hana.get(path)
    expect(answer.headers.get('content-type')).toContain('text/csv')
    return answer.text.trimEnd().split('\r\n')
  }
  const [head, ...rows] = await table('/api/v1/hq/access?format=csv&result=granted&limit=1')
  expect(head?.split(',')).toEqual(expect.arrayContaining(['at', 'siteId', 'incarnation', 'seq', 'hash']))
  expect(rows).toHaveLength(3)
  expect(await table('/api/v1/hq/incidents?format=csv&site=north')).toHaveLength(5)
  const acts = await world.cloud.pool.query<{ record: string }>(
    "SELECT record FROM admin_acts WHERE act = 'data.exported' ORDER BY seq DESC LIMIT 2",
  )
  expect(acts.rows.map(({ record }) => JSON.parse(record))).toMatchObject([
    { subject: { id: 'incidents' }, siteId: 'north', after: { rows: 4 } },
    { subject: { id: 'access' }, after: { rows: 3, filters: ['result'] } },
  ])
})

it('documents both', async () => {
  const { paths } = (await world.stranger().get('/openapi.json')).body as { paths: object }
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/v1/hq/access', '/api/v1/hq/incidents']))
})
