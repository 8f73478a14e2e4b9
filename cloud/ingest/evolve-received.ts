import { isAtOrBefore, type Position } from '@gatehouse/shared/loans/block'
import {
  postingsOfRow,
  statusAfterAdopted,
  statusAfterReceived,
} from '@gatehouse/shared/loans/received-books'
import { unpriced } from '@gatehouse/shared/loans/unpriced'
import type { EntryBody, Price } from '@gatehouse/shared/wire/v1/entries'
import { holding, overlaps } from './booking-overlap.ts'
import type { EntryPlace } from './evolve.ts'
import { pay } from './evolve-payment.ts'
import {
  type BookingRow,
  keepBooking,
  type ProjectedBookingStatus,
  type ProjectedRows,
} from './projected-rows.ts'

type Received = EntryBody<'booking.received'>
type Adopted = EntryBody<'booking.adopted'>

/**
 * Takes over what a site made of a booking that the cloud sold. `site_status` is the site's word, by which its sums
 * count; `status` follows it unless the answer is to a row before the booking's last one, which the cloud sent since.
 */
export function receive(rows: ProjectedRows, body: Received, place: EntryPlace): 'overlap' | undefined {
  if (isPast(rows)) return undefined
  const { bookingId, row: sold, outcome } = body
  const row = rows.bookings.get(bookingId) ?? lostBooking(body.row, { bookingId, price: sold.price }, place)
  const siteStatus = statusAfterReceived(row.site_status ?? undefined, body)
  const status = effectiveStatus(row, siteStatus, { position: body, outcome })
  if (holding.has(status) && overlaps(rows, row)) return 'overlap'
  put(rows, row, { status, siteStatus }, place)
  for (const posting of postingsOfRow(bookingId, sold, (id) => (rows.payments.get(id)?.seq ?? 0) > 0)) {
    const { paymentId } = posting.body
    const known = rows.payments.get(paymentId)
    if (known === undefined) pay(rows, posting, place)
    else known.seq = place.seq
    rows.dirty.payments.add(paymentId)
  }
  if (outcome === 'displaced' || outcome === 'too_late' || body.irregular !== undefined) {
    rows.contradictedSales.push({ seq: place.seq, bookingId, outcome, irregular: body.irregular, siteStatus })
  }
  return undefined
}

function effectiveStatus(
  row: BookingRow,
  siteStatus: ProjectedBookingStatus,
  answer: { readonly position: Position; readonly outcome: Received['outcome'] },
): ProjectedBookingStatus {
  const { row_epoch: epoch, row_rev: rev } = row
  const isLast = epoch === null || rev === null || isAtOrBefore({ epoch, rev }, answer.position)
  if (isLast || answer.outcome === 'too_late') return siteStatus
  return answer.outcome === 'displaced' && holding.has(row.status) ? 'displaced' : row.status
}

/** Takes over that a site learned of a booking from its pass. */
export function adopt(rows: ProjectedRows, body: Adopted, place: EntryPlace): 'overlap' | undefined {
  if (isPast(rows)) return undefined
  const { bookingId, supersedes = [] } = body
  // A pass names no price; its row, which does, was lost with the cloud that wrote it.
  const row = rows.bookings.get(bookingId) ?? lostBooking(body, { bookingId, price: unpriced }, place)
  const siteStatus = statusAfterAdopted(row.site_status ?? undefined)
  const status = row.status === 'held' ? siteStatus : row.status
  for (const other of supersedes) supersede(rows, other, place)
  if (holding.has(status) && overlaps(rows, row)) return 'overlap'
  put(rows, row, { status, siteStatus }, place)
  return undefined
}

/** Entries of an incarnation before the present one decide nothing about sales. */
function isPast({ loans }: ProjectedRows): boolean {
  return loans !== undefined && loans.incarnation !== loans.desk.incarnation
}

/** An unpaid hold that the site knows and that the sale of a pass proved over. */
function supersede(rows: ProjectedRows, bookingId: string, place: EntryPlace): void {
  const row = rows.bookings.get(bookingId)
  if (row?.site_status !== 'held') return
  put(rows, row, { status: row.status === 'held' ? 'expired' : row.status, siteStatus: 'expired' }, place)
}

function put(
  rows: ProjectedRows,
  row: BookingRow,
  to: { readonly status: ProjectedBookingStatus; readonly siteStatus: ProjectedBookingStatus },
  { seq }: EntryPlace,
): void {
  row.status = to.status
  row.site_status = to.siteStatus
  row.seq = seq
  keepBooking(rows, row)
  rows.dirty.bookings.add(row.booking_id)
}

/** A booking that the cloud had sold and lost, as the site still knows it. */
function lostBooking(
  sold: Pick<
    Received['row'],
    'spaceId' | 'parts' | 'loanIds' | 'holder' | 'reference' | 'fromMs' | 'toMs' | 'blockToMs'
  >,
  { bookingId, price }: { readonly bookingId: string; readonly price: Price },
  { seq, atMs }: EntryPlace,
): BookingRow {
  const { holder } = sold
  return {
    seq,
    booking_id: bookingId,
    space_id: sold.spaceId,
    status: 'held',
    member_id: holder.kind === 'member' ? holder.memberId : null,
    guest_id: holder.kind === 'guest' ? holder.guestId : null,
    reference: sold.reference,
    from_ms: sold.fromMs,
    to_ms: sold.toMs,
    block_to_ms: sold.blockToMs,
    hold_until_ms: 0,
    price,
    fee_minor: 0,
    paid_minor: 0,
    refunded_minor: 0,
    paid_by: null,
    held_ms: atMs,
    parts: sold.parts ?? [],
    extension: null,
    ended_ms: null,
    loan_ids: sold.loanIds,
    site_status: null,
    row_epoch: null,
    row_rev: null,
  }
}
