import type { RestoredLoans } from '@gatehouse/shared/api/restored-loans-view'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import type { Caller } from '../http/testing/test-cloud.ts'
import { tendLoans } from './end-loans.ts'
import { startLoanEpoch } from './new-lives.ts'
import { at, LoanWorld, refused } from './testing/loan-world.ts'

let lending: LoanWorld
let hana: Caller
let mia: Caller

beforeAll(async () => {
  lending = await LoanWorld.start()
  ;[hana, mia] = [await lending.world.as('hana'), await lending.world.as('mia')]
})
afterAll(() => lending?.close())

const path = '/api/v1/hq/sites/north/restored-loans'
const statement = { reason: 'Nobody is on site this week, seen by the manager.', takesRisk: true }
const read = async (who = hana) => (await who.get(path)).body as unknown as RestoredLoans
const release = (who: Caller, body: object = statement, key = lending.key()) =>
  who.post(`${path}/release`, body, key)
const pool = () => lending.world.cloud.pool
const tend = () => tendLoans({ pool: pool(), clock: lending.world.clock, passLifeMs: 24 * 3_600_000 })

/** The cloud comes from a backup: what was lent before is suspended, and the site has not called since. */
async function restored(): Promise<void> {
  await lending.rows('UPDATE cloud_identity SET epoch = epoch + 1, epoch_began_ms = $1', nowMs())
  await inTransaction(pool(), startLoanEpoch)
}
const nowMs = () => lending.world.clock.now().wallMs

async function caughtUp(): Promise<void> {
  await lending.rows(
    `INSERT INTO site_sync (site_id, incarnation, state, since_ms, seen_ms, edge_seq, cloud_seq, version)
     VALUES ('north', 1, 'in_step', 0, $1, 1, 1, 'test')
     ON CONFLICT (site_id, incarnation) DO UPDATE SET seen_ms = excluded.seen_ms, edge_seq = 1`,
    nowMs(),
  )
}

describe('an early release of what was lent before the cloud was restored', () => {
  it('is refused while nothing is suspended, without a reason, and without the statement', async () => {
    expect(await read()).toMatchObject({ suspended: 0, passesOverMs: null, released: null, mayRelease: true })
    expect(refused(await release(hana))).toEqual([409, 'nothing_suspended'])
    for (const body of [
      { takesRisk: true },
      { ...statement, reason: ' short   ' },
      { ...statement, takesRisk: false },
    ])
      expect((await release(hana, body)).status).toBe(422)
  })

  it('is for who runs the site, and for HQ', async () => {
    expect((await release(lending.anna)).status).toBe(403)
    expect((await hana.get('/api/v1/hq/sites/nowhere/restored-loans')).status).toBe(404)
    const foreign = '/api/v1/hq/sites/south/restored-loans'
    expect((await mia.get(foreign)).status).toBe(404)
    expect((await mia.post(`${foreign}/release`, statement, lending.key())).status).toBe(404)
  })

  it('ends the loans once the site has caught up; what was sold stands, and it is on record', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await restored()
    expect(await read(mia)).toMatchObject({ suspended: 1, sold: 1, caughtUp: false, mayRelease: true })
    const key = lending.key()
    const answer = await release(mia, statement, key)
    expect([answer.status, (answer.body as unknown as RestoredLoans).released?.reason]).toEqual([
      200,
      statement.reason,
    ])
    expect(refused(await release(hana))).toEqual([409, 'released_already'])
    await tend()
    expect(await lending.state(loan.loanId)).toBe('suspended')
    await caughtUp()
    expect(await read()).toMatchObject({ suspended: 1, caughtUp: true })
    await tend()
    expect(await lending.state(loan.loanId)).toBe('ended')
    expect((await lending.booking(bookingId))?.status).toBe('confirmed')
    const [act] = await lending.rows<{ record: string }>(
      `SELECT record FROM admin_acts WHERE act = 'loans.released_early' ORDER BY seq DESC LIMIT 1`,
    )
    expect(JSON.parse(act?.record ?? '{}')).toMatchObject({
      siteId: 'north',
      after: { epoch: 2, reason: statement.reason, loans: 1 },
    })
  })

  it('holds for one epoch: after another restore the site waits again', async () => {
    const loan = await lending.lend('room-1', { epoch: 2 })
    await restored()
    await caughtUp()
    await tend()
    expect(await lending.state(loan.loanId)).toBe('suspended')
    expect((await read()).released).toBeNull()
    expect((await release(hana)).status).toBe(200)
    expect(await lending.state(loan.loanId)).toBe('ended')
    expect(at(loan, 1).fromMs).toBeGreaterThan(nowMs())
  })
})
