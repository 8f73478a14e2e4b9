import { statusAfter } from './booking-status.ts'
import type { CommittedEntry } from './chain-memory.ts'
import { arrived, moveStay, paidFor, placeOf, type Stay, stayLine } from './stay-fold.ts'

type Body = CommittedEntry['body']

const inForce: ReadonlySet<string> = new Set(['held', 'confirmed', 'checked_in'])

interface Booking {
  status: string
  toMs: number
  blockToMs: number
  feeMinor: number
  paidMinor: number
  refundedMinor: number
}

interface Payment {
  readonly paymentId: string
  readonly amountMinor: number
  readonly currency: string
  readonly subject: { readonly bookingId?: string; readonly sessionId?: string }
}

/** Lines of each book by id, as a store holds them. */
export interface BookLines {
  readonly bookings: Readonly<Record<string, string>> | null
  readonly stays: Readonly<Record<string, string>> | null
  readonly money: Readonly<Record<string, string>> | null
}

/** Columns of a statement about the cloud's stream `s`: its site's books, as `SiteBooks` reads them out of the entries. */
export const bookColumns = `
  (SELECT jsonb_object_agg(b.booking_id, concat_ws(' ', b.status, b.to_ms,
     CASE WHEN b.status IN ('held', 'confirmed', 'checked_in') THEN b.block_to_ms END,
     'fee', b.fee_minor, 'paid', b.paid_minor, 'back', b.refunded_minor))
   FROM bookings b WHERE b.site_id = s.site_id AND b.loan_ids = '{}') AS bookings,
  (SELECT jsonb_object_agg(x.session_id, concat_ws(' ', x.state, 'charged', x.charged_minor, 'paid', x.paid_minor,
     'debt', x.debt_minor)) FROM parking_sessions x WHERE x.site_id = s.site_id) AS stays,
  (SELECT jsonb_object_agg(m.payment_id, concat_ws(' ', m.kind, m.amount_minor, m.currency))
   FROM payments m WHERE m.site_id = s.site_id AND m.seq > 0) AS money`

/**
 * What entries say of bookings that the site sold, of vehicles' stays and of money, a line each. Reads bodies by itself, after
 * `shared/wire/v1/entries.ts` and the diagram in `shared/parking/session.ts`; no code of either tier is asked.
 */
export class SiteBooks {
  readonly #bookings = new Map<string, Booking>()
  readonly #stays = new Map<string, Stay>()
  readonly #money = new Map<string, string>()
  /** Bookings whose status is not the site's alone, since the cloud sold them. */
  readonly #foreign = new Set<string>()
  /** Money that the cloud moved for those, as their rows tell it. */
  readonly #told = new Map<string, string>()

  /** Reads one more entry. */
  add({ type, body }: CommittedEntry): void {
    if (type.startsWith('booking.')) this.#addBooking(type, body)
    else if (type.startsWith('payment.')) this.#addMoney(type, body as unknown as Payment)
    else this.#addStay(type, body)
  }

  /** The status of each booking that the site sold. */
  statuses(): Map<string, string> {
    const own = [...this.#bookings].filter(([bookingId]) => !this.#foreign.has(bookingId))
    return new Map(own.map(([bookingId, { status }]) => [bookingId, status]))
  }

  /** Where each stay is. */
  places(): Map<string, string> {
    return new Map([...this.#stays].map(([sessionId, stay]) => [sessionId, placeOf(stay)]))
  }

  /** The first line on which a store's books say something else, in words. */
  differenceFrom({ bookings, stays, money }: BookLines): string | undefined {
    const own = [...this.#bookings].filter(([bookingId]) => !this.#foreign.has(bookingId))
    const found = new Map(Object.entries(money ?? {}))
    // Whether the cloud has posted what a row told depends on which life said so first.
    for (const [paymentId, line] of this.#told) {
      if (found.get(paymentId) === line && !this.#money.has(paymentId)) found.delete(paymentId)
    }
    return (
      differenceOf(
        new Map(own.map(([bookingId, booking]) => [bookingId, bookingLine(booking)])),
        new Map(Object.entries(bookings ?? {})),
      ) ??
      differenceOf(
        new Map([...this.#stays].map(([sessionId, stay]) => [sessionId, stayLine(stay)])),
        new Map(Object.entries(stays ?? {})),
      ) ??
      differenceOf(this.#money, found)
    )
  }

  #addBooking(type: string, body: Body): void {
    const bookingId = String(body.bookingId)
    if (type === 'booking.received' || type === 'booking.adopted') {
      this.#foreign.add(bookingId)
      if (type === 'booking.received') this.#addTold(body)
      return
    }
    if (type === 'booking.held' && !this.#bookings.has(bookingId)) {
      const [toMs, blockToMs] = [Number(body.toMs), Number(body.blockToMs)]
      const nothing = { feeMinor: 0, paidMinor: 0, refundedMinor: 0 }
      this.#bookings.set(bookingId, { status: 'held', toMs, blockToMs, ...nothing })
      return
    }
    const booking = this.#bookings.get(bookingId)
    if (!booking) return
    booking.status = statusAfter[type] ?? booking.status
    if (type === 'booking.cancelled') booking.feeMinor = Number(body.feeMinor)
    if (type === 'booking.extended') booking.toMs = Number(body.toMs)
    if (type.startsWith('booking.exten')) booking.blockToMs = Number(body.blockToMs)
  }

  #addTold(body: Body): void {
    const { payments, refunds, price } = body.row as {
      readonly payments?: readonly Payment[]
      readonly refunds?: readonly Payment[]
      readonly price: { readonly currency: string }
    }
    const { currency } = price
    for (const paid of payments ?? []) this.#told.set(paid.paymentId, moneyLine('captured', paid, currency))
    for (const back of refunds ?? []) this.#told.set(back.paymentId, moneyLine('refunded', back, currency))
  }

  #addMoney(type: string, payment: Payment): void {
    const { paymentId, subject, amountMinor, currency } = payment
    if (this.#money.has(paymentId)) return
    const kind = type === 'payment.refunded' ? 'refunded' : 'captured'
    this.#money.set(paymentId, moneyLine(kind, payment, currency))
    const booking = this.#bookings.get(subject.bookingId ?? '')
    if (booking && kind === 'captured') booking.paidMinor += amountMinor
    else if (booking) booking.refundedMinor += amountMinor
    const stay = this.#stays.get(subject.sessionId ?? '')
    if (stay) paidFor(stay, kind === 'captured' ? amountMinor : -amountMinor)
  }

  #addStay(type: string, body: Body): void {
    const sessionId = String(type === 'incident.opened' ? body.about : body.sessionId)
    const stay = this.#stays.get(sessionId)
    if (type === 'session.arrived' && !stay) this.#stays.set(sessionId, arrived())
    if (stay) moveStay(stay, type, body)
  }
}

function bookingLine({ status, toMs, blockToMs, feeMinor, paidMinor, refundedMinor }: Booking): string {
  const block = inForce.has(status) ? ` ${blockToMs}` : ''
  return `${status} ${toMs}${block} fee ${feeMinor} paid ${paidMinor} back ${refundedMinor}`
}

function moneyLine(kind: string, { amountMinor }: Pick<Payment, 'amountMinor'>, currency: string): string {
  return `${kind} ${amountMinor} ${currency}`
}

/** The first line on which two sides disagree, in words. */
export function differenceOf(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): string | undefined {
  for (const id of new Set([...expected.keys(), ...found.keys()])) {
    const [wanted, seen] = [expected.get(id), found.get(id)]
    if (wanted !== seen) return `${id} is ${seen ?? 'missing'} instead of ${wanted ?? 'missing'}`
  }
  return undefined
}
