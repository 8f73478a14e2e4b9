import type { CloudAllowanceCommand } from '@gatehouse/shared/credits/cloud-allowance'
import { creditBucketIdSchema, memberIdSchema, newId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { AllowanceRow } from '@gatehouse/shared/wire/v1/allowances'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { asOperator, inTransaction, openPool } from '../database/pool.ts'
import { hourMs, startMs } from '../http/testing/test-cloud.ts'
import { projectNext } from '../ingest/project.ts'
import { LoanWorld } from '../loans/testing/loan-world.ts'
import { renewEpoch } from '../sites/epoch.ts'
import { allowanceIdOf } from './bucket-store.ts'
import { type Funding, fundBucket } from './fund-bucket.ts'
import { moveCredits } from './move-credits.ts'
import { endLostAllowances } from './new-life.ts'
import { tendCredits } from './tend-credits.ts'

const [north, south] = [siteIdSchema.parse('north'), siteIdSchema.parse('south')]
const by = commandOrigin('test', startMs)
const random = new SeededRandom(11)

let lending: LoanWorld
beforeAll(async () => {
  lending = await LoanWorld.start()
})
afterAll(() => lending?.close())

const pool = () => lending.world.cloud.pool

async function fund(
  amountMinor: number,
  more: Partial<Funding> = {},
): Promise<{ readonly bucketId: string }> {
  const bucketId = newId(creditBucketIdSchema, 'cb', random)
  const funded = await fundBucket(
    pool(),
    {
      bucketId,
      ...{ memberId: memberIdSchema.parse('mb-anna'), operatorId: 'demo', currency: 'EUR', amountMinor },
      ...{ promotional: false, fromMs: startMs, expiresMs: startMs + 720 * hourMs, reason: 'purchase' },
      ...more,
    },
    by,
  )
  return funded.ok ? { bucketId } : expect.fail(funded.error)
}

async function ask(bucketId: string, command: CloudAllowanceCommand, siteId = north): Promise<string> {
  const moved = await moveCredits(pool(), { bucketId, siteId, command, by, nowMs: startMs })
  return moved.ok ? 'done' : moved.error
}
const move = (bucketId: string, amountMinor: number) => ask(bucketId, { kind: 'move', amountMinor })
const askBack = (bucketId: string, amountMinor: number) => ask(bucketId, { kind: 'askBack', amountMinor })

async function rowOf(bucketId: string) {
  const [row] = await lending.rows<{ key: string; epoch: number; rev: number; body: AllowanceRow }>(
    `SELECT key, epoch, rev, body FROM site_directory
     WHERE site_id = 'north' AND kind = 'allowance' AND body ->> 'bucketId' = $1`,
    bucketId,
  )
  return row ?? expect.fail('no row')
}

/** The site applies the row that is in its directory. */
async function receive(bucketId: string, givenBackMinor = 0, change: object = {}): Promise<void> {
  const { key, epoch, rev, body } = await rowOf(bucketId)
  const said = { allowanceId: key, epoch, rev, row: { ...body, ...change }, givenBackMinor }
  await lending.tell({ type: 'allowance.received', body: said })
}
const movement = (type: 'drawn' | 'restored', allowanceId: string, amountMinor: number) => ({
  type: `allowance.${type}`,
  body: { allowanceId, paymentId: 'pay_1', amountMinor },
})

const overdraft = async (bucketId: string) =>
  (
    await lending.rows<{ minor: number }>(
      `SELECT overdraft_minor AS minor FROM allowances WHERE bucket_id = $1`,
      bucketId,
    )
  )[0]?.minor

const sums = async (bucketId: string) => {
  const [row] = await lending.rows<Record<string, number>>(
    `SELECT moved_minor AS moved, received_minor AS received, given_back_minor AS back, drawn_minor AS drawn,
       restored_minor AS restored FROM allowances WHERE bucket_id = $1`,
    bucketId,
  )
  return row
}
const quarantined = () => lending.rows<{ reason: string }>('SELECT reason FROM quarantine ORDER BY seq')

describe('credits that are moved to a site', () => {
  it('are told with the move, spent there, and come back by its word alone', async () => {
    const { bucketId } = await fund(10_000)
    expect(await move(bucketId, 6_000)).toBe('done')
    expect((await rowOf(bucketId)).body).toMatchObject({ movedMinor: 6_000, memberId: 'mb-anna' })
    await receive(bucketId)
    const { key } = await rowOf(bucketId)
    await lending.tell(movement('drawn', key, 2_500), movement('restored', key, 500))
    expect(await sums(bucketId)).toMatchObject({ moved: 6_000, received: 6_000, drawn: 2_500, restored: 500 })
    expect(await askBack(bucketId, 4_000)).toBe('done')
    // Asked for is not given.
    expect(await move(bucketId, 4_001)).toBe('credits_insufficient')
    await receive(bucketId, 4_000)
    expect(await move(bucketId, 8_001)).toBe('credits_insufficient')
    expect(await move(bucketId, 8_000)).toBe('done')
  })

  it('are recorded as the act of whoever moved them', async () => {
    const { bucketId } = await fund(100)
    await move(bucketId, 10)
    await ask(bucketId, { kind: 'setOverdraft', overdraftMinor: 20 })
    const acts = await lending.rows<{ act: string }>(
      `SELECT record::jsonb ->> 'act' AS act FROM admin_acts
       WHERE record::jsonb -> 'subject' ->> 'id' = $1 ORDER BY seq`,
      bucketId,
    )
    expect(acts.map(({ act }) => act)).toEqual(['credits.funded', 'credits.moved', 'credits.overdraft_set'])
  })

  it('are never more than there are, whichever processes move to whichever sites at the same time', async () => {
    const { bucketId } = await fund(1_000)
    await lending.rows(`INSERT INTO site_incarnations (site_id, incarnation, public_key, machine, enrolled_ms)
      VALUES ('south', 1, 'k', 'm', 0)`)
    await lending.rows(`UPDATE sites SET incarnation = 1 WHERE site_id = 'south'`)
    const other = openPool(lending.world.cloud.databaseUrl)
    const outcomes = await Promise.all(
      Array.from({ length: 24 }, async (_, at) => {
        const siteId = at % 3 === 0 ? north : south
        const command = { kind: 'move', amountMinor: 300 } as const
        return moveCredits(at % 2 === 0 ? pool() : other, { bucketId, siteId, command, nowMs: startMs })
      }),
    )
    await other.end()
    await lending.rows(`UPDATE sites SET incarnation = 0 WHERE site_id = 'south'`)
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(3)
    const [all] = await lending.rows<{ moved: number }>(
      'SELECT sum(moved_minor)::int AS moved FROM allowances WHERE bucket_id = $1',
      bucketId,
    )
    expect(all?.moved).toBe(900)
  })

  it('are never more than there are, whatever the store is asked for', async () => {
    const { bucketId } = await fund(1_000)
    await move(bucketId, 900)
    const update = 'UPDATE allowances SET moved_minor = $2 WHERE bucket_id = $1'
    await expect(pool().query(update, [bucketId, 1_001])).rejects.toMatchObject({ code: '23514' })
    await pool().query(update, [bucketId, 1_000])
  })

  it.each([
    ['a bucket that is over', { fromMs: startMs - 2, expiresMs: startMs + 1 }, 2, 'credits_expired'],
    ['nothing', {}, 0, 'not_positive'],
  ])('%s moves nowhere', async (_what, more, amountMinor, expected) => {
    const { bucketId } = await fund(1_000, more)
    const command = { kind: 'move', amountMinor } as const
    const moved = await moveCredits(pool(), { bucketId, siteId: north, command, nowMs: startMs + 1 })
    expect(moved).toEqual({ ok: false, error: expected })
  })

  it('go to no site that nobody runs, of another operator, or that is not there', async () => {
    const { bucketId } = await fund(1_000)
    const command = { kind: 'move', amountMinor: 1 } as const
    expect(await ask(bucketId, command, south)).toBe('site_not_enrolled')
    expect(await ask(bucketId, command, siteIdSchema.parse('nowhere'))).toBe('site_of_another_operator')
    expect(await ask('cb_none', command)).toBe('unknown_bucket')
  })

  it('are seen by their own operator alone', async () => {
    const seen = (operator: string) =>
      asOperator(pool(), operator, async (tx) => [
        (await tx.query('SELECT FROM allowances')).rowCount !== 0,
        (await tx.query('SELECT FROM credit_buckets')).rowCount !== 0,
      ])
    expect([await seen('demo'), await seen('somebody-else')]).toEqual([
      [true, true],
      [false, false],
    ])
  })
})

describe('what nobody moves by hand', () => {
  const policy = { keptPercent: 50, lowWaterPercent: 25, usedWithinDays: 30 }
  const tend = () => tendCredits({ pool: pool(), clock: lending.world.clock, policy })

  it('goes to the site that the member used, once, whichever processes look; and is asked back when it is over', async () => {
    const begins = startMs + 48 * hourMs
    const held = await lending.hold(lending.ben, 'room-1', { fromMs: begins, toMs: begins + hourMs })
    expect(held.status).toBe(201)
    const { bucketId } = await fund(1_000, { memberId: memberIdSchema.parse('mb-ben') })
    await Promise.all([tend(), tend(), tend()])
    await tend()
    expect((await sums(bucketId))?.moved).toBe(500)
    expect((await rowOf(bucketId)).body).toMatchObject({ movedMinor: 500, memberId: 'mb-ben' })
    await lending.rows(
      'UPDATE credit_buckets SET tend_ms = 0, from_ms = 0, expires_ms = $1 WHERE bucket_id = $2',
      startMs,
      bucketId,
    )
    await tend()
    expect((await rowOf(bucketId)).body).toMatchObject({ askedBackMinor: 500 })
  })
})

describe('what sites tell of credits', () => {
  it('counts once, however often it is projected', async () => {
    const { bucketId } = await fund(1_000)
    await move(bucketId, 500)
    await receive(bucketId)
    await lending.tell(movement('drawn', (await rowOf(bucketId)).key, 70))
    await Promise.all([1, 2, 3].map(() => projectNext(pool(), { siteId: north, incarnation: 1 }, startMs)))
    expect((await sums(bucketId))?.drawn).toBe(70)
  })

  it('comes to the same when it is all projected anew', async () => {
    const { bucketId } = await fund(1_000)
    await move(bucketId, 500)
    await receive(bucketId)
    await lending.tell(movement('drawn', (await rowOf(bucketId)).key, 120))
    const columns = 'received_minor, given_back_minor, drawn_minor, restored_minor, received_rev'
    const all = () => lending.rows(`SELECT allowance_id, ${columns} FROM allowances ORDER BY allowance_id`)
    const before = await all()
    await lending.rows(`UPDATE allowances SET received_minor = 0, given_back_minor = 0, drawn_minor = 0,
      restored_minor = 0, received_rev = NULL`)
    await lending.rows('UPDATE projection_positions SET seq = 0, audit_seq = 0')
    while ((await projectNext(pool(), { siteId: north, incarnation: 1 }, startMs)).count > 0);
    expect(await all()).toEqual(before)
  })

  it('gives back what was refunded after its bucket was over for seven days more, once', async () => {
    const { bucketId } = await fund(1_000, { promotional: true })
    await move(bucketId, 500)
    await receive(bucketId)
    const { key } = await rowOf(bucketId)
    const again = () =>
      lending.rows<{ funded_minor: number }>(
        `SELECT funded_minor, promotional, member_id, expires_ms - from_ms AS lives_ms FROM credit_buckets
         WHERE reason = 'reissue' ORDER BY funded_minor`,
      )
    await lending.tell(movement('drawn', key, 300), movement('restored', key, 50))
    expect(await again()).toEqual([])
    await lending.rows('UPDATE credit_buckets SET from_ms = 0, expires_ms = 1 WHERE bucket_id = $1', bucketId)
    await lending.tell(movement('restored', key, 60), movement('restored', key, 70))
    const bucket = { promotional: true, member_id: 'mb-anna', lives_ms: 7 * 24 * hourMs }
    const issued = [
      { ...bucket, funded_minor: 60 },
      { ...bucket, funded_minor: 70 },
    ]
    expect(await again()).toEqual(issued)
    await lending.rows('UPDATE projection_positions SET seq = 0, audit_seq = 0')
    await lending.rows('UPDATE allowances SET drawn_minor = 0, restored_minor = 0')
    while ((await projectNext(pool(), { siteId: north, incarnation: 1 }, startMs)).count > 0);
    expect((await again()).filter(({ funded_minor }) => funded_minor >= 60)).toEqual(issued)
  })

  it('of shares that nobody knows, or of another’s bucket, is a case and stops nothing', async () => {
    const { bucketId } = await fund(1_000)
    await move(bucketId, 500)
    const before = (await quarantined()).length
    await receive(bucketId, 0, { memberId: 'mb-ben' })
    await receive(bucketId, 501)
    await lending.tell(movement('drawn', 'al_nobody', 5))
    await receive(bucketId)
    expect((await quarantined()).slice(before).map(({ reason }) => reason)).toEqual([
      'other_bucket',
      'more_than_moved',
      'unknown_allowance',
    ])
    expect((await sums(bucketId))?.received).toBe(500)
  })
})

describe('a restored cloud', () => {
  const forgotten = { bucketId: 'cb_forgotten', memberId: 'mb-anna', currency: 'EUR', promotional: false }

  it('takes what a site received as moved, also of a bucket that it forgot, and calls a person', async () => {
    const { bucketId } = await fund(1_000)
    await move(bucketId, 600)
    await receive(bucketId, 0, { movedMinor: 1_400 })
    expect(await sums(bucketId)).toMatchObject({ moved: 1_400, received: 1_400 })
    expect(await move(bucketId, 1)).toBe('credits_insufficient')
    const row = { ...forgotten, fromMs: 0, expiresMs: startMs * 2, movedMinor: 300 }
    const said = { ...row, askedBackMinor: 0, overdraftMinor: 0 }
    await lending.tell({
      type: 'allowance.received',
      body: { allowanceId: 'al_forgotten', epoch: 1, rev: 9, row: said, givenBackMinor: 0 },
    })
    expect(await sums('cb_forgotten')).toMatchObject({ moved: 300 })
    const cases = await lending.rows<{ about: string; amount_minor: number }>(
      `SELECT about, amount_minor FROM exceptions WHERE kind = 'credits_owed' ORDER BY amount_minor`,
    )
    expect(cases).toEqual([
      { about: 'cb_forgotten', amount_minor: 300 },
      { about: bucketId, amount_minor: 400 },
    ])
  })

  it('believes a site what it may overdraw of a share that it forgot, until it says otherwise itself', async () => {
    const bucketId = 'cb_overdrawn'
    const row = {
      ...forgotten,
      bucketId,
      fromMs: 0,
      expiresMs: startMs * 2,
      movedMinor: 0,
      askedBackMinor: 0,
    }
    const allowanceId = allowanceIdOf(bucketId, north, 1)
    const says = (rev: number, overdraftMinor: number) => ({
      type: 'allowance.received',
      body: { allowanceId, epoch: 1, rev, row: { ...row, overdraftMinor }, givenBackMinor: 0 },
    })
    await lending.tell(says(9, 300), says(10, 500))
    expect(await overdraft(bucketId)).toBe(500)
    expect(await ask(bucketId, { kind: 'setOverdraft', overdraftMinor: 100 })).toBe('done')
    await lending.tell(says(11, 700))
    expect(await overdraft(bucketId)).toBe(100)
  })

  it('moves nothing until every site has told what it keeps; it may ask back meanwhile', async () => {
    const { bucketId } = await fund(1_000)
    await move(bucketId, 500)
    const [identity] = await lending.rows<{ epoch: number }>('SELECT epoch FROM cloud_identity')
    await inTransaction(pool(), (tx) =>
      renewEpoch(tx, { reason: 'said_by_person', ends: identity?.epoch ?? 0, by }),
    )
    expect(await move(bucketId, 100)).toBe('sites_not_caught_up')
    expect(await askBack(bucketId, 100)).toBe('done')
    const spoke = `INSERT INTO site_sync (site_id, incarnation, state, since_ms, seen_ms, edge_seq, cloud_seq, version)
      SELECT 'north', 1, 'edge_ahead', $1, $1, head_seq + 1, head_seq, 'test' FROM streams WHERE site_id = 'north'
      ON CONFLICT (site_id, incarnation) DO UPDATE SET seen_ms = excluded.seen_ms, edge_seq = excluded.edge_seq`
    await lending.rows(spoke, startMs)
    expect(await move(bucketId, 100)).toBe('sites_not_caught_up')
    await receive(bucketId)
    expect(await move(bucketId, 100)).toBe('done')
  })
})

describe('a box that begins with empty books', () => {
  it('loses the rows of what the one before it had, which counts as spent', async () => {
    const { bucketId } = await fund(1_000)
    await move(bucketId, 700)
    const { key } = await rowOf(bucketId)
    await lending.rows(`INSERT INTO site_incarnations (site_id, incarnation, public_key, machine, enrolled_ms)
      VALUES ('north', 2, 'k', 'm', 0)`)
    await lending.rows(`UPDATE sites SET incarnation = 2 WHERE site_id = 'north'`)
    await lending.rows('UPDATE cloud_identity SET epoch_began_ms = NULL')
    await inTransaction(pool(), (tx) => endLostAllowances(tx, north))
    const [gone] = await lending.rows(`SELECT body FROM site_directory WHERE key = $1`, key)
    expect(gone).toEqual({ body: null })
    expect(await move(bucketId, 301)).toBe('credits_insufficient')
    expect(await move(bucketId, 300)).toBe('done')
    expect((await rowOf(bucketId)).key).toBe(allowanceIdOf(bucketId, 'north', 2))
  })
})
