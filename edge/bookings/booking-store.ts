import type { Occupancy } from '@gatehouse/shared/booking/availability'
import {
  type Booking,
  type BookingFacts,
  type BookingKind,
  noBooking,
} from '@gatehouse/shared/booking/booking'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import type { BookingId, GuestId, MemberId, SpaceId } from '@gatehouse/shared/ids/ids'
import { paymentIdSchema } from '@gatehouse/shared/ids/ids'
import type { Holder } from '@gatehouse/shared/wire/v1/entries'
import { paymentsOf } from '../drawer/payment-store.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** A booking that exists. */
export type StoredBooking = Exclude<Booking, { kind: 'none' }>

interface BookingRow {
  readonly booking_id: BookingId
  readonly space_id: SpaceId
  readonly status: Exclude<BookingKind, 'none'> | 'displaced'
  readonly holder_kind: Holder['kind']
  readonly holder_id: string
  readonly reference: string
  readonly from_ms: number
  readonly to_ms: number
  readonly block_to_ms: number
  readonly held_at_ms: number
  readonly hold_until_ms: number
  readonly price: string
  readonly fee_minor: number
  readonly refund_minor: number
  readonly added_to_ms: number | null
  readonly added_from_ms: number | null
  readonly added_hold_until_ms: number | null
  readonly added_price: string | null
  readonly ended_ms: number | null
}

const bookingRows = `SELECT * FROM bookings LEFT JOIN booking_extensions USING (booking_id)
  LEFT JOIN booking_early_ends USING (booking_id)`

/** Loads the state of one booking with its payments. */
export function loadBooking(db: SiteDatabase, bookingId: string): Booking {
  const row = statement<BookingRow>(db, `${bookingRows} WHERE booking_id = ?`).get(bookingId)
  return row ? bookingOf(db, row) : noBooking
}

/** Finds bookings by their reference code, newest first. */
export function bookingsByReference(db: SiteDatabase, reference: string): StoredBooking[] {
  return statement<BookingRow>(db, `${bookingRows} WHERE reference = ? ORDER BY from_ms DESC LIMIT 10`)
    .all(reference)
    .map((row) => bookingOf(db, row))
}

/** A holder's bookings that end after `afterMs` (epoch ms), by start. */
export function bookingsOfHolder(
  db: SiteDatabase,
  holderId: string,
  { afterMs, limit }: { readonly afterMs: number; readonly limit: number },
): StoredBooking[] {
  return statement<BookingRow>(
    db,
    `${bookingRows} WHERE holder_id = ? AND to_ms > ? ORDER BY from_ms LIMIT ?`,
  )
    .all(holderId, afterMs, limit)
    .map((row) => bookingOf(db, row))
}

/** Tells whether a reference code is in use. */
export function referenceTaken(db: SiteDatabase, reference: string): boolean {
  return statement(db, 'SELECT 1 FROM bookings WHERE reference = ? LIMIT 1').get(reference) !== undefined
}

/** Tells whether the cloud sold a booking: it alone ends its hold. */
export function isSoldByCloud(db: SiteDatabase, bookingId: string): boolean {
  return statement(db, 'SELECT 1 FROM cloud_bookings WHERE booking_id = ?').get(bookingId) !== undefined
}

/** What the cloud has to do with a booking. */
export interface CloudSale {
  readonly isSoldByCloud: boolean
  /** A sale of this site stood in its way. */
  readonly isDisplaced: boolean
}

/** Whether the cloud sold a booking, and whether the site could not keep it. */
export function cloudSaleOf(db: SiteDatabase, bookingId: string): CloudSale {
  const row = statement<{ sold: number; displaced: number }>(
    db,
    `SELECT EXISTS (SELECT 1 FROM cloud_bookings WHERE booking_id = @bookingId) AS sold,
       EXISTS (SELECT 1 FROM bookings WHERE booking_id = @bookingId AND status = 'displaced') AS displaced`,
  ).get({ bookingId })
  return { isSoldByCloud: row?.sold === 1, isDisplaced: row?.displaced === 1 }
}

/** How many bookings stand in each status, as the heartbeat reports them. */
export function bookingCounts(db: SiteDatabase): Record<string, number> {
  const rows = statement<{ status: string; bookings: number }>(
    db,
    'SELECT status, bookings FROM booking_counts WHERE bookings > 0',
  ).all()
  return Object.fromEntries(rows.map(({ status, bookings }) => [status, bookings]))
}

interface OccupancyRow {
  readonly space_id: SpaceId
  readonly booking_id: BookingId
  readonly from_ms: number
  readonly to_ms: number
  readonly block_to_ms: number
  readonly hold_until_ms: number | null
  readonly added_from_ms: number | null
  readonly added_hold_until_ms: number | null
}

// A hold of the cloud is ended by the cloud, never by this site's clock. What the end of a loan keeps has no booking yet.
const occupancyRows = `SELECT blocks.space_id, blocks.booking_id, blocks.from_ms,
  coalesce(to_ms, blocks.block_to_ms) AS to_ms, blocks.block_to_ms,
  CASE WHEN status = 'held' AND NOT EXISTS (SELECT 1 FROM cloud_bookings WHERE booking_id = blocks.booking_id)
    THEN hold_until_ms END AS hold_until_ms,
  added_from_ms, added_hold_until_ms FROM booking_blocks blocks
  LEFT JOIN bookings USING (booking_id) LEFT JOIN booking_extensions USING (booking_id)`

/** What occupies a space within a window of blocks (epoch ms), in order. */
export function occupanciesOf(db: SiteDatabase, spaceId: string, within: Interval): Occupancy[] {
  // Blocks of a space never overlap, so of those that start earlier only the last can reach into the window.
  const before = statement<OccupancyRow>(
    db,
    `${occupancyRows} WHERE blocks.space_id = ? AND blocks.from_ms < ? ORDER BY blocks.from_ms DESC LIMIT 1`,
  ).get(spaceId, within.fromMs)
  const inside = statement<OccupancyRow>(
    db,
    `${occupancyRows} WHERE blocks.space_id = ? AND blocks.from_ms >= ? AND blocks.from_ms < ?
     ORDER BY blocks.from_ms`,
  ).all(spaceId, within.fromMs, within.toMs)
  return (before && before.block_to_ms > within.fromMs ? [before, ...inside] : inside).map(occupancyOf)
}

/** What occupies each space of the site within a window of blocks (epoch ms); a combined one occupies its parts. */
export function occupanciesBySpace(db: SiteDatabase, within: Interval): Map<SpaceId, Occupancy[]> {
  const bySpace = new Map<SpaceId, Occupancy[]>()
  const rows = statement<OccupancyRow>(
    db,
    `${occupancyRows} WHERE blocks.from_ms < ? AND blocks.block_to_ms > ?
     ORDER BY blocks.space_id, blocks.from_ms`,
  ).all(within.toMs, within.fromMs)
  for (const row of rows) {
    const list = bySpace.get(row.space_id)
    if (list) list.push(occupancyOf(row))
    else bySpace.set(row.space_id, [occupancyOf(row)])
  }
  return bySpace
}

/** A booking whose time for a change has come by itself. */
export interface DueBooking {
  readonly bookingId: BookingId
  readonly change: 'expireHold' | 'dropExtension' | 'markNoShow' | 'completeBooking'
}

/** Bookings due at `nowMs` (epoch ms): holds over, also those of later ends, grace over without check-in, time over. */
export function dueBookings(
  db: SiteDatabase,
  due: { readonly nowMs: number; readonly checkInGraceMs: number; readonly limit: number },
): DueBooking[] {
  return statement<DueBooking>(
    db,
    `SELECT booking_id AS bookingId, 'expireHold' AS change FROM bookings
       WHERE status = 'held' AND hold_until_ms <= @nowMs
         AND NOT EXISTS (SELECT 1 FROM cloud_bookings WHERE booking_id = bookings.booking_id)
     UNION ALL
     SELECT booking_id, 'dropExtension' FROM booking_extensions WHERE added_hold_until_ms <= @nowMs
     UNION ALL
     SELECT booking_id, 'markNoShow' FROM bookings
       WHERE status = 'confirmed' AND from_ms <= @nowMs
         AND min(max(from_ms, held_at_ms) + @checkInGraceMs, to_ms) <= @nowMs
     UNION ALL
     SELECT booking_id, 'completeBooking' FROM bookings WHERE status = 'checked_in' AND to_ms <= @nowMs
       AND booking_id NOT IN (SELECT booking_id FROM booking_extensions)
     LIMIT @limit`,
  ).all(due)
}

function occupancyOf(row: OccupancyRow): Occupancy {
  return {
    bookingId: row.booking_id,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    blockToMs: row.block_to_ms,
    ...(row.hold_until_ms === null ? {} : { holdUntilMs: row.hold_until_ms }),
    ...(row.added_from_ms === null
      ? {}
      : { added: { fromMs: row.added_from_ms, holdUntilMs: row.added_hold_until_ms ?? 0 } }),
  }
}

function bookingOf(db: SiteDatabase, row: BookingRow): StoredBooking {
  const facts: BookingFacts = {
    bookingId: row.booking_id,
    spaceId: row.space_id,
    holder: holderOf(row),
    reference: row.reference,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    blockToMs: row.added_from_ms ?? row.block_to_ms,
    heldAtMs: row.held_at_ms,
    holdUntilMs: row.hold_until_ms,
    price: JSON.parse(row.price),
    payments: bookingPayments(db, row.booking_id),
    ...extensionOf(row),
  }
  if (row.status === 'completed') {
    return { ...facts, kind: 'completed', ...(row.ended_ms === null ? {} : { endedMs: row.ended_ms }) }
  }
  // A sale of the cloud that a sale of this site stood in the way of: over, and given back in full by the cloud.
  if (row.status === 'displaced') return { ...facts, kind: 'cancelled', feeMinor: 0, refundMinor: 0 }
  if (row.status !== 'cancelled') return { ...facts, kind: row.status }
  return { ...facts, kind: 'cancelled', feeMinor: row.fee_minor, refundMinor: row.refund_minor }
}

function extensionOf(row: BookingRow): Pick<BookingFacts, 'extension'> {
  const { added_to_ms: toMs, added_hold_until_ms: holdUntilMs, added_price: price } = row
  if (toMs === null || holdUntilMs === null || price === null) return {}
  return { extension: { toMs, holdUntilMs, blockToMs: row.block_to_ms, price: JSON.parse(price) } }
}

// The ids were checked by the schemas of the entries they come from.
function holderOf(row: BookingRow): Holder {
  if (row.holder_kind === 'member') return { kind: 'member', memberId: row.holder_id as MemberId }
  return { kind: 'guest', guestId: row.holder_id as GuestId }
}

function bookingPayments(db: SiteDatabase, bookingId: string): BookingFacts['payments'] {
  const rows = paymentsOf(db, bookingId)
  return rows
    .filter((row) => row.kind === 'captured')
    .map(({ paymentId, method, takenBy, amountMinor }) => ({
      paymentId: paymentIdSchema.parse(paymentId),
      method,
      takenBy,
      amountMinor,
      refundedMinor: rows.reduce(
        (sum, other) => (other.ofPaymentId === paymentId ? sum + other.amountMinor : sum),
        0,
      ),
    }))
}
