import type { BookingKind } from '@gatehouse/shared/booking/booking'
import type { BookingId } from '@gatehouse/shared/ids/ids'
import type { Projections } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

function setStatus(db: SiteDatabase, bookingId: BookingId, status: BookingKind): void {
  statement(db, 'UPDATE bookings SET status = ? WHERE booking_id = ?').run(status, bookingId)
}

/** How `booking.*` entries change the bookings table; money is kept by the drawer. */
export const bookingProjections: Projections = {
  'booking.held': (db, body, entry) => {
    statement(
      db,
      `INSERT INTO bookings (booking_id, space_id, status, holder_kind, holder_id, reference, from_ms, to_ms,
         block_to_ms, held_at_ms, hold_until_ms, price) VALUES (?, ?, 'held', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      body.bookingId,
      body.spaceId,
      body.holder.kind,
      body.holder.kind === 'member' ? body.holder.memberId : body.holder.guestId,
      body.reference,
      body.fromMs,
      body.toMs,
      body.blockToMs,
      entry.at.wallMs,
      body.holdUntilMs,
      JSON.stringify(body.price),
    )
    for (const part of body.parts ?? []) {
      statement(db, 'INSERT INTO booking_blocks VALUES (?, ?, ?, ?)').run(
        body.bookingId,
        part,
        body.fromMs,
        body.blockToMs,
      )
    }
  },
  'booking.confirmed': (db, { bookingId }) => setStatus(db, bookingId, 'confirmed'),
  'booking.cancelled': (db, { bookingId, feeMinor, refundMinor }) => {
    setStatus(db, bookingId, 'cancelled')
    statement(db, 'UPDATE bookings SET fee_minor = ?, refund_minor = ? WHERE booking_id = ?').run(
      feeMinor,
      refundMinor,
      bookingId,
    )
  },
  'booking.expired': (db, { bookingId }) => setStatus(db, bookingId, 'expired'),
  'booking.checked_in': (db, { bookingId }) => setStatus(db, bookingId, 'checked_in'),
  'booking.no_show': (db, { bookingId }) => setStatus(db, bookingId, 'no_show'),
  'booking.completed': (db, { bookingId }) => setStatus(db, bookingId, 'completed'),
}
