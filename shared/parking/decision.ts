import type { Moment } from '../clock/clock.ts'
import type { LedgerEvent, Price } from '../wire/v1/entries.ts'
import type { Charge, StayingSession } from './session.ts'

/** What parking decisions may know besides the session itself. */
export interface ParkingContext {
  readonly at: Moment
  /** Inclusive. */
  readonly entryGraceMs: number
  /** Counts from payment, inclusive. */
  readonly exitGraceMs: number
  /** Prices a stay under the tariff in force at arrival; both in epoch milliseconds. */
  readonly priceOf: (fromMs: number, toMs: number) => Price
  /** The price of a stay whose arrival is not on record. */
  readonly lostTicketPrice: Price
}

/** How long a shown quote can be paid. */
export const quoteValidMs = 5 * 60_000

/** Elapsed since `from` as wall time at `at`: monotonic inside one boot, wall time across boots, never negative. */
export function elapsedMs(from: Moment, at: Moment): number {
  const elapsed = from.bootId === at.bootId ? at.monotonicMs - from.monotonicMs : at.wallMs - from.wallMs
  return Math.max(0, Math.round(elapsed))
}

/** What is owed for a stay now, and how long that answer stands. */
export interface Due {
  readonly price: Price
  /** The stay is priced up to here. */
  readonly untilMs: number
  readonly dueMinor: number
  /** Nothing is owed for a reason that ends by itself at `validUntilMs`. */
  readonly reason: 'entry_grace' | 'exit_grace' | 'lost_ticket' | 'stay'
  readonly validUntilMs: number
}

/**
 * Prices a stay as of now (RULES, Parking): within the entry grace nothing; after payment nothing more until
 * the exit grace ends, both ends inclusive; otherwise the whole stay is priced and what was paid deducted.
 */
export function dueNow(session: StayingSession, context: ParkingContext): Due {
  const { stay } = session
  const arrivedMs = stay.arrivedAt.wallMs
  const stayedMs = elapsedMs(stay.arrivedAt, context.at)
  const untilMs = arrivedMs + stayedMs
  if (session.kind === 'paid') {
    const leftMs = context.exitGraceMs - elapsedMs(session.paidAt, context.at)
    if (leftMs >= 0) {
      const { price } = session.charge
      const validUntilMs = context.at.wallMs + leftMs
      return { price, untilMs: session.charge.untilMs, dueMinor: 0, reason: 'exit_grace', validUntilMs }
    }
  }
  if (stay.inferred) return owed({ price: context.lostTicketPrice, untilMs, reason: 'lost_ticket' })
  if (stayedMs <= context.entryGraceMs && stay.paidMinor === 0) {
    const price = context.priceOf(arrivedMs, arrivedMs)
    const validUntilMs = context.at.wallMs + context.entryGraceMs - stayedMs
    return { price, untilMs, dueMinor: 0, reason: 'entry_grace', validUntilMs }
  }
  return owed({ price: context.priceOf(arrivedMs, untilMs), untilMs, reason: 'stay' })

  function owed(charge: { price: Price; untilMs: number; reason: Due['reason'] }): Due {
    const dueMinor = Math.max(0, charge.price.totalMinor - stay.paidMinor)
    return { ...charge, dueMinor, validUntilMs: context.at.wallMs + quoteValidMs }
  }
}

/**
 * Why a session cannot be quoted or paid: `already_paid` (nothing is owed, or it is on its way out),
 * `session_ended`, `quote_expired` (too old, or paid in between), `payment_amount` (less than owed).
 */
export type SessionRefusal = 'already_paid' | 'session_ended' | 'quote_expired' | 'payment_amount'

/** Events, with what the caller needs to know about them. */
export interface Decided<Outcome> {
  readonly events: readonly LedgerEvent[]
  readonly outcome: Outcome
}

/** The charge part of what is due, as the session keeps it. */
export function chargeOf(due: Due): Charge {
  return { price: due.price, untilMs: due.untilMs, dueMinor: due.dueMinor }
}
