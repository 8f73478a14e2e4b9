import type { PassView } from '@gatehouse/shared/api/pass-view'
import { readPresentation } from '@gatehouse/shared/passes/presentation'
import { holderKeys } from '@gatehouse/shared/passes/testing/sample-passes'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startCloud } from '../cloud-program.ts'
import { cloudConfigSchema } from '../config.ts'
import { inTransaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { Caller, hourMs } from '../http/testing/test-cloud.ts'
import { quickPasswords } from '../members/testing/quick-passwords.ts'
import { tendPasses } from '../passes/tend-passes.ts'
import { tendLoans } from './end-loans.ts'
import { at, LoanWorld, problemOf, refused, view } from './testing/loan-world.ts'

let lending: LoanWorld

beforeAll(async () => {
  lending = await LoanWorld.start()
})
afterAll(() => lending?.close())
afterEach(() => lending.world.site.heartbeat())

const tend = () =>
  tendLoans({ pool: lending.world.cloud.pool, clock: lending.world.clock, passLifeMs: 24 * hourMs })

describe('inside a loan', () => {
  it('the cloud sells while the site is dark, final at once, and tells the site by a row', async () => {
    const loan = await lending.lend('room-1')
    lending.goDark()
    const held = await lending.hold(lending.anna, 'room-1', at(loan, 1))
    expect(held.status).toBe(201)
    const { bookingId } = view(held)
    expect(view(held)).toMatchObject({ status: 'held', path: 'loan', decidedBy: 'cloud' })
    expect((await lending.rowOf(bookingId)).body).toMatchObject({ status: 'held', loanIds: [loan.loanId] })

    const paid = await lending.pay(lending.anna, bookingId)
    expect(paid.status).toBe(200)
    expect(view(paid)).toMatchObject({ status: 'confirmed', paidMinor: 1_200, paidBy: 'card', path: 'loan' })
    const { body } = await lending.rowOf(bookingId)
    expect(body).toMatchObject({ status: 'confirmed', payments: [{ method: 'card', amountMinor: 1_200 }] })
    expect(await lending.count(`card_payment WHERE booking_id = $1 AND state = 'captured'`, bookingId)).toBe(
      1,
    )
  })

  it('refuses the same time to another, and offers what it can confirm now', async () => {
    const loan = await lending.lend('room-1')
    const { fromMs, toMs, sellUntilMs } = loan
    await lending.lend('room-2', { fromMs, toMs, sellUntilMs })
    lending.goDark()
    expect((await lending.hold(lending.anna, 'room-1', at(loan, 2))).status).toBe(201)
    const answer = await lending.hold(lending.ben, 'room-1', at(loan, 2))
    expect(refused(answer)).toEqual([409, 'space_taken'])
    const [first] = problemOf(answer).alternatives ?? []
    expect(first).toEqual({ spaceId: 'room-2', name: 'Room 2', ...at(loan, 2) })
    expect((await lending.hold(lending.ben, 'room-2', at(loan, 2))).status).toBe(201)
  })

  it('answers the same key with the same booking, also after its answer was lost', async () => {
    const loan = await lending.lend('room-1')
    const by = lending.key()
    const [first, second] = [
      await lending.hold(lending.anna, 'room-1', at(loan, 1), by),
      await lending.hold(lending.anna, 'room-1', at(loan, 1), by),
    ]
    expect(second.text).toBe(first.text)
    await lending.rows('DELETE FROM idempotency_key')
    const again = await lending.hold(lending.anna, 'room-1', at(loan, 1), by)
    expect([again.status, view(again).bookingId]).toEqual([201, view(first).bookingId])
    expect(await lending.count('loan_sales WHERE loan_id = $1', loan.loanId)).toBe(1)
  })

  it('a plan that covers the space confirms without a card', async () => {
    const loan = await lending.lend('desk-1')
    const { bookingId } = view(await lending.hold(lending.anna, 'desk-1', at(loan, 1)))
    const path = `/api/v1/bookings/${bookingId}/confirm`
    const confirmed = await lending.anna.post(path, { method: 'plan' }, lending.key())
    expect([confirmed.status, view(confirmed).status, view(confirmed).paidBy]).toEqual([
      200,
      'confirmed',
      'plan',
    ])
  })

  it('a declined card leaves the hold, and an unpaid hold runs out by the clock of the cloud', async () => {
    const loan = await lending.lend('room-1')
    const { bookingId } = view(await lending.hold(lending.anna, 'room-1', at(loan, 1)))
    const path = `/api/v1/bookings/${bookingId}/confirm`
    const declined = await lending.anna.post(
      path,
      { method: 'card', card: 'sandbox_declined' },
      lending.key(),
    )
    expect(refused(declined)).toEqual([402, 'card_declined'])
    lending.world.clock.advance(5 * 60_000)
    expect(refused(await lending.pay(lending.anna, bookingId))).toEqual([410, 'hold_expired'])
    await tend()
    expect((await lending.rowOf(bookingId)).body.status).toBe('expired')
    expect((await lending.booking(bookingId))?.status).toBe('expired')
    expect((await lending.hold(lending.ben, 'room-1', at(loan, 1))).status).toBe(201)
  })

  it('sells over a hold that ran out although no job came by', async () => {
    const loan = await lending.lend('room-1')
    const { bookingId } = view(await lending.hold(lending.anna, 'room-1', at(loan, 1)))
    lending.world.clock.advance(5 * 60_000)
    const second = await lending.hold(lending.ben, 'room-1', at(loan, 1))
    expect(second.status).toBe(201)
    const [before, after] = [await lending.rowOf(bookingId), await lending.rowOf(view(second).bookingId)]
    expect([before.body.status, before.rev < after.rev]).toEqual(['expired', true])
  })

  it('lists as free and lent exactly what it sells, with the site dark', async () => {
    const loan = await lending.lend('room-1')
    lending.goDark()
    await lending.hold(lending.anna, 'room-1', at(loan, 1))
    const { fromMs, toMs } = at(loan, 2)
    const plan = await lending.ben.get(`/api/v1/sites/north/plan?fromMs=${fromMs}&toMs=${toMs}`)
    const spaces = plan.body.spaces as { spaceId: string; status: string; lent?: boolean }[]
    const byId = Object.fromEntries(spaces.map(({ spaceId, status, lent }) => [spaceId, [status, lent]]))
    expect(byId).toMatchObject({ 'room-1': ['free', true], 'room-2': ['free', undefined] })
    expect((plan.body.link as { state: string }).state).toBe('offline')
    const date = new Date(loan.fromMs).toISOString().slice(0, 10)
    const day = await lending.ben.get(`/api/v1/sites/north/spaces/room-1/day?date=${date}`)
    const slots = day.body.slots as { fromMs: number; state: string; lent?: boolean }[]
    const lent = slots.filter((slot) => slot.lent)
    expect([lent[0]?.fromMs, lent.length]).toEqual([loan.fromMs, 24])
    expect(slots.filter(({ state }) => state === 'held').map((slot) => slot.fromMs)).toEqual([
      at(loan, 1).fromMs,
      at(loan, 1).fromMs + hourMs / 2,
    ])
  })
})

describe('the pass of a booking that the cloud sold', () => {
  it('names the loan, for a site that never heard of the booking', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    await tendPasses({ ...lending.world.cloud, clock: lending.world.clock })
    const holderKey = Buffer.from(holderKeys.publicKey).toString('base64url')
    const wish = { kind: 'booking', bookingId, holderKey }
    const answer = await lending.anna.post('/api/v1/passes', wish, lending.key())
    const read = readPresentation((answer.body as unknown as PassView).token)
    const block = { spaceId: 'room-1', ...at(loan, 1) }
    expect(read.ok && read.value.pass).toMatchObject({ bookingId, loanId: loan.loanId, block })
  })
})

describe('a booking that the cloud cancels', () => {
  it('gives the money back at once, and its time is sold again only when the site confirmed', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    lending.goDark()
    const cancelled = await lending.cancel(lending.anna, bookingId)
    expect([cancelled.status, view(cancelled).status, view(cancelled).refundedMinor]).toEqual([
      200,
      'cancelled',
      1_200,
    ])
    expect(
      await lending.count(
        'card_refund WHERE payment_id IN (SELECT payment_id FROM card_payment WHERE booking_id = $1) AND done',
        bookingId,
      ),
    ).toBe(1)
    const { body } = await lending.rowOf(bookingId)
    expect(body).toMatchObject({ status: 'cancelled', refunds: [{ amountMinor: 1_200 }] })
    const { fromMs, toMs } = at(loan, 1)
    const plan = await lending.ben.get(`/api/v1/sites/north/plan?fromMs=${fromMs}&toMs=${toMs}`)
    const spaces = plan.body.spaces as { spaceId: string; status: string }[]
    expect(spaces.find(({ spaceId }) => spaceId === 'room-1')?.status).toBe('taken')
    expect(refused(await lending.hold(lending.ben, 'room-1', at(loan, 1)))).toEqual([409, 'space_taken'])

    await lending.answer(bookingId, 'freed')
    expect((await lending.hold(lending.ben, 'room-1', at(loan, 1))).status).toBe(201)
    const again = await lending.cancel(lending.anna, bookingId)
    expect([again.status, view(again).status]).toEqual([200, 'cancelled'])
  })

  it('an unpaid hold had no pass: its time is sold again at once', async () => {
    const loan = await lending.lend('room-1')
    const { bookingId } = view(await lending.hold(lending.anna, 'room-1', at(loan, 1)))
    expect((await lending.cancel(lending.anna, bookingId)).status).toBe(200)
    expect((await lending.hold(lending.ben, 'room-1', at(loan, 1))).status).toBe(201)
  })

  it('too late by the rules costs its fee', async () => {
    const loan = await lending.lend('room-1')
    const bookingId = await lending.sold(loan, 1)
    const { clock } = lending.world
    clock.advance(loan.fromMs - 29 * hourMs - clock.now().wallMs)
    const cancelled = view(await lending.cancel(lending.anna, bookingId))
    expect([cancelled.status, cancelled.paidMinor, cancelled.refundedMinor]).toEqual([
      'cancelled',
      1_200,
      600,
    ])
  })
})

describe('outside of loans', () => {
  it('a booking that straddles the end of a loan is the matter of the site', async () => {
    const loan = await lending.lend('room-1')
    await lending.world.site.heartbeat()
    const held = await lending.hold(lending.anna, 'room-1', at(loan, 11, 2))
    expect([held.status, view(held).path]).toEqual([201, 'site'])
    lending.goDark()
    const dark = await lending.hold(lending.anna, 'room-1', at(loan, -1, 2))
    expect(refused(dark)).toEqual([503, 'site_unreachable'])
  })

  it('a dark site is answered 503 before anything is written, with what is lent', async () => {
    const loan = await lending.lend('room-2')
    lending.goDark()
    const before = await lending.count('booking_order')
    const answer = await lending.hold(lending.anna, 'room-1', at(loan, 3))
    expect(refused(answer)).toEqual([503, 'site_unreachable'])
    const { alternatives = [] } = problemOf(answer)
    expect(alternatives[0]).toEqual({ spaceId: 'room-2', name: 'Room 2', ...at(loan, 3) })
    for (const { spaceId, fromMs, toMs } of alternatives) {
      const lent = 'loans WHERE space_id = $1 AND from_ms <= $2 AND to_ms >= $3'
      expect(await lending.count(lent, spaceId, fromMs, toMs)).toBe(1)
    }
    expect(await lending.count('booking_order')).toBe(before)
    const choice = alternatives[0]
    expect(
      (await lending.hold(lending.anna, 'room-2', { fromMs: choice?.fromMs, toMs: choice?.toMs })).status,
    ).toBe(201)
  })

  it('nothing is sold from the cut-off on, and the job ends the loan with what stays sold', async () => {
    const { clock } = lending.world
    const loan = await lending.lend('room-1', { sellUntilMs: clock.now().wallMs + 60_000 })
    const bookingId = await lending.sold(loan, 1)
    clock.advance(60_000)
    expect(refused(await lending.hold(lending.ben, 'room-1', at(loan, 2)))[0]).toBe(503)
    expect(await lending.state(loan.loanId)).toBe('open')
    await tend()
    expect(await lending.state(loan.loanId)).toBe('ended')
    const [row] = await lending.rows<{ body: object }>(
      `SELECT body FROM site_directory WHERE kind = 'loan' AND key = $1`,
      loan.loanId,
    )
    expect(row?.body).toMatchObject({
      reason: 'close',
      kept: [{ bookingId, status: 'confirmed' }],
      freed: [],
    })
    await lending.tell({
      type: 'loan.ended',
      body: { loanId: loan.loanId, epoch: 1, rev: 1, row: row?.body },
    })
    expect(await lending.state(loan.loanId)).toBe('released')
    expect((await lending.booking(bookingId))?.status).toBe('confirmed')
  })
})

describe('a combined space', () => {
  it('is sold by the cloud when all its parts are lent, and a part keeps the whole out', async () => {
    const [site, whole] = ['north', 'hall-12'] as const
    const [room] = await lending.rows<{ body: object }>(
      `SELECT body FROM site_directory WHERE site_id = 'north' AND kind = 'space' AND key = 'room-1'`,
    )
    const body = { ...room?.body, name: 'Hall', parts: ['room-1', 'room-2'] }
    await inTransaction(lending.world.cloud.pool, (tx) =>
      putRows(tx, site as never, [{ kind: 'space', key: whole, body } as never]),
    )
    const one = await lending.lend('room-1')
    const { fromMs, toMs, sellUntilMs } = one
    lending.goDark()
    expect(refused(await lending.hold(lending.anna, whole, at(one, 1)))).toEqual([503, 'site_unreachable'])
    const two = await lending.lend('room-2', { fromMs, toMs, sellUntilMs })
    const held = await lending.hold(lending.anna, whole, at(one, 1))
    expect([held.status, view(held).path]).toEqual([201, 'loan'])
    const { body: row } = await lending.rowOf(view(held).bookingId)
    expect([row.parts, row.loanIds]).toEqual([
      ['room-1', 'room-2'],
      [one.loanId, two.loanId],
    ])
    expect(refused(await lending.hold(lending.ben, 'room-2', at(one, 1)))).toEqual([409, 'space_taken'])
    expect((await lending.hold(lending.ben, 'room-2', at(one, 2))).status).toBe(201)
    expect(refused(await lending.hold(lending.ben, whole, at(one, 2)))).toEqual([409, 'space_taken'])
  })
})

describe('two processes of the cloud over one database', () => {
  it('give one of sixteen parallel requests a lent hour and fifteen a 409, round after round', async () => {
    const { cloud, clock } = lending.world
    const wide = { perSecond: 100_000, burst: 100_000 }
    const config = cloudConfigSchema.parse({
      dataFolder: 'unused',
      http: { port: 0 },
      limits: { perAddress: wide, perUser: wide, perLogIn: wide, bodyBytesMax: 10_000 },
    })
    const other = await startCloud(
      { ...config, databaseUrl: cloud.databaseUrl },
      {
        clock,
        random: new SeededRandom(11),
        logger: pino({ level: 'silent' }),
        passwords: quickPasswords,
      },
    )
    try {
      const elsewhere = new Caller(other.url)
      await elsewhere.logIn('anna@example.org')
      const callers = [lending.anna, elsewhere, lending.ben, elsewhere]
      const loan = await lending.lend('room-1')
      lending.goDark()
      for (let hour = 0; hour < 10; hour += 1) {
        const answers = await Promise.all(
          Array.from({ length: 16 }, (_, index) =>
            lending.hold(callers[index % 4] ?? elsewhere, 'room-1', at(loan, hour)),
          ),
        )
        expect(answers.map(({ status }) => status).sort()).toEqual([
          201,
          ...Array.from({ length: 15 }, () => 409),
        ])
      }
      expect(await lending.count('loan_sales WHERE loan_id = $1', loan.loanId)).toBe(10)
    } finally {
      await other.stop()
    }
  })
})
