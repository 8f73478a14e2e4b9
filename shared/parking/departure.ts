import type { EffectId, LaneId, PassId, PaymentId, SessionId, ZoneId } from '../ids/ids.ts'
import { assertNever } from '../result/result.ts'
import type { LedgerEvent } from '../wire/v1/entries.ts'
import { chargeOf, type Decided, dueNow, type ParkingContext } from './decision.ts'
import type { Session, StayingSession } from './session.ts'

export type DepartureRefusal = 'payment_needed' | 'ticket_used' | 'ticket_void'

export interface DepartureRequest {
  readonly laneId: LaneId
  readonly effectId: EffectId
  /** Where the vehicle arrived, for a session whose entry passage was never confirmed. */
  readonly arrivalZoneId: ZoneId
  /**
   * Whether the driver can pay at all now. When not (no kiosk, selling stopped, disk full) the gate opens
   * and the debt is recorded: nobody is ever trapped (RULES, Parking).
   */
  readonly canPay: boolean
  /** The signed receipt that was shown. */
  readonly receipt?: ShownReceipt
}

/** A receipt that is believed: at `paidMs` (epoch ms) nothing was owed for the stay. */
export interface ShownReceipt {
  readonly passId: PassId
  readonly paymentId: PaymentId
  readonly paidMs: number
}

/** How an exit lane answers. `again`: the authorisation at this lane had no passage yet and is used again. */
export type DepartureOutcome =
  | { readonly kind: 'opened'; readonly sessionId: SessionId; readonly debtMinor: number }
  | { readonly kind: 'again'; readonly sessionId: SessionId }
  | {
      readonly kind: 'refused'
      readonly reason: DepartureRefusal
      readonly sessionId: SessionId
      readonly dueMinor: number
    }

/**
 * Lets a vehicle out when nothing is owed, or when it cannot pay; otherwise refuses. A used ticket never opens
 * twice. A receipt for a payment that is not in the books opens within the exit grace. An authorisation of an earlier boot that saw no passage may move to another lane.
 * Refusal reasons: `payment_needed`, `ticket_used`, `ticket_void`.
 */
export function decideDeparture(
  session: Session,
  request: DepartureRequest,
  context: ParkingContext,
): Decided<DepartureOutcome> {
  switch (session.kind) {
    case 'authorised':
      return letOut({ kind: 'inside', stay: session.stay }, [unconfirmedEntry(session, request)])
    case 'inside':
    case 'charged':
    case 'paid':
      return letOut(session, [])
    case 'departing':
      return departingAgain(session)
    case 'departed':
      return refuse('ticket_used', 0)
    case 'voided':
      return refuse('ticket_void', 0)
    default:
      return assertNever(session)
  }

  function letOut(staying: StayingSession, before: readonly LedgerEvent[]): Decided<DepartureOutcome> {
    const due = dueNow(staying, context)
    const { sessionId } = staying.stay
    const { receipt } = request
    if (due.dueMinor > 0 && receipt && isInGrace(receipt, context)) {
      const { passId, paymentId } = receipt
      const body = { ...departing(0).body, receipt: { passId, paymentId } }
      const events: LedgerEvent[] = [...before, { type: 'session.departing', body }]
      return { events, outcome: { kind: 'opened', sessionId, debtMinor: 0 } }
    }
    if (due.dueMinor > 0 && request.canPay) return refuse('payment_needed', due.dueMinor)
    const events: LedgerEvent[] = [...before]
    // The charge is on record whenever the stay was priced anew, also when it comes to nothing.
    if (due.reason === 'stay' || due.reason === 'lost_ticket') {
      events.push({ type: 'session.charged', body: { sessionId, ...chargeOf(due) } })
    }
    events.push(departing(due.dueMinor))
    return { events, outcome: { kind: 'opened', sessionId, debtMinor: due.dueMinor } }
  }

  function departingAgain(departed: Extract<Session, { kind: 'departing' }>): Decided<DepartureOutcome> {
    const { sessionId } = departed.stay
    if (departed.laneId === request.laneId) return { events: [], outcome: { kind: 'again', sessionId } }
    if (departed.authorisedAt.bootId === context.at.bootId) return refuse('ticket_used', 0)
    return {
      events: [departing(departed.debtMinor)],
      outcome: { kind: 'opened', sessionId, debtMinor: departed.debtMinor },
    }
  }

  function departing(debtMinor: number): Extract<LedgerEvent, { type: 'session.departing' }> {
    const { sessionId } = session.stay
    const { laneId, effectId } = request
    return { type: 'session.departing', body: { sessionId, laneId, effectId, debtMinor } }
  }

  function refuse(reason: DepartureRefusal, dueMinor: number): Decided<DepartureOutcome> {
    const { sessionId } = session.stay
    return {
      events: [{ type: 'lane.refused', body: { laneId: request.laneId, reason, sessionId } }],
      outcome: { kind: 'refused', reason, sessionId, dueMinor },
    }
  }
}

/** RULES, Parking: the exit grace counts from payment, inclusive. A clock that is not trusted judges nobody. */
function isInGrace({ paidMs }: ShownReceipt, { at, exitGraceMs }: ParkingContext): boolean {
  return at.quality === 'untrusted' || at.wallMs - paidMs <= exitGraceMs
}

/** The entry passage that a power cut hid: the vehicle stands at the exit, so it came in. */
function unconfirmedEntry(session: Session, request: DepartureRequest): LedgerEvent {
  const { sessionId, laneId } = session.stay
  return { type: 'session.entered', body: { sessionId, laneId, zoneId: request.arrivalZoneId } }
}
