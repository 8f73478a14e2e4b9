import type { AuthorityView } from '@gatehouse/shared/api/authority-view'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

  it('says that the site has stopped lending, and that it goes on', async () => {
    await lending.tell({ type: 'lending.stopped', body: { reason: 'unknown_loan' } })
    const stopped = await ask('spaceId=room-2')
    expect([stopped.siteStopped, stopped.spaces[0]?.spans[0]?.authority]).toEqual([
      'lending_stopped',
      { kind: 'nobody', because: 'lending_stopped' },
    ])
    await lending.tell({ type: 'lending.resumed', body: { epoch: 1 } })
    expect((await ask('spaceId=room-2')).siteStopped).toBeUndefined()
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
