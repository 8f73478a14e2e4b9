import { type BookingKind, occupies } from '@gatehouse/shared/booking/booking'
import type { BookingId } from '@gatehouse/shared/ids/ids'
import { addPrices } from '@gatehouse/shared/tariffs/added-price'
import type { EntryBody, Price } from '@gatehouse/shared/wire/v1/entries'
import type { Projections } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

function setStatus(db: SiteDatabase, bookingId: BookingId, status: BookingKind): void {
  statement(db, 'UPDATE bookings SET status = ? WHERE booking_id = ?').run(status, bookingId)
  if (!occupies(status)) giveBackExtension(db, bookingId)
}

/** Whatever ends a booking gives back the later end that waited for its payment, its block with it. */
function giveBackExtension(db: SiteDatabase, bookingId: BookingId): void {
  const held = statement<{ blockToMs: number }>(
    db,
    'SELECT added_from_ms AS blockToMs FROM booking_extensions WHERE booking_id = ?',
  ).get(bookingId)
  if (!held) return
  endExtension(db, bookingId)
  setBlockEnd(db, bookingId, held.blockToMs)
}

function endExtension(db: SiteDatabase, bookingId: BookingId): void {
  statement(db, 'DELETE FROM booking_extensions WHERE booking_id = ?').run(bookingId)
}

function setBlockEnd(db: SiteDatabase, bookingId: BookingId, blockToMs: number): void {
  statement(db, 'UPDATE bookings SET block_to_ms = ? WHERE booking_id = ?').run(blockToMs, bookingId)
}

function holdExtension(db: SiteDatabase, body: EntryBody<'booking.extension_held'>): void {
  statement(
    db,
    `INSERT INTO booking_extensions
     SELECT booking_id, ?, block_to_ms, ?, ? FROM bookings WHERE booking_id = ? AND true
     ON CONFLICT (booking_id) DO UPDATE SET added_to_ms = excluded.added_to_ms,
       added_hold_until_ms = excluded.added_hold_until_ms, added_price = excluded.added_price`,
  ).run(body.toMs, body.holdUntilMs, JSON.stringify(body.price), body.bookingId)
  setBlockEnd(db, body.bookingId, body.blockToMs)
}

function extend(db: SiteDatabase, body: EntryBody<'booking.extended'>): void {
  const row = statement<{ price: string }>(db, 'SELECT price FROM bookings WHERE booking_id = ?').get(
    body.bookingId,
  )
  if (!row) return
  const price: Price = JSON.parse(row.price)
  endExtension(db, body.bookingId)
  statement(db, 'UPDATE bookings SET to_ms = ?, block_to_ms = ?, price = ? WHERE booking_id = ?').run(
    body.toMs,
    body.blockToMs,
    JSON.stringify(addPrices(price, body.price)),
    body.bookingId,
  )
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
  'booking.completed': (db, { bookingId, endedMs }) => {
    setStatus(db, bookingId, 'completed')
    if (endedMs === undefined) return
    statement(db, 'INSERT INTO booking_early_ends VALUES (?, ?)').run(bookingId, endedMs)
  },
  'booking.extension_held': holdExtension,
  'booking.extended': extend,
  'booking.extension_dropped': (db, { bookingId, blockToMs }) => {
    endExtension(db, bookingId)
    setBlockEnd(db, bookingId, blockToMs)
  },
}
