import type { Moment } from '../clock/clock.ts'
import type { LaneId, SessionId, SpaceId, TariffId, VehicleId } from '../ids/ids.ts'
import { assertNever } from '../result/result.ts'
import type { LedgerEvent, Price, VehicleClass } from '../wire/v1/entries.ts'

/**
 * One vehicle's stay, as its entries tell it.
 *
 *   authorised ──entered──▶ inside ──charged──▶ charged ──captured──▶ paid
 *       │                     │ ▲                                      │ ▲
 *     voided        departing │ │ backed out                 departing │ │ backed out
 *       ▼                     ▼ │                                      ▼ │
 *    voided                 departing ─────────── departed ──────────▶ departed
 */
export type Session =
  | { readonly kind: 'authorised'; readonly stay: Stay }
  | StayingSession
  | {
      readonly kind: 'departing'
      readonly stay: Stay
      readonly laneId: LaneId
      readonly authorisedAt: Moment
      readonly debtMinor: number
      /** What it returns to when the vehicle backs out of the exit lane. */
      readonly from: StayingSession
    }
  | { readonly kind: 'departed'; readonly stay: Stay }
  | { readonly kind: 'voided'; readonly stay: Stay }

export type StayingSession =
  | { readonly kind: 'inside'; readonly stay: Stay }
  | { readonly kind: 'charged'; readonly stay: Stay; readonly charge: Charge }
  | { readonly kind: 'paid'; readonly stay: Stay; readonly charge: Charge; readonly paidAt: Moment }

export type SessionKind = Session['kind']

/** What stays true of a session through all its states. */
export interface Stay {
  readonly sessionId: SessionId
  readonly ticket: string
  /** Where it arrived. */
  readonly laneId: LaneId
  readonly vehicleId?: VehicleId
  readonly vehicleClass: VehicleClass
  /** The bay it was given. */
  readonly spaceId?: SpaceId
  readonly tariffId: TariffId
  readonly tariffVersion: number
  readonly arrivedAt: Moment
  /** Recorded without an arrival: it pays the lost-ticket amount (RULES, Parking). */
  readonly inferred: boolean
  /** Captured minus refunded. */
  readonly paidMinor: number
}

/** What the stay cost up to `untilMs`. */
export interface Charge {
  readonly price: Price
  readonly untilMs: number
  readonly dueMinor: number
}

/** Kind of the incident that marks a session as inferred; `about` is the session. */
export const sessionInferredIncident = 'session_inferred'
/** Reason of the `lane.refused` entry that says a departing vehicle went back. */
export const exitBackedOut = 'backed_out'

/** Begins a session from its `session.arrived` entry. */
export function beginSession(
  body: Extract<LedgerEvent, { type: 'session.arrived' }>['body'],
  arrivedAt: Moment,
): Session {
  const { toldBy } = body
  const stay: Stay = {
    sessionId: body.sessionId,
    ticket: body.ticket,
    laneId: body.laneId,
    ...(body.vehicleId === undefined ? {} : { vehicleId: body.vehicleId }),
    vehicleClass: body.vehicleClass,
    ...(body.spaceId === undefined ? {} : { spaceId: body.spaceId }),
    tariffId: body.tariffId,
    tariffVersion: body.tariffVersion,
    // A paper names no boot: the stay counts by wall time, as it does across boots.
    arrivedAt: toldBy === undefined ? arrivedAt : { ...arrivedAt, bootId: '', wallMs: toldBy.arrivedMs },
    inferred: false,
    paidMinor: 0,
  }
  return { kind: 'authorised', stay }
}

/** Applies an entry about this session; entries that do not change it return it as it was. */
export function evolveSession(session: Session, event: LedgerEvent, at: Moment): Session {
  switch (event.type) {
    case 'session.entered':
      return session.kind === 'authorised' ? { kind: 'inside', stay: session.stay } : session
    case 'session.voided':
      return session.kind === 'authorised' ? { kind: 'voided', stay: session.stay } : session
    case 'incident.opened': {
      if (event.body.kind !== sessionInferredIncident || session.kind !== 'authorised') return session
      return { kind: 'inside', stay: { ...session.stay, inferred: true } }
    }
    case 'session.charged':
      return onStaying(session, (staying) => charged(staying, event.body, at))
    case 'payment.captured':
      return onStaying(session, (staying) => paid(staying, event.body.amountMinor, at))
    case 'payment.refunded':
      return withStay(session, { paidMinor: session.stay.paidMinor - event.body.amountMinor })
    case 'session.departing': {
      const from = stayingPart(session)
      if (from === undefined) return session
      const { laneId, debtMinor } = event.body
      return { kind: 'departing', stay: session.stay, laneId, authorisedAt: at, debtMinor, from }
    }
    case 'lane.refused':
      return event.body.reason === exitBackedOut && session.kind === 'departing' ? session.from : session
    case 'session.departed':
      return { kind: 'departed', stay: session.stay }
    default:
      return session
  }
}

/** The session as it stays on site: also before a confirmed passage, and while a departure is under way. */
export function stayingPart(session: Session): StayingSession | undefined {
  switch (session.kind) {
    case 'authorised':
      return { kind: 'inside', stay: session.stay }
    case 'inside':
    case 'charged':
    case 'paid':
      return session
    case 'departing':
      return session.from
    case 'departed':
    case 'voided':
      return undefined
    default:
      return assertNever(session)
  }
}

function onStaying(session: Session, change: (staying: StayingSession) => StayingSession): Session {
  if (session.kind === 'departing') {
    const from = change(session.from)
    return { ...session, stay: from.stay, from }
  }
  // Money that comes late is kept on the stay, whatever became of it.
  if (session.kind === 'departed' || session.kind === 'voided') {
    return withStay(session, { paidMinor: change({ kind: 'inside', stay: session.stay }).stay.paidMinor })
  }
  return change(session.kind === 'authorised' ? { kind: 'inside', stay: session.stay } : session)
}

function charged(session: StayingSession, charge: Charge, at: Moment): StayingSession {
  const { price, untilMs, dueMinor } = charge
  const next = { stay: session.stay, charge: { price, untilMs, dueMinor } }
  return dueMinor === 0 ? { kind: 'paid', ...next, paidAt: at } : { kind: 'charged', ...next }
}

function paid(session: StayingSession, amountMinor: number, at: Moment): StayingSession {
  const stay = { ...session.stay, paidMinor: session.stay.paidMinor + amountMinor }
  if (session.kind !== 'charged') return { ...session, stay }
  if (stay.paidMinor < session.charge.price.totalMinor) return { ...session, stay }
  return { kind: 'paid', stay, charge: session.charge, paidAt: at }
}

function withStay(session: Session, change: Partial<Stay>): Session {
  const stay = { ...session.stay, ...change }
  return session.kind === 'departing'
    ? { ...session, stay, from: { ...session.from, stay } }
    : { ...session, stay }
}
