import type { PaymentId } from '../ids/ids.ts'
import { assertNever, err, ok, type Result } from '../result/result.ts'
import type { LedgerEvent, PaymentMethod, Price } from '../wire/v1/entries.ts'
import { type Decided, type Due, dueNow, type ParkingContext, type SessionRefusal } from './decision.ts'
import type { Session, StayingSession } from './session.ts'

/** A due amount as it was shown to a person. */
export interface Quote {
  readonly price: Price
  readonly untilMs: number
  readonly dueMinor: number
  /** What had been paid when it was made; a payment in between outdates the quote. */
  readonly paidMinor: number
  readonly validUntilMs: number
}

/** The session that may be quoted and paid, or why there is none. */
function payable(session: Session): Result<StayingSession, SessionRefusal> {
  switch (session.kind) {
    case 'authorised':
      return ok({ kind: 'inside', stay: session.stay })
    case 'inside':
    case 'charged':
    case 'paid':
      return ok(session)
    case 'departing':
      return err('already_paid')
    case 'departed':
    case 'voided':
      return err('session_ended')
    default:
      return assertNever(session)
  }
}

/** Says what is owed now. Refusals: `already_paid` (on its way out), `session_ended`. */
export function decideQuote(session: Session, context: ParkingContext): Result<Due, SessionRefusal> {
  const staying = payable(session)
  return staying.ok ? ok(dueNow(staying.value, context)) : staying
}

export interface Payment {
  readonly paymentId: PaymentId
  readonly quote: Quote
  readonly method: Exclude<PaymentMethod, 'plan' | 'credits'>
  /** Cash handed over, minor units; absent means exact. */
  readonly tenderedMinor?: number
}

/**
 * Takes the payment of a quote; cash gives change. The exit grace counts from here.
 *
 * Refusals: `already_paid`, `session_ended`, `quote_expired`, `payment_amount`.
 */
export function decidePayment(
  session: Session,
  payment: Payment,
  context: ParkingContext,
): Result<Decided<{ readonly changeMinor: number; readonly leaveByMs: number }>, SessionRefusal> {
  const staying = payable(session)
  if (!staying.ok) return staying
  const { quote } = payment
  const { stay } = staying.value
  if (quote.paidMinor !== stay.paidMinor) return err('quote_expired')
  if (context.at.wallMs > quote.validUntilMs) return err('quote_expired')
  if (quote.dueMinor === 0) return err('already_paid')
  const tenderedMinor = payment.method === 'cash' ? (payment.tenderedMinor ?? quote.dueMinor) : quote.dueMinor
  if (tenderedMinor < quote.dueMinor) return err('payment_amount')
  const changeMinor = tenderedMinor - quote.dueMinor
  const { sessionId } = stay
  const events: LedgerEvent[] = [
    {
      type: 'session.charged',
      body: { sessionId, price: quote.price, untilMs: quote.untilMs, dueMinor: quote.dueMinor },
    },
    {
      type: 'payment.captured',
      body: {
        paymentId: payment.paymentId,
        subject: { kind: 'session', sessionId },
        method: payment.method,
        amountMinor: quote.dueMinor,
        currency: quote.price.currency,
        takenBy: 'site',
        ...(payment.method === 'cash' ? { tenderedMinor, changeMinor } : {}),
      },
    },
  ]
  return ok({ events, outcome: { changeMinor, leaveByMs: context.at.wallMs + context.exitGraceMs } })
}
