import { actPageSchema, auditSummarySchema } from '@gatehouse/shared/api/audit-view'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import { type Caller, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { type Act, commandOrigin } from './act.ts'
import { recordActs } from './record-acts.ts'

let world: TestCloud
let hana: Caller
let mia: Caller

beforeAll(async () => {
  world = await startTestCloud()
  hana = await world.as('hana')
  mia = await world.as('mia')
})
afterAll(() => world?.close())

const path = '/api/v1/hq/audit'
const page = async (query = '', caller = hana) =>
  actPageSchema.parse((await caller.get(`${path}?${query}`)).body)
const summary = async (caller = hana) => auditSummarySchema.parse((await caller.get(`${path}/summary`)).body)
const record = (...acts: Act[]) =>
  inTransaction(world.cloud.pool, (tx) => recordActs(tx, commandOrigin('later', startMs + 10), acts))

describe('the audit', () => {
  it('tells who did what to whom, newest first, with names as they are now', async () => {
    const { items } = await page('limit=500')
    const [newest] = items
    expect(newest).toMatchObject({
      act: 'site.enrolled',
      actor: { kind: 'machine' },
      subject: { kind: 'site', id: 'north' },
      subjectName: 'House north',
      siteName: 'House north',
      operatorId: 'demo',
    })
    expect(newest?.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(newest?.address).toMatch(/^(127\.0\.0\.1|::1)$/)
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, at) => items.length - at))
    const created = items.filter(({ act }) => act === 'user.created')
    expect(created.map(({ subjectName }) => subjectName)).toEqual(['hana', 'mia', 'ben', 'anna'])
  })

  it('is read by HQ in full, by a site manager for their sites without addresses, by nobody else', async () => {
    const { items } = await page('limit=500', mia)
    expect(new Set(items.map(({ siteId }) => siteId))).toEqual(new Set(['north']))
    expect(items.map(({ act }) => act)).toContain('site.enrolled')
    expect(items.every(({ address }) => address === undefined)).toBe(true)
    expect((await page('site=south', mia)).items).toEqual([])
    expect((await summary(mia)).sites).toEqual([{ id: 'north', name: 'House north' }])
    const anna = await world.as('anna')
    for (const at of [path, `${path}/summary`]) {
      expect((await anna.get(at)).status).toBe(403)
      expect((await world.stranger().get(at)).status).toBe(401)
    }
  })

  it('is filtered by act, actor, site and time', async () => {
    const only = async (query: string) => (await page(`limit=500&${query}`)).items
    expect(new Set((await only('act=user.created')).map(({ act }) => act))).toEqual(new Set(['user.created']))
    expect((await only('actor=test')).every(({ actor }) => actor.id === 'test')).toBe(true)
    expect((await only('actor=nobody')).length).toBe(0)
    expect((await only('site=south')).map(({ act }) => act)).toEqual(['site.created'])
    expect((await only(`toMs=${startMs}`)).length).toBe(0)
    const all = (await only('')).length
    expect((await only(`fromMs=${startMs}&toMs=${startMs + 3_600_000}`)).length).toBe(all)
  })

  it('keeps its pages when acts are added while somebody reads', async () => {
    const whole = (await page('limit=500')).items.map(({ seq }) => seq)
    const first = await page('limit=3')
    await record({ act: 'user.changed', subject: { kind: 'user', id: 'us_9' } })
    const second = await page(`limit=3&beforeSeq=${first.nextBeforeSeq}`)
    expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual(whole.slice(0, 6))
    const last = await page(`limit=500&beforeSeq=${second.nextBeforeSeq}`)
    expect(last.nextBeforeSeq).toBeUndefined()
    expect(last.items.map(({ seq }) => seq)).toEqual(whole.slice(6))
  })

  it.each([
    ...['limit=0', 'limit=501', 'limit=x', 'beforeSeq=0', 'beforeSeq=-1', 'act=user', 'act=', 'site=a%20b'],
    ...['actor=%00', 'actor=', `actor=${'a'.repeat(129)}`, 'fromMs=-1', 'fromMs=x', 'toMs=99999999999999999'],
    ...['format=xml', 'fromMs=5&toMs=5', 'fromMs=6&toMs=5'],
  ])('refuses %s', async (query) => {
    const answer = await hana.get(`${path}?${query}`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([422, 'application/problem+json'])
  })

  it('is documented', async () => {
    const { paths } = (await world.stranger().get('/openapi.json')).body as { paths: object }
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/hq/audit', '/api/v1/hq/audit/summary']),
    )
  })
})

describe('taking data away', () => {
  it('gives the audit as a table, and is an act of the one who took it', async () => {
    const answer = await hana.get(`${path}?format=csv&act=site.created&limit=500`)
    expect(answer.headers.get('content-type')).toContain('text/csv')
    const [head, ...lines] = answer.text.trimEnd().split('\r\n')
    expect(head).toMatch(/^seq,occurredMs,act,actorKind,actorId/)
    expect(lines).toHaveLength(2)
    const [newest] = (await page('limit=1')).items
    expect(newest).toMatchObject({
      act: 'data.exported',
      actor: { kind: 'user', role: 'hq' },
      actorName: 'hana',
      subject: { kind: 'export', id: 'audit' },
      after: { rows: 2, filters: ['act'] },
      traceId: answer.headers.get('x-trace-id'),
    })
    expect(newest?.address).toBeDefined()
  })

  it('records the ledger of a site as that site, and a page on the screen not at all', async () => {
    const before = (await summary()).chain.acts
    await mia.get('/api/v1/hq/sites/north/ledger')
    await mia.get(path)
    expect((await summary()).chain.acts).toBe(before)
    await mia.get('/api/v1/hq/sites/north/ledger?format=csv&type=booking')
    await mia.get('/api/v1/hq/sites/south/ledger?format=csv')
    const [newest] = (await page('limit=1', mia)).items
    expect(newest).toMatchObject({ subject: { id: 'ledger' }, siteId: 'north', after: { filters: ['type'] } })
    expect((await summary()).chain.acts).toBe(before + 1)
  })
})

describe('the chain', () => {
  it('is shown intact, with everybody who acted, and broken once somebody altered an act', async () => {
    const { chain, actors, asOfMs } = await summary()
    expect(asOfMs).toBe(world.clock.now().wallMs)
    expect(chain).toMatchObject({ state: 'intact', headSeq: chain.acts })
    expect(actors).toEqual(expect.arrayContaining([{ id: 'test' }, expect.objectContaining({ name: 'mia' })]))
    const { pool } = world.cloud
    await pool.query('ALTER TABLE admin_acts DISABLE TRIGGER USER')
    await pool.query(`UPDATE admin_acts SET record = replace(record, '"demo"', '"omed"') WHERE seq = 1`)
    expect((await summary()).chain).toMatchObject({ state: 'broken', brokenAtSeq: 1 })
    expect((await page('limit=500')).items.at(-1)).toMatchObject({ seq: 1, operatorId: 'omed' })
  })
})
