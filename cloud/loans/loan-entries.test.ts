import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { asOperator, inTransaction } from '../database/pool.ts'
import { hourMs } from '../http/testing/test-cloud.ts'
import { projectNext } from '../ingest/project.ts'
import { tendLoans } from './end-loans.ts'
import { startLoanEpoch, startLoanIncarnation } from './new-lives.ts'
import { pruneLoanRows } from './prune-rows.ts'
import { endRestoredLoans } from './restored-loans.ts'
import { confirmInLoans, expireInLoans } from './sell.ts'
import { at, LoanWorld, refused, view } from './testing/loan-world.ts'

let lending: LoanWorld
const north = siteIdSchema.parse('north')

beforeAll(async () => {
  lending = await LoanWorld.start()
})
afterAll(() => lending?.close())
afterEach(() => lending.world.site.heartbeat())

const pool = () => lending.world.cloud.pool
const tend = () => tendLoans({ pool: pool(), clock: lending.world.clock, passLifeMs: 24 * hourMs })
const quarantined = async () =>
  (await lending.rows<{ reason: string }>('SELECT reason FROM quarantine ORDER BY incarnation, seq')).map(
    ({ reason }) => reason,
  )
const cases = (kind: string) =>
  lending.rows<{ about: string }>('SELECT about FROM exceptions WHERE kind = $1', kind)
const endRow = async (loanId: string) => {
  const [row] = await lending.rows<{ body: { reason: string; kept: object[]; freed: object[] } }>(
    `SELECT body FROM site_directory WHERE kind = 'loan' AND key = $1`,
    loanId,
  )
  return row?.body
}

describe('grants that cannot be', () => {
  it('are kept as facts, raised as cases, and stop nothing behind them', async () => {
    const good = await lending.lend('room-1')
    const wrong = [
      lending.terms('cellar'),
      { ...lending.terms('room-1'), fromMs: good.toMs + hourMs, toMs: good.toMs },
      lending.terms('room-1', { fromMs: good.fromMs + hourMs, toMs: good.toMs + hourMs }),
      { ...good, spaceId: 'room-2' },
    ]
    const last = lending.terms('room-2')
    await lending.tell(...[...wrong, last].map((body) => ({ type: 'loan.granted', body })))
    expect(await quarantined()).toEqual(['unknown_space', 'loan_reversed', 'loan_overlaps', 'loan_exists'])
    expect((await cases('unprojectable')).length).toBe(4)
    expect([await lending.state(good.loanId), await lending.state(last.loanId)]).toEqual(['open', 'open'])
    expect(await lending.count('loans')).toBe(2)
  })

  it("another site's loan is unknown here, whatever a site says of it", async () => {
    // The cloud's own round ends a loan that sells no more; this one sells for hours.
    const { fromMs, toMs, sellUntilMs } = lending.terms('room-1')
    await lending.rows(
      `INSERT INTO loans (site_id, loan_id, space_id, from_ms, to_ms, sell_until_ms, terms_epoch, state, incarnation,
         granted_ms, changed_ms)
       VALUES ('south', 'ln_south', 'room-1', ${fromMs}, ${toMs}, ${sellUntilMs}, 1, 'open', 1, 0, 0)`,
    )
    const before = (await quarantined()).length
    await lending.tell(
      { type: 'loan.recalled', body: { loanId: 'ln_south', reason: 'kiosk' } },
      {
        type: 'loan.ended',
        body: {
          ...{ loanId: 'ln_south', epoch: 1, rev: 1 },
          row: { reason: 'close', spaceId: 'room-1', fromMs, toMs, kept: [], freed: [] },
        },
      },
    )
    expect((await quarantined()).slice(before)).toEqual(['unknown_loan', 'unknown_loan'])
    expect(await lending.rows(`SELECT state, recalled FROM loans WHERE site_id = 'south'`)).toEqual([
      { state: 'open', recalled: false },
    ])
    await lending.rows(`DELETE FROM loans WHERE site_id = 'south'`)
  })

  it('are seen by their own operator alone', async () => {
    const seen = (operator: string) =>
      asOperator(pool(), operator, async (tx) => (await tx.query('SELECT FROM loans')).rowCount)
    expect([await seen('demo'), await seen('somebody-else')]).toEqual([2, 0])
  })
})

describe('entries that come again', () => {
  it('change nothing', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    const grant = { type: 'loan.granted', body: loan }
    await lending.tell(grant)
    await lending.answer(bookingId, 'taken')
    await lending.answer(bookingId, 'known')
    await lending.tell({ type: 'loan.recalled', body: { loanId: loan.loanId, reason: 'policy' } })
    const row = await endRow(loan.loanId)
    expect(row).toMatchObject({ reason: 'recall', kept: [{ bookingId }] })
    await lending.tell({ type: 'loan.recalled', body: { loanId: loan.loanId, reason: 'policy' } }, grant)
    expect([await lending.state(loan.loanId), await endRow(loan.loanId)]).toEqual(['ended', row])
    const ended = { type: 'loan.ended', body: { loanId: loan.loanId, epoch: 1, rev: 1, row } }
    await lending.tell(ended, ended)
    expect(await lending.state(loan.loanId)).toBe('released')
    expect(await lending.booking(bookingId)).toMatchObject({ status: 'confirmed', site_status: 'confirmed' })
  })

  it('a whole history read again gives the same loans', async () => {
    const state = () =>
      lending.rows('SELECT loan_id, state, incarnation, end_reason FROM loans ORDER BY loan_id')
    const before = await state()
    await lending.rows('UPDATE projection_positions SET seq = 0')
    const stream = { siteId: north, incarnation: 1 }
    while ((await projectNext(pool(), stream, lending.world.clock.now().wallMs)).kind === 'behind');
    expect(await state()).toEqual(before)
  })
})

describe('what the site makes of a sale', () => {
  it('counts in its sums from its answer on, with the money', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    expect(await lending.booking(bookingId)).toMatchObject({ seq: 0, site_status: null })
    const counted = 'payments WHERE booking_id = $1 AND seq > 0 AND incarnation = 1'
    expect(await lending.count(counted, bookingId)).toBe(0)
    await lending.answer(bookingId, 'taken')
    expect((await lending.booking(bookingId))?.seq).toBeGreaterThan(0)
    expect(await lending.count(counted, bookingId)).toBe(1)
    expect((await lending.anna.get(`/api/v1/bookings/${bookingId}`)).body).toMatchObject({ paidMinor: 1_200 })
  })

  it('an answer to an earlier row does not undo what the cloud said since', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    const { epoch, rev, body } = await lending.rowOf(bookingId)
    await lending.cancel(lending.anna, bookingId)
    await lending.answer(bookingId, 'taken', { epoch, rev, row: body })
    expect(await lending.booking(bookingId)).toMatchObject({ status: 'cancelled', site_status: 'confirmed' })
    expect(refused(await lending.hold(lending.ben, 'room-1', at(loan, 1)))).toEqual([409, 'space_taken'])
    await lending.answer(bookingId, 'freed')
    expect(await lending.booking(bookingId)).toMatchObject({ status: 'cancelled', site_status: 'cancelled' })
    expect((await lending.hold(lending.ben, 'room-1', at(loan, 1))).status).toBe(201)
  })

  it('who came before the cancellation reached the site stays, and a person looks at the money', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await lending.answer(bookingId, 'taken')
    await lending.cancel(lending.anna, bookingId)
    await lending.tell({ type: 'booking.checked_in', body: { bookingId, by: 'kiosk' } })
    const { fromMs, blockToMs } = (await lending.rowOf(bookingId)).body
    await lending.answer(bookingId, 'too_late', { standing: { fromMs, blockToMs } })
    expect((await lending.booking(bookingId))?.status).toBe('checked_in')
    expect(refused(await lending.hold(lending.ben, 'room-1', at(loan, 1)))).toEqual([409, 'space_taken'])
    expect((await cases('sale_contradicted')).map(({ about }) => about)).toContain(`${bookingId} too_late`)
  })

  it('a sale that the site had sold otherwise is displaced, refunded in full, and a case', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await lending.answer(bookingId, 'displaced')
    await tend()
    expect(await lending.booking(bookingId)).toMatchObject({ status: 'displaced', refunded_minor: 1_200 })
    expect((await lending.rowOf(bookingId)).body).toMatchObject({
      status: 'cancelled',
      refunds: [{ amountMinor: 1_200 }],
    })
    await lending.answer(bookingId, 'freed')
    expect(await lending.booking(bookingId)).toMatchObject({ status: 'displaced', site_status: 'displaced' })
    expect((await cases('sale_contradicted')).map(({ about }) => about)).toContain(`${bookingId} displaced`)
    expect((await lending.hold(lending.ben, 'room-1', at(loan, 1))).status).toBe(201)
  })

  it("the site's own sale stands where it did not know of the cloud's", async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    const { body } = await lending.rowOf(bookingId)
    const { holder, fromMs, toMs, blockToMs, price } = body
    const own = { bookingId: 'bk_own', spaceId: 'room-1', reference: 'T-9', holdUntilMs: fromMs }
    const before = (await quarantined()).length
    await lending.tell({ type: 'booking.held', body: { ...own, holder, fromMs, toMs, blockToMs, price } })
    expect((await quarantined()).length).toBe(before)
    expect((await lending.booking(bookingId))?.status).toBe('displaced')
    expect((await lending.booking('bk_own'))?.status).toBe('held')
  })

  it('a booking that only its pass told of is in the books, and the hold that it proves over is not', async () => {
    const loan = await lending.lend('room-1')
    const { bookingId: held } = view(await lending.hold(lending.anna, 'room-1', at(loan, 1)))
    await lending.answer(held, 'taken')
    const { body } = await lending.rowOf(held)
    const { holder, fromMs, toMs, blockToMs, loanIds } = body
    const told = {
      bookingId: 'bk_lost',
      passId: 'ps_1',
      spaceId: 'room-1',
      loanIds,
      holder,
      reference: 'T-7',
    }
    await lending.tell({
      type: 'booking.adopted',
      body: { ...told, fromMs, toMs, blockToMs, supersedes: [held] },
    })
    expect(await lending.booking('bk_lost')).toMatchObject({ status: 'confirmed', site_status: 'confirmed' })
    expect(await lending.booking(held)).toMatchObject({ status: 'expired', site_status: 'expired' })
  })

  it('a no-show frees its time for the cloud as long as the loan is open', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await lending.answer(bookingId, 'taken')
    await lending.tell({ type: 'booking.no_show', body: { bookingId } })
    expect(await lending.booking(bookingId)).toMatchObject({ status: 'no_show', site_status: 'no_show' })
    expect((await lending.hold(lending.ben, 'room-1', at(loan, 1))).status).toBe(201)
  })
})

describe('races', () => {
  it('a recall and a sale end one way or the other: sold and kept, or not sold', async () => {
    for (let round = 0; round < 8; round += 1) {
      const loan = await lending.lend('room-1')
      const recall = lending.tell({ type: 'loan.recalled', body: { loanId: loan.loanId, reason: 'kiosk' } })
      const [held] = await Promise.all([
        lending.hold(lending.anna, 'room-1', at(loan, 1)),
        round % 2 === 0 ? recall : undefined,
      ])
      await recall
      const kept = (await endRow(loan.loanId))?.kept ?? []
      const isByLoan = held.status === 201 && view(held).path === 'loan'
      expect(kept.length).toBe(isByLoan ? 1 : 0)
    }
  })

  it('a payment and the end of its hold do not both happen', async () => {
    const { clock } = lending.world
    for (let round = 0; round < 8; round += 1) {
      const loan = await lending.lend('room-1')
      const {
        bookingId,
        siteId,
        holdUntilMs = 0,
      } = view(await lending.hold(lending.anna, 'room-1', at(loan, 1)))
      const change = { bookingId, siteId, loanIds: [loan.loanId] }
      const payment = { paymentId: `py_race${round}` as never, method: 'plan' as const }
      // Two processes whose clocks differ by as much as the hold.
      const late = { now: () => ({ ...clock.now(), wallMs: holdUntilMs }) }
      const [expired, paid] = await Promise.all([
        expireInLoans(pool(), late, change),
        confirmInLoans(pool(), clock, { ...change, payment }),
      ])
      expect([expired, paid]).toSatisfy(([over, done]) => over === (done !== 'done'))
      expect((await lending.booking(bookingId))?.status).toBe(expired ? 'expired' : 'confirmed')
    }
  })
})

describe('the store itself', () => {
  const insert = (loanId: string, from: number, to: number, bookingId: string) =>
    lending.rows(
      `INSERT INTO loan_sales (site_id, loan_id, booking_id, space_id, loan_from_ms, loan_to_ms, from_ms, block_to_ms,
         status, epoch, rev)
       SELECT site_id, loan_id, $2, space_id, from_ms, to_ms, from_ms + $3, from_ms + $4, 'confirmed', 1, 1
       FROM loans WHERE loan_id = $1`,
      loanId,
      bookingId,
      from,
      to,
    )

  it('refuses two sales that meet, one outside its loan, and one in a loan that is not open', async () => {
    const loan = await lending.lend('room-1')
    await insert(loan.loanId, 0, hourMs, 'bk_a')
    await expect(insert(loan.loanId, hourMs - 1, 2 * hourMs, 'bk_b')).rejects.toMatchObject({ code: '23P01' })
    await expect(insert(loan.loanId, 11 * hourMs, 13 * hourMs, 'bk_b')).rejects.toMatchObject({
      code: '23514',
    })
    await lending.tell({ type: 'loan.recalled', body: { loanId: loan.loanId, reason: 'person' } })
    await expect(insert(loan.loanId, 2 * hourMs, 3 * hourMs, 'bk_b')).rejects.toMatchObject({ code: '23514' })
  })
})

describe('new lives', () => {
  it('nothing is sold after a new incarnation until it stands by the loan', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await inTransaction(pool(), (tx) => startLoanIncarnation(tx, north))
    expect(await lending.state(loan.loanId)).toBe('unconfirmed')
    lending.goDark()
    expect(refused(await lending.hold(lending.ben, 'room-1', at(loan, 2)))).toEqual([503, 'site_unreachable'])
    await lending.tell({ type: 'loan.confirmed', body: loan })
    expect(await lending.state(loan.loanId)).toBe('open')
    expect((await lending.hold(lending.ben, 'room-1', at(loan, 2))).status).toBe(201)
    expect((await lending.booking(bookingId))?.status).toBe('confirmed')
  })

  it('entries of an incarnation before the present one decide nothing, and what it granted is not sold in', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await lending.rows(`UPDATE sites SET incarnation = 2 WHERE site_id = 'north'`)
    await lending.answer(bookingId, 'displaced')
    expect((await lending.booking(bookingId))?.status).toBe('confirmed')
    const late = await lending.lend('room-1')
    expect(await lending.state(late.loanId)).toBe('unconfirmed')
    await lending.rows(`UPDATE sites SET incarnation = 1 WHERE site_id = 'north'`)
  })

  it('a new epoch suspends every loan; it ends only when no sale of the lost epoch can show itself', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await inTransaction(pool(), startLoanEpoch)
    expect(await lending.count(`loans WHERE state IN ('open', 'unconfirmed')`)).toBe(0)
    expect(await lending.state(loan.loanId)).toBe('suspended')
    const end = (siteCaughtUp: boolean, oldPassesOver: boolean) =>
      inTransaction(pool(), (tx) =>
        endRestoredLoans(tx, () => 0, { siteId: 'north', restored: { siteCaughtUp, oldPassesOver } }),
      )
    expect([await end(true, false), await end(false, true)]).toEqual([0, 0])
    expect(await end(true, true)).toBeGreaterThan(0)
    expect(await endRow(loan.loanId)).toMatchObject({ reason: 'restored', kept: [{ bookingId }] })
  })

  it('the job waits for the site and for the passes of the lost epoch', async () => {
    const { clock } = lending.world
    const loan = await lending.lend('room-2')
    await inTransaction(pool(), startLoanEpoch)
    await lending.rows('UPDATE cloud_identity SET epoch_began_ms = $1', clock.now().wallMs)
    const seen = 'UPDATE site_sync SET seen_ms = $1, edge_seq = 1'
    await lending.rows(
      `INSERT INTO site_sync (site_id, incarnation, state, since_ms, seen_ms, edge_seq, cloud_seq, version)
       VALUES ('north', 1, 'in_step', 0, 0, 1, 1, 'test') ON CONFLICT DO NOTHING`,
    )
    await tend()
    expect(await lending.state(loan.loanId)).toBe('suspended')
    await lending.rows(seen, clock.now().wallMs)
    await tend()
    expect(await lending.state(loan.loanId)).toBe('suspended')
    clock.advance(25 * hourMs)
    await tend()
    expect(await lending.state(loan.loanId)).toBe('ended')
  })
})

describe('what is long over', () => {
  it('leaves the directory and the loans, and the bookings stay', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await lending.tell({ type: 'loan.recalled', body: { loanId: loan.loanId, reason: 'policy' } })
    const row = await endRow(loan.loanId)
    await lending.tell({ type: 'loan.ended', body: { loanId: loan.loanId, epoch: 1, rev: 1, row } })
    const { clock } = lending.world
    expect(await pruneLoanRows({ pool: pool(), clock })).toBe('done')
    expect((await lending.rowOf(bookingId)).body).not.toBeNull()
    clock.advance(90 * 24 * hourMs)
    expect(await pruneLoanRows({ pool: pool(), clock })).toBe('done')
    expect((await lending.rowOf(bookingId)).body).toBeNull()
    expect([await endRow(loan.loanId), await lending.state(loan.loanId)]).toEqual([null, undefined])
    expect((await lending.booking(bookingId))?.status).toBe('confirmed')
  })
})
