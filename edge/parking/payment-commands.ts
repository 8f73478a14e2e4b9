import type { QuoteView, ReceiptView, SessionView } from '@gatehouse/shared/api/views'
import {
  type PaymentId,
  paymentIdSchema,
  randomCode,
  type SessionId,
  sessionIdSchema,
} from '@gatehouse/shared/ids/ids'
import { decidePayment, decideQuote, type Quote } from '@gatehouse/shared/parking/payment'
import type { Session } from '@gatehouse/shared/parking/session'
import { signedReceipt } from '@gatehouse/shared/passes/sign-paper'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { z } from 'zod'
import { cardEffects } from '../drawer/card-payments.ts'
import { findPayment } from '../drawer/payment-store.ts'
import { receiptView } from '../drawer/receipt-view.ts'
import { type Command, type CommandContext, defineCommand, type Refusal } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { ParkingOptions } from './parking-options.ts'
import { parkingContext } from './pricing.ts'
import { readSession } from './session-store.ts'
import { sessionView } from './session-view.ts'

/** Quotes that can no longer be paid are dropped after this long. */
const quoteKeptMs = 60 * 60_000

/** What a payment answers with. */
export interface PaidAnswer {
  readonly session: SessionView
  readonly receipt: ReceiptView
}

/**
 * Prices a stay as of now and remembers the quote.
 * Refusals: `unknown_session`, `site_not_ready`, `already_paid`, `session_ended`.
 */
export function quoteSession(options: ParkingOptions): Command {
  return defineCommand({
    kind: 'quoteSession',
    priority: 2,
    sells: false,
    input: z.object({ sessionId: sessionIdSchema }),
    run: (db, { sessionId }, context) => {
      const known = sessionWithContext(db, options, sessionId, context)
      if (!known.ok) return known
      const { session, parking } = known.value
      const due = decideQuote(session, parking)
      if (!due.ok) return err({ code: due.error })
      const { price, untilMs, dueMinor, validUntilMs } = due.value
      const { paidMinor } = session.stay
      const quoteId = `qt_${randomCode(context.random, 16)}`
      keepQuote(db, { quoteId, sessionId, quote: { price, untilMs, dueMinor, paidMinor, validUntilMs } })
      dropOldQuotes(db, context.at.wallMs - quoteKeptMs)
      const atMs = context.at.wallMs
      const view: QuoteView = { quoteId, sessionId, price, paidMinor, dueMinor, atMs, validUntilMs }
      return ok({ events: [], answer: () => view })
    },
  })
}

const paymentInput = z.object({
  sessionId: sessionIdSchema,
  quoteId: z.string().max(64),
  method: z.enum(['cash', 'card']),
  tenderedMinor: z.int().min(0).max(1_000_000_000).optional(),
  paymentId: paymentIdSchema,
})
type PaymentInput = z.infer<typeof paymentInput>

/**
 * Takes a quote's amount: cash with change, or a card on which the gateway has reserved it as `paymentId`.
 * Refusals: `unknown_session`, `site_not_ready`, `quote_expired`, `already_paid`, `session_ended`, `payment_amount`.
 */
export function paySession(options: ParkingOptions): Command {
  return defineCommand({
    kind: 'paySession',
    priority: 2,
    sells: true,
    input: paymentInput,
    run: (db, input: PaymentInput, context) => {
      const known = sessionWithContext(db, options, input.sessionId, context)
      if (!known.ok) return known
      const quote = readQuote(db, input.quoteId, input.sessionId)
      if (!quote) return err({ code: 'quote_expired' })
      const { paymentId, method, tenderedMinor } = input
      const payment = { paymentId, quote, method, ...(tenderedMinor === undefined ? {} : { tenderedMinor }) }
      const decided = decidePayment(known.value.session, payment, known.value.parking)
      if (!decided.ok) return err({ code: decided.error })
      const { events, outcome } = decided.value
      const answer = (): PaidAnswer => ({
        session: viewOf(db, options, input.sessionId),
        receipt: receiptOf(db, options, {
          paymentId,
          quote,
          leaveByMs: outcome.leaveByMs,
          session: known.value.session,
        }),
      })
      return ok({ events, effects: cardEffects(events, context.random), answer })
    },
  })
}

function sessionWithContext(
  db: SiteDatabase,
  options: ParkingOptions,
  sessionId: SessionId,
  context: CommandContext,
): Result<
  {
    session: NonNullable<ReturnType<typeof readSession>>
    parking: NonNullable<ReturnType<typeof parkingContext>>
  },
  Refusal
> {
  const session = readSession(db, sessionId)
  if (!session) return err({ code: 'unknown_session' })
  const parking = parkingContext(db, options, session.stay, context.at)
  return parking ? ok({ session, parking }) : err({ code: 'site_not_ready' })
}

function viewOf(db: SiteDatabase, { directory }: ParkingOptions, sessionId: SessionId): SessionView {
  const session = readSession(db, sessionId)
  if (!session) throw new TypeError(`session ${sessionId} is gone within its own payment`)
  return sessionView(directory, session)
}

/** The receipt as the drawer recorded the payment, with the instant to leave by, signed for the exit. */
function receiptOf(
  db: SiteDatabase,
  { directory, papers }: ParkingOptions,
  {
    paymentId,
    quote,
    leaveByMs,
    session,
  }: {
    readonly paymentId: PaymentId
    readonly quote: Quote
    readonly leaveByMs: number
    readonly session: Session
  },
): ReceiptView {
  const payment = findPayment(db, paymentId)
  if (!payment) throw new TypeError(`payment ${paymentId} is not in the drawer`)
  const about = { siteName: directory.site()?.name ?? directory.siteId, price: quote.price }
  const view = { ...receiptView(payment, about), leaveByMs }
  const { sessionId, arrivedAt } = session.stay
  const paid = { sessionId, arrivedMs: arrivedAt.wallMs, paymentId, paidMs: view.atMs }
  return papers ? { ...view, signed: signedReceipt(papers, paid) } : view
}

function keepQuote(
  db: SiteDatabase,
  kept: { readonly quoteId: string; readonly sessionId: SessionId; readonly quote: Quote },
): void {
  statement(
    db,
    'INSERT INTO parking_quotes (quote_id, session_id, valid_until_ms, body) VALUES (?, ?, ?, ?)',
  ).run(kept.quoteId, kept.sessionId, kept.quote.validUntilMs, JSON.stringify(kept.quote))
}

/** Reads a quote that was made for this session. */
export function readQuote(db: SiteDatabase, quoteId: string, sessionId: SessionId): Quote | undefined {
  const row = statement<{ body: string }>(
    db,
    'SELECT body FROM parking_quotes WHERE quote_id = ? AND session_id = ?',
  ).get(quoteId, sessionId)
  return row && (JSON.parse(row.body) as Quote)
}

function dropOldQuotes(db: SiteDatabase, beforeMs: number): void {
  statement(db, 'DELETE FROM parking_quotes WHERE valid_until_ms < ?').run(beforeMs)
}
