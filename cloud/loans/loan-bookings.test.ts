import type { Problem } from '@gatehouse/shared/api/problem'
import type { BookingView } from '@gatehouse/shared/api/views'
import type { SoldBooking } from '@gatehouse/shared/wire/v1/loans'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'

let world: TestCloud
let anna: Caller
let ben: Caller
let keys = 0
let days = 3
let loans = 0

beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
  ben = await world.as('ben')
})
afterAll(() => world?.close())

const key = () => `key-${String(++keys).padStart(8, '0')}`
const view = (answer: { body: unknown }) => answer.body as BookingView
const refused = (answer: { status: number; body: unknown }) => [answer.status, (answer.body as Problem).code]
const rows = async <T extends object>(sql: string, ...values: unknown[]) =>
  (await world.cloud.pool.query<T>(sql, values)).rows

/** Lends a day nobody uses yet, and waits until the cloud knows. */
async function lend(spaceId: string, terms: object = {}) {
  const loanId = `ln_${++loans}`
  const fromMs = startMs + ++days * 24 * hourMs
  const loan = {
    loanId,
    spaceId,
    fromMs,
    toMs: fromMs + 12 * hourMs,
    sellUntilMs: fromMs,
    epoch: 1,
    ...terms,
  }
  await world.site.append([{ type: 'loan.granted', body: loan }])
  await world.cloud.projector.settled()
  return loan
}

const at = (loan: { fromMs: number }, hour: number) => ({
  fromMs: loan.fromMs + hour * hourMs,
  toMs: loan.fromMs + (hour + 1) * hourMs,
})
const hold = (caller: Caller, spaceId: string, interval: object, by = key()) =>
  caller.post('/api/v1/sites/north/bookings', { spaceId, ...interval }, by)
const pay = (caller: Caller, bookingId: string, card = 'sandbox_ok') =>
  caller.post(`/api/v1/bookings/${bookingId}/confirm`, { method: 'card', card }, key())
async function goDark() {
  world.clock.advance(26_000)
}

/** The booking's row as it went down. */
async function rowOf(bookingId: string) {
  const [row] = await rows<{ epoch: number; rev: number; body: SoldBooking }>(
    `SELECT epoch, rev, body FROM site_directory WHERE site_id = 'north' AND kind = 'booking' AND key = $1`,
    bookingId,
  )
  return row
}

describe('inside a loan', () => {
  it('the cloud sells while the site is dark, final at once, and tells the site by a row', async () => {
    const loan = await lend('room-1')
    await goDark()
    const held = await hold(anna, 'room-1', at(loan, 1))
    expect(held.status).toBe(201)
    const { bookingId } = view(held)
    expect(view(held)).toMatchObject({ status: 'held', path: 'loan', decidedBy: 'cloud' })
    expect((await rowOf(bookingId))?.body).toMatchObject({ status: 'held', loanIds: [loan.loanId] })

    const paid = await pay(anna, bookingId)
    expect(paid.status).toBe(200)
    expect(view(paid)).toMatchObject({ status: 'confirmed', paidMinor: 1_200, paidBy: 'card', path: 'loan' })
    const row = await rowOf(bookingId)
    expect(row?.body).toMatchObject({
      status: 'confirmed',
      payments: [{ method: 'card', amountMinor: 1_200 }],
    })
    const [{ count = 0 } = {}] = await rows<{ count: number }>(
      `SELECT count(*) FROM sandbox_charge WHERE state = 'captured'`,
    )
    expect(count).toBe(1)
    expect(await rows('SELECT status FROM loan_sales WHERE booking_id = $1', bookingId)).toEqual([
      { status: 'confirmed' },
    ])
  })

  it('refuses the same time to another, and offers what it can confirm now', async () => {
    const loan = await lend('room-1')
    const other = await lend('room-2', { fromMs: loan.fromMs, toMs: loan.toMs, sellUntilMs: loan.fromMs })
    await goDark()
    expect((await hold(anna, 'room-1', at(loan, 2))).status).toBe(201)
    const answer = await hold(ben, 'room-1', at(loan, 2))
    expect(refused(answer)).toEqual([409, 'space_taken'])
    const [first] = (answer.body as Problem).alternatives ?? []
    expect(first).toEqual({ spaceId: 'room-2', name: 'Room 2', ...at(loan, 2) })
    const second = await hold(ben, 'room-2', at(loan, 2))
    expect([second.status, view(second).path, other.spaceId]).toEqual([201, 'loan', 'room-2'])
  })
})
