import {
  type ExceptionPage,
  exceptionDetailSchema,
  exceptionPageSchema,
} from '@gatehouse/shared/api/exception-view'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { inTransaction } from '../database/pool.ts'
import { loseAnswer } from '../http/testing/lose-answer.ts'
import { Caller, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { ensureUser } from '../members/users.ts'
import { openException, resolveException } from './raise.ts'

let world: TestCloud
let hana: Caller
let petra: Caller
let mia: Caller

beforeAll(async () => {
  world = await startTestCloud()
  const { pool, auth, url } = world.cloud
  const password = 'a second pair of eyes'
  await ensureUser(
    { pool, auth, random: new SeededRandom(9) },
    { email: 'petra@example.org', password, displayName: 'petra', role: 'hq' },
    commandOrigin('test', startMs),
  )
  ;[hana, mia] = [await world.as('hana'), await world.as('mia')]
  petra = new Caller(url)
  expect((await petra.logIn('petra@example.org', password)).status).toBe(200)
})
afterAll(() => world?.close())

const path = '/api/v1/hq/exceptions'
let nextKey = 0

/** A difference of so many minor units, found at a site. */
async function differs(about: string, byMinor: number, siteId = 'north'): Promise<number> {
  const { pool } = world.cloud
  const sides = [
    { what: 'takings EUR cash', site: 20_000, cloud: 20_000 + byMinor, difference: byMinor, unit: 'EUR' },
  ]
  const nowMs = world.clock.now().wallMs
  const entry = { incarnation: 1, seq: 3 }
  await inTransaction(pool, (tx) =>
    openException(tx, { siteId, kind: 'difference', about, sides, detail: {}, entry, nowMs }),
  )
  const { rows } = await pool.query<{ exception_id: number }>(
    `SELECT exception_id FROM exceptions WHERE kind = 'difference' AND about = $1`,
    [about],
  )
  return rows[0]?.exception_id ?? 0
}

const detail = async (id: number, caller = hana) =>
  exceptionDetailSchema.parse((await caller.get(`${path}/${id}`)).body)
const page = async (query: string, caller = hana) =>
  exceptionPageSchema.parse((await caller.get(`${path}?${query}`)).body)

async function act(caller: Caller, id: number, verb: string, body: object = {}) {
  nextKey += 1
  const answer = await caller.post(`${path}/${id}/${verb}`, body, `exception-${nextKey}`)
  return [answer.status, answer.status === 200 ? answer.body.state : answer.body.code]
}

const accept = { fix: 'accepted', note: 'Seen with the site, the drawer was counted.' }
const acts = async (id: number) => {
  const { rows } = await world.cloud.pool.query<{ act: string; actor: string }>(
    `SELECT act, actor_id AS actor FROM admin_acts
     WHERE record::jsonb #>> '{subject,kind}' = 'exception' AND record::jsonb #>> '{subject,id}' = $1 ORDER BY seq`,
    [String(id)],
  )
  return rows.map((row) => row.act)
}

describe('an act on a case whose process died before it answered', () => {
  it('is not done again: what another person did meanwhile stands', async () => {
    const id = await differs('died', 12_000)
    await act(hana, id, 'take')
    const release = () => hana.post(`${path}/${id}/release`, {}, 'exception-died')
    expect((await release()).body.state).toBe('open')
    expect(await act(petra, id, 'take')).toEqual([200, 'taken'])
    await loseAnswer(world.cloud.pool, 'exception-died')
    expect((await release()).status).toBe(200)
    expect((await detail(id)).owner?.name).toBe('petra')
    expect(await acts(id)).toEqual(['exception.taken', 'exception.released', 'exception.taken'])
  })
})

describe('a case above the limit', () => {
  it('is taken, proposed, and settled by a second person only; history and audit tell all of it', async () => {
    const id = await differs('large', 12_000)
    const open = await detail(id)
    expect(open).toMatchObject({ state: 'open', needsSecond: true, amountMinor: 12_000, currency: 'EUR' })
    expect(open.may).toEqual(['take', 'propose'])
    expect(open.fixes[0]).toBe('cloud_corrected')
    expect(await act(hana, id, 'take')).toEqual([200, 'taken'])
    expect(await act(petra, id, 'propose', accept)).toEqual([409, 'not_owner'])
    expect(await act(hana, id, 'propose', accept)).toEqual([200, 'proposed'])
    expect(await act(hana, id, 'approve')).toEqual([409, 'second_person_needed'])
    expect((await detail(id, petra)).may).toEqual(['release', 'approve', 'reject'])
    expect(await act(petra, id, 'reject', { note: 'Which drawer?' })).toEqual([200, 'taken'])
    expect(await act(hana, id, 'propose', accept)).toEqual([200, 'proposed'])
    expect(await act(petra, id, 'approve')).toEqual([200, 'settled'])
    expect(await act(petra, id, 'approve')).toEqual([410, 'exception_settled'])
    const { history, ...settled } = await detail(id)
    expect(settled).toMatchObject({ fix: 'accepted', note: accept.note, may: [] })
    expect([settled.owner?.name, settled.proposedBy?.name, settled.settledBy?.name]).toEqual([
      ...['hana', 'hana', 'petra'],
    ])
    expect(history.map((step) => `${step.act} ${step.by.name ?? step.by.id}`)).toEqual([
      ...['opened cloud', 'taken hana', 'proposed hana', 'rejected petra', 'proposed hana', 'settled petra'],
    ])
    expect(history[3]?.note).toBe('Which drawer?')
    expect(await acts(id)).toEqual([
      ...['exception.taken', 'exception.proposed', 'exception.rejected', 'exception.proposed'],
      'exception.settled',
    ])
  })

  it('keeps what people wrote out of the audit', async () => {
    const { rows } = await world.cloud.pool.query('SELECT 1 FROM admin_acts WHERE record LIKE $1', [
      '%drawer%',
    ])
    expect(rows).toEqual([])
  })
})

describe('a case below the limit', () => {
  it('is settled in one step by HQ', async () => {
    const id = await differs('small', 350)
    expect((await detail(id)).may).toEqual(['take', 'settle'])
    expect(await act(hana, id, 'propose', accept)).toEqual([200, 'settled'])
  })

  it('waits for HQ when a site manager proposes', async () => {
    const id = await differs('small-by-manager', 350)
    expect(await act(mia, id, 'take')).toEqual([200, 'taken'])
    expect(await act(mia, id, 'propose', accept)).toEqual([200, 'proposed'])
    expect((await detail(id, mia)).may).toEqual(['release'])
    expect(await act(mia, id, 'approve')).toEqual([403, 'forbidden'])
    expect(await act(mia, id, 'reject')).toEqual([403, 'forbidden'])
    expect(await act(hana, id, 'approve')).toEqual([200, 'settled'])
  })
})

describe('two at once', () => {
  it('one takes it, the other is told', async () => {
    const id = await differs('race', 12_000)
    const both = await Promise.all([act(hana, id, 'take'), act(petra, id, 'take')])
    expect(both.map(([status]) => status).sort()).toEqual([200, 409])
    expect(both).toContainEqual([409, 'exception_taken'])
    expect((await detail(id)).history).toHaveLength(2)
  })

  it('under one key do it once', async () => {
    const id = await differs('same-key', 12_000)
    const call = () => hana.post(`${path}/${id}/take`, {}, 'exception-same-key')
    expect((await Promise.all([call(), call()])).map(({ status }) => status)).toEqual([200, 200])
    expect((await detail(id)).history).toHaveLength(2)
  })

  it('find the same case twice: there is one', async () => {
    await Promise.all(Array.from({ length: 8 }, () => differs('found-often', 12_000)))
    const id = await differs('found-often', 12_000)
    expect((await detail(id)).history.map((step) => step.act)).toEqual(['opened'])
  })
})

describe('what is found again', () => {
  it('opens a corrected case again, and leaves an accepted one while the figures are the same', async () => {
    const corrected = await differs('again', 350)
    await act(hana, corrected, 'propose', { fix: 'cloud_corrected' })
    await differs('again', 350)
    expect(await detail(corrected)).toMatchObject({ state: 'open', may: ['take', 'settle'] })
    expect(await acts(corrected)).toEqual(['exception.settled', 'exception.reopened'])

    const accepted = await differs('known', 350)
    await act(hana, accepted, 'propose', accept)
    await differs('known', 350)
    expect((await detail(accepted)).state).toBe('settled')
    await differs('known', 400)
    expect(await detail(accepted)).toMatchObject({ state: 'open', amountMinor: 400 })
  })

  it('sends a proposal back when the figures are others', async () => {
    const id = await differs('moving', 9_000)
    await act(hana, id, 'propose', accept)
    await differs('moving', 9_100)
    expect(await detail(id)).toMatchObject({ state: 'taken', amountMinor: 9_100 })
    expect(await act(petra, id, 'approve')).toEqual([409, 'nothing_proposed'])
  })

  it('settles itself when it is gone, whoever has it', async () => {
    const id = await differs('gone', 9_000)
    await act(hana, id, 'take')
    const key = { siteId: 'north', kind: 'difference', about: 'gone' } as const
    expect(await resolveException(world.cloud.pool, key, startMs + 5)).toBe(true)
    expect(await resolveException(world.cloud.pool, key, startMs + 6)).toBe(false)
    const { history, ...settled } = await detail(id)
    expect(settled).toMatchObject({ state: 'settled', fix: 'resolved_by_itself', settledBy: { id: 'cloud' } })
    expect(history).toHaveLength(3)
  })
})

describe('who sees what', () => {
  it('HQ all, a site manager their sites, members and strangers nothing', async () => {
    const south = await differs('elsewhere', 350, 'south')
    expect((await page('limit=200')).items.map(({ siteId }) => siteId)).toContain('south')
    expect(new Set((await page('limit=200', mia)).items.map(({ siteId }) => siteId))).toEqual(
      new Set(['north']),
    )
    expect((await page('', mia)).choices.sites.map(({ siteId }) => siteId)).toEqual(['north'])
    expect((await mia.get(`${path}?site=south`)).status).toBe(404)
    expect((await mia.get(`${path}/${south}`)).status).toBe(404)
    expect(await act(mia, south, 'take')).toEqual([404, 'not_found'])
    const anna = await world.as('anna')
    for (const one of [path, `${path}/${south}`]) {
      expect((await anna.get(one)).status).toBe(403)
      expect((await world.stranger().get(one)).status).toBe(401)
    }
    expect(await act(anna, south, 'take')).toEqual([403, 'forbidden'])
  })

  it('worst and oldest first, settled ones last; filters and pages agree with the whole', async () => {
    const { pool } = world.cloud
    await inTransaction(pool, (tx) =>
      openException(tx, {
        ...{ siteId: 'north', kind: 'clone', about: '1', detail: {}, nowMs: startMs + 9_000 },
        sides: [{ what: 'life', site: 1, cloud: 2, unit: 'count' }],
      }),
    )
    const whole = (await page('limit=200')).items
    expect(whole[0]).toMatchObject({ kind: 'clone', needsSecond: true })
    const isSettled = whole.map(({ state }) => state === 'settled')
    expect(isSettled).toEqual([...isSettled].sort())
    const paged: number[] = []
    let cursor: string | undefined
    do {
      const one: ExceptionPage = await page(`limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}`)
      paged.push(...one.items.map(({ exceptionId }) => exceptionId))
      cursor = one.nextCursor
    } while (cursor !== undefined)
    expect(paged).toEqual(whole.map(({ exceptionId }) => exceptionId))
    const only = async (query: string) => (await page(`limit=200&${query}`)).items
    expect((await only('kind=clone')).every(({ kind }) => kind === 'clone')).toBe(true)
    expect((await only('state=unsettled')).length).toBe(isSettled.filter((one) => !one).length)
    expect((await only('owner=nobody')).every(({ owner }) => owner === undefined)).toBe(true)
    expect((await only('owner=me')).every(({ owner }) => owner?.name === 'hana')).toBe(true)
    expect((await only('owner=me')).length).toBeGreaterThan(0)
  })

  it('is taken away as a file, and that is recorded', async () => {
    const answer = await hana.get(`${path}?format=csv&state=unsettled`)
    expect(answer.headers.get('content-type')).toContain('text/csv')
    expect(answer.text.split('\r\n')[0]).toContain('exceptionId')
    const { rows } = await world.cloud.pool.query(
      `SELECT 1 FROM admin_acts WHERE act = 'data.exported' AND record::jsonb #>> '{subject,id}' = 'exceptions'`,
    )
    expect(rows).toHaveLength(1)
  })
})

describe('what cannot be right', () => {
  it('is refused with its reason', async () => {
    const id = await differs('bad', 350)
    expect(await act(hana, id, 'propose', { fix: 'machine_retired' })).toEqual([422, 'fix_not_for_kind'])
    for (const body of [
      {},
      { fix: 'magic' },
      { fix: 'accepted', note: '\u0000' },
      { fix: 'accepted', note: '' },
    ]) {
      expect(await act(hana, id, 'propose', body)).toEqual([422, 'invalid_request'])
    }
    expect(await act(hana, id, 'propose', { fix: 'accepted', note: 'x'.repeat(501) })).toEqual([
      ...[422, 'invalid_request'],
    ])
    expect(await act(hana, id, 'release')).toEqual([409, 'exception_not_taken'])
    expect(await act(hana, 999_999_999, 'take')).toEqual([404, 'not_found'])
    for (const other of ['0', '-1', 'x', '1e3', '9999999999999999']) {
      expect((await hana.get(`${path}/${other}`)).status).toBe(404)
    }
    for (const query of [
      'state=gone',
      'kind=x',
      'cursor=1',
      'limit=0',
      'limit=201',
      'owner=%00',
      'site=..',
    ]) {
      expect((await hana.get(`${path}?${query}`)).status).toBe(422)
    }
    expect((await hana.post(`${path}/${id}/take`, {})).status).toBe(400)
    expect((await detail(id)).history).toHaveLength(1)
  })

  it('the history is not rewritten, not even past the program', async () => {
    for (const sql of ['UPDATE exception_history SET note = NULL', 'DELETE FROM exception_history']) {
      await expect(world.cloud.pool.query(sql)).rejects.toMatchObject({ code: '23001' })
    }
  })
})
