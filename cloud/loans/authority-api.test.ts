import type { AuthorityView } from '@gatehouse/shared/api/authority-view'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Lending } from '@gatehouse/shared/loans/lending-policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { hourMs } from '../http/testing/test-cloud.ts'
import { at, LoanWorld, refused } from './testing/loan-world.ts'

let lending: LoanWorld

beforeAll(async () => {
  lending = await LoanWorld.start()
})
afterAll(() => lending?.close())

const ask = async (query: string) => {
  const answer = await lending.anna.get(`/api/v1/sites/north/authority?${query}`)
  return answer.body as unknown as AuthorityView
}

/** Why the site stopped, and who may sell the space on a day without loans. */
async function around(spaceId: string): Promise<readonly unknown[]> {
  const { siteStopped, spaces } = await ask(`spaceId=${spaceId}`)
  const authority = spaces[0]?.spans[0]?.authority
  return [siteStopped, authority?.kind === 'nobody' ? `nobody ${authority.because}` : authority?.kind]
}

/** Writes what the site lends into its own row. */
async function lends(terms: Lending): Promise<void> {
  const { pool } = lending.world.cloud
  const [row] = await lending.rows<{ body: object }>(
    `SELECT body FROM site_directory WHERE site_id = 'north' AND kind = 'site'`,
  )
  const body = { ...row?.body, lending: terms }
  await inTransaction(pool, (tx) =>
    putRows(tx, siteIdSchema.parse('north'), [{ kind: 'site', key: 'north', body } as never]),
  )
}

const policy = {
  ...{ sharePercent: 50, shareMinPercent: 0, shareMaxPercent: 100, stepPercent: 10 },
  ...{ windowMs: 4 * hourMs, leadMs: 8 * hourMs, cutOffMs: 0 },
}

describe('who may sell what', () => {
  it('is the cloud inside a loan until its cut-off, and the site around it', async () => {
    const loan = await lending.lend('room-1')
    await lending.sold(loan, 1)
    const { fromMs, toMs } = loan
    const query = `fromMs=${fromMs - hourMs}&toMs=${toMs + hourMs}`
    const { spaces, loans, asSeenBy } = await ask(query)
    const spans = spaces.find(({ spaceId }) => spaceId === 'room-1')?.spans
    expect(spans).toEqual([
      { fromMs: fromMs - hourMs, toMs: fromMs, authority: { kind: 'site' } },
      { fromMs, toMs, authority: { kind: 'cloud', loanId: loan.loanId, untilMs: loan.sellUntilMs } },
      { fromMs: toMs, toMs: toMs + hourMs, authority: { kind: 'site' } },
    ])
    expect(asSeenBy).toBe('cloud')
    expect(loans).toMatchObject([{ loanId: loan.loanId, standing: 'cloud_sells', sold: 1 }])
    const one = await ask(`${query}&spaceId=room-2`)
    expect([one.spaces.map(({ spaceId }) => spaceId), one.loans]).toEqual([['room-2'], []])
  })

  it('is nobody from the recall until the site has applied the end', async () => {
    const loan = await lending.lend('room-1')
    await lending.tell({ type: 'loan.recalled', body: { loanId: loan.loanId, reason: 'kiosk' } })
    const { fromMs, toMs } = at(loan, 1)
    const { spaces } = await ask(`fromMs=${fromMs}&toMs=${toMs}&spaceId=room-1`)
    const authority = { kind: 'nobody', because: 'end_on_its_way', loanId: loan.loanId }
    expect(spaces[0]?.spans).toEqual([{ fromMs, toMs, authority }])
  })

  it('is nobody where the site stopped lending, but for what it never lends', async () => {
    const loan = await lending.lend('room-1')
    await lending.tell({ type: 'loan.recalled', body: { loanId: loan.loanId, reason: 'kiosk' } })
    await lending.tell({ type: 'lending.stopped', body: { reason: 'unknown_loan' } })
    expect(await around('room-1')).toEqual(['lending_stopped', 'nobody lending_stopped'])
    expect(await around('room-2')).toEqual(['lending_stopped', 'site'])
    await lends({ pools: [{ poolId: 'rooms', kind: 'meeting_room', policy }] })
    expect(await around('room-2')).toEqual(['lending_stopped', 'nobody lending_stopped'])
    await lends({ pools: [{ poolId: 'rooms', kind: 'meeting_room', policy }], never: ['room-2'] })
    expect(await around('room-2')).toEqual(['lending_stopped', 'site'])
    await lending.tell({ type: 'lending.resumed', body: { epoch: 1 } })
    expect(await around('room-1')).toEqual([undefined, 'site'])
  })

  it('is nobody where the newest box of the site may not sell, as it says or as its handshake went', async () => {
    const { site } = lending.world
    await site.heartbeat('none')
    expect(await around('room-2')).toEqual(['site_fenced', 'nobody site_fenced'])
    await site.heartbeat()
    expect(await around('room-2')).toEqual([undefined, 'site'])
    const fork = `INSERT INTO site_sync (site_id, incarnation, state, since_ms, seen_ms, edge_seq, cloud_seq, version)
      SELECT site_id, incarnation, 'fork', 1, 1, 1, 1, 'test' FROM sites WHERE site_id = 'north'`
    await lending.rows(fork)
    expect(await around('room-2')).toEqual(['site_fenced', 'nobody site_fenced'])
    await lending.rows(`UPDATE site_sync SET state = 'in_step' WHERE site_id = 'north'`)
    expect(await around('room-2')).toEqual([undefined, 'site'])
  })

  it('refuses what it cannot answer', async () => {
    const path = '/api/v1/sites/north/authority'
    const codes = async (query: string) => refused(await lending.anna.get(`${path}?${query}`))
    expect(await codes('fromMs=5&toMs=5')).toEqual([422, 'reversed'])
    expect(await codes(`fromMs=0&toMs=${40 * 24 * hourMs}`)).toEqual([422, 'too_long'])
    expect(await codes('spaceId=cellar')).toEqual([404, 'space_unknown'])
    expect(refused(await lending.anna.get('/api/v1/sites/nowhere/authority'))).toEqual([404, 'not_found'])
    expect((await lending.world.stranger().get(path)).status).toBe(401)
  })
})
