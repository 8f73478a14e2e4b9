import { reconciliationSchema } from '@gatehouse/shared/api/hq-views'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loseAnswer } from '../testing/lose-answer.ts'
import { type Caller, startTestCloud, type TestCloud } from '../testing/test-cloud.ts'

let world: TestCloud
let hana: Caller
let mia: Caller

beforeAll(async () => {
  world = await startTestCloud()
  ;[hana, mia] = [await world.as('hana'), await world.as('mia')]
})
afterAll(() => world?.close())

const path = '/api/v1/hq/sites/north'
let keys = 0
const post = (who: Caller, what: string, body: object) => {
  keys += 1
  return who.post(`${path}/${what}`, body, `lives-${keys}-key`)
}

async function waits(): Promise<void> {
  await world.cloud.pool.query(
    `INSERT INTO site_recoveries (site_id, incarnation, state, why, machine, asked_ms, edge_seq, cloud_seq)
     VALUES ('north', 1, 'waiting', 'other_machine', 'box-2', 1, 3, 9)
     ON CONFLICT (site_id, incarnation) DO UPDATE SET state = 'waiting'`,
  )
}
const lastAct = async () => {
  const { rows } = await world.cloud.pool.query<{ record: string }>(
    'SELECT record FROM admin_acts ORDER BY seq DESC LIMIT 1',
  )
  return JSON.parse(rows[0]?.record ?? '{}')
}

describe('the boxes of a site', () => {
  it('are seen by who manages it, decided about by HQ alone', async () => {
    await waits()
    const seen = await mia.get(`${path}/lives`)
    expect(seen.body).toMatchObject({
      mayDecide: false,
      epoch: { epoch: 1 },
      directory: { refused: 0, refusedRows: [], unreadable: [] },
      lives: [{ incarnation: 1, origin: 'enrolled', recovery: 'waiting', why: 'other_machine' }],
    })
    expect((await hana.get(`${path}/lives`)).body).toMatchObject({ mayDecide: true })
    expect((await post(mia, 'lives/1/recovery', { decision: 'allow' })).status).toBe(403)
    expect((await post(mia, 'adoption-codes', { oldBox: 'broken' })).status).toBe(403)
    expect((await hana.get('/api/v1/hq/sites/nowhere/lives')).status).toBe(404)
  })

  it('that wait are decided about once, on record', async () => {
    await waits()
    const chosen = await post(hana, 'lives/1/recovery', { decision: 'allow' })
    expect([chosen.status, chosen.body]).toEqual([200, { state: 'allowed' }])
    expect(await lastAct()).toMatchObject({
      act: 'site.recovery_decided',
      after: { incarnation: 1, decision: 'allow' },
    })
    // The process died before it answered.
    await loseAnswer(world.cloud.pool, `lives-${keys}-key`)
    keys -= 1
    expect((await post(hana, 'lives/1/recovery', { decision: 'allow' })).body).toEqual(chosen.body)
    expect((await post(hana, 'lives/1/recovery', { decision: 'refuse' })).status).toBe(404)
  })

  it('are replaced with a code that names what became of the old one', async () => {
    const made = await post(hana, 'adoption-codes', { oldBox: 'gone' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ code: expect.stringMatching(/^[0-9A-Z]{12}$/) })
    expect(await lastAct()).toMatchObject({ act: 'enrolment_code.issued', after: { oldBox: 'gone' } })
    expect((await post(hana, 'adoption-codes', { oldBox: 'perhaps' })).status).toBe(422)
    expect((await post(hana, 'adoption-codes', {})).status).toBe(422)
  })
})

describe('entries of a site that the cloud lost', () => {
  const statement = { toSeq: 9, reason: 'There is no later backup of the cloud.', staysLost: true }
  const gone = () =>
    world.cloud.pool.query(
      `INSERT INTO site_sync (site_id, incarnation, state, since_ms, seen_ms, edge_seq, cloud_seq, version, pruned_seq,
         pruned_hash) SELECT 'north', incarnation, 'history_gone', 0, 0, 10, head_seq, 'test', head_seq + 9, repeat('a', 64)
       FROM sites JOIN streams USING (site_id, incarnation) WHERE site_id = 'north'
       ON CONFLICT (site_id, incarnation) DO UPDATE SET state = 'history_gone', pruned_seq = excluded.pruned_seq,
         pruned_hash = excluded.pruned_hash`,
    )

  it('are accepted by HQ alone, with a reason and the statement, once', async () => {
    await gone()
    const seen = (await hana.get(`${path}/lives`)).body as {
      lives: { incarnation: number; lost: { toSeq: number } }[]
    }
    const [life] = seen.lives
    const what = `lives/${life?.incarnation}/gap`
    const body = { ...statement, toSeq: life?.lost.toSeq }
    expect((await post(mia, what, body)).status).toBe(403)
    for (const bad of [
      { ...body, reason: 'short' },
      { ...body, staysLost: false },
      { ...body, toSeq: 0 },
    ])
      expect((await post(hana, what, bad)).status).toBe(422)
    expect((await post(hana, what, { ...body, toSeq: Number(body.toSeq) + 1 })).body).toMatchObject({
      code: 'gap_moved',
    })
    const accepted = await post(hana, what, body)
    expect([accepted.status, accepted.body]).toEqual([200, { toSeq: body.toSeq }])
    await loseAnswer(world.cloud.pool, `lives-${keys}-key`)
    keys -= 1
    expect((await post(hana, what, body)).body).toEqual(accepted.body)
    expect((await post(hana, what, body)).body).toMatchObject({ code: 'no_gap' })
    expect(await lastAct()).toMatchObject({
      act: 'ledger.gap_accepted',
      siteId: 'north',
      after: { reason: body.reason },
    })
    const { items } = reconciliationSchema.parse((await hana.get('/api/v1/hq/reconciliation')).body)
    const gap = { toSeq: body.toSeq, fromSeq: Number(body.toSeq) - 8, by: 'hana', reason: body.reason }
    expect(items.map(({ siteId, gaps }) => [siteId, gaps])).toEqual([
      ['north', [expect.objectContaining({ ...gap, incarnation: life?.incarnation })]],
      ['south', undefined],
    ])
  })
})
