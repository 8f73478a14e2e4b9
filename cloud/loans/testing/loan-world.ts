import type { Problem } from '@gatehouse/shared/api/problem'
import type { BookingView } from '@gatehouse/shared/api/views'
import type { ReceivedBooking, SoldBooking } from '@gatehouse/shared/wire/v1/loans'
import {
  type Answer,
  type Caller,
  hourMs,
  startMs,
  startTestCloud,
  type TestCloud,
} from '../../http/testing/test-cloud.ts'

/** What a test lends. */
export interface Lent {
  readonly loanId: string
  readonly spaceId: string
  readonly fromMs: number
  readonly toMs: number
  readonly sellUntilMs: number
  readonly epoch: number
}

/** A test cloud whose site `north` lends; no two loans of a test file meet unless a test says so. */
export class LoanWorld {
  readonly world: TestCloud
  readonly anna: Caller
  readonly ben: Caller
  #keys = 0
  #days = 3
  #loans = 0

  constructor(world: TestCloud, anna: Caller, ben: Caller) {
    this.world = world
    this.anna = anna
    this.ben = ben
  }

  static async start(): Promise<LoanWorld> {
    const world = await startTestCloud()
    return new LoanWorld(world, await world.as('anna'), await world.as('ben'))
  }

  close(): Promise<void> {
    return this.world.close()
  }

  key(): string {
    this.#keys += 1
    return `loan-key-${String(this.#keys).padStart(8, '0')}`
  }

  /** The terms of a loan of twelve hours of a day that nobody uses yet; it is not granted. */
  terms(spaceId: string, terms: Partial<Lent> = {}): Lent {
    this.#loans += 1
    this.#days += 1
    const fromMs = startMs + this.#days * 24 * hourMs
    return {
      ...{
        loanId: `ln_${this.#loans}`,
        spaceId,
        fromMs,
        toMs: fromMs + 12 * hourMs,
        sellUntilMs: fromMs,
        epoch: 1,
      },
      ...terms,
    }
  }

  /** Lends, and waits until the cloud knows. */
  async lend(spaceId: string, terms: Partial<Lent> = {}): Promise<Lent> {
    const loan = this.terms(spaceId, terms)
    await this.tell({ type: 'loan.granted', body: loan })
    return loan
  }

  /** Appends entries of the site and waits until they are projected. */
  async tell(...events: readonly { type: string; body: object }[]): Promise<void> {
    const { site, cloud } = this.world
    await site.append(events)
    // The append wakes the projector by a notification.
    await this.world.until(async () => (await this.behind()) === 0)
    await cloud.projector.settled()
  }

  async behind(): Promise<number> {
    const [row] = await this.rows<{ behind: number }>(
      `SELECT coalesce(sum(s.head_seq - coalesce(p.seq, 0)), 0)::int AS behind FROM streams s
       LEFT JOIN projection_positions p USING (site_id, incarnation)`,
    )
    return row?.behind ?? 0
  }

  hold(caller: Caller, spaceId: string, interval: object, by = this.key()): Promise<Answer> {
    return caller.post('/api/v1/sites/north/bookings', { spaceId, ...interval }, by)
  }

  pay(caller: Caller, bookingId: string, by = this.key()): Promise<Answer> {
    return caller.post(`/api/v1/bookings/${bookingId}/confirm`, { method: 'card', card: 'sandbox_ok' }, by)
  }

  cancel(caller: Caller, bookingId: string): Promise<Answer> {
    return caller.post(`/api/v1/bookings/${bookingId}/cancel`, {}, this.key())
  }

  /** A confirmed booking of Anna's in the loan, at this hour of it. */
  async sold(loan: Lent, hour: number): Promise<string> {
    const { bookingId } = view(await this.hold(this.anna, loan.spaceId, at(loan, hour)))
    await this.pay(this.anna, bookingId)
    return bookingId
  }

  /** From now on the site is known to be offline. */
  goDark(): void {
    this.world.clock.advance(26_000)
  }

  /** The booking's row as it went down last. */
  async rowOf(bookingId: string): Promise<{ epoch: number; rev: number; body: SoldBooking }> {
    const found = await this.rows<{ epoch: number; rev: number; body: SoldBooking }>(
      `SELECT epoch, rev, body FROM site_directory WHERE site_id = 'north' AND kind = 'booking' AND key = $1`,
      bookingId,
    )
    const [row] = found
    if (row === undefined) throw new TypeError(`no row of ${bookingId}`)
    return row
  }

  /** The site answers the booking's row. */
  async answer(
    bookingId: string,
    outcome: ReceivedBooking['outcome'],
    more: Partial<ReceivedBooking> = {},
  ): Promise<void> {
    const { epoch, rev, body: row } = await this.rowOf(bookingId)
    const block = { fromMs: row.fromMs, blockToMs: row.blockToMs }
    const standing = outcome === 'taken' || outcome === 'known' ? block : null
    const body = { bookingId, epoch, rev, row, outcome, standing, ...more }
    await this.tell({ type: 'booking.received', body })
  }

  async state(loanId: string): Promise<string | undefined> {
    const [row] = await this.rows<{ state: string }>('SELECT state FROM loans WHERE loan_id = $1', loanId)
    return row?.state
  }

  async booking(bookingId: string) {
    const [row] = await this.rows<{
      status: string
      site_status: string | null
      seq: number
      refunded_minor: number
    }>('SELECT status, site_status, seq, refunded_minor FROM bookings WHERE booking_id = $1', bookingId)
    return row
  }

  async count(sql: string, ...values: unknown[]): Promise<number> {
    const [row] = await this.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`, ...values)
    return row?.count ?? 0
  }

  async rows<T extends object>(sql: string, ...values: unknown[]): Promise<T[]> {
    return (await this.world.cloud.pool.query<T>(sql, values)).rows
  }
}

/** An hour of a loan, from 0. */
export function at(loan: { readonly fromMs: number }, hour: number, hours = 1) {
  return { fromMs: loan.fromMs + hour * hourMs, toMs: loan.fromMs + (hour + hours) * hourMs }
}

export const view = (answer: { body: unknown }) => answer.body as BookingView
export const problemOf = (answer: { body: unknown }) => answer.body as Problem
export const refused = (answer: { status: number; body: unknown }) => [answer.status, problemOf(answer).code]
