import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { EntryPlace } from './evolve.ts'
import { isSettled } from './evolve-session.ts'
import type { PaymentRow, ProjectedRows } from './projected-rows.ts'

type PaymentEvent = Extract<LedgerEvent, { type: 'payment.captured' | 'payment.refunded' }>
type PaymentBody = PaymentEvent['body']

/** Posts money that was taken or given back, once. */
export function pay(
  rows: ProjectedRows,
  event: PaymentEvent,
  place: EntryPlace,
): 'payment_exists' | undefined {
  const { body } = event
  const isRefund = event.type === 'payment.refunded'
  const kind = isRefund ? 'refunded' : 'captured'
  if (rows.payments.has(body.paymentId)) return 'payment_exists'
  const { subject } = body
  rows.payments.set(body.paymentId, {
    seq: place.seq,
    payment_id: body.paymentId,
    kind,
    of_payment_id: isRefund ? event.body.ofPaymentId : null,
    booking_id: subject.kind === 'booking' ? subject.bookingId : null,
    session_id: subject.kind === 'session' ? subject.sessionId : null,
    method: body.method,
    amount_minor: body.amountMinor,
    currency: body.currency,
    taken_by: body.takenBy,
    at_ms: place.atMs,
  })
  rows.dirty.payments.add(body.paymentId)
  // Money that was taken is posted even when what it was for is not known here.
  if (subject.kind === 'booking') payBooking(rows, subject.bookingId, kind, body, place)
  else paySession(rows, subject.sessionId, kind, body.amountMinor, place)
  return undefined
}

function payBooking(
  rows: ProjectedRows,
  bookingId: string,
  kind: PaymentRow['kind'],
  body: PaymentBody,
  place: EntryPlace,
): void {
  const row = rows.bookings.get(bookingId)
  if (row === undefined) return
  if (kind === 'refunded') row.refunded_minor += body.amountMinor
  else {
    row.paid_minor += body.amountMinor
    row.paid_by = body.method
  }
  row.seq = place.seq
  rows.dirty.bookings.add(bookingId)
}

function paySession(
  rows: ProjectedRows,
  sessionId: string,
  kind: PaymentRow['kind'],
  amountMinor: number,
  place: EntryPlace,
): void {
  const row = rows.sessions.get(sessionId)
  if (row === undefined) return
  row.paid_minor += kind === 'captured' ? amountMinor : -amountMinor
  if (kind === 'captured' && row.state === 'authorised') row.state = 'inside'
  if (kind === 'captured' && row.state === 'inside' && isSettled(row)) row.state = 'paid'
  row.seq = place.seq
  rows.dirty.sessions.add(sessionId)
}
