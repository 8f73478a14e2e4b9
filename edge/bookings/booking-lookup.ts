import type { AccessBooking } from '@gatehouse/shared/access/decide-access'
import type { PassBooking } from '@gatehouse/shared/access/decide-pass'
import type { BookingId, MemberId, SpaceId } from '@gatehouse/shared/ids/ids'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'

/** How far around a moment bookings are looked at; wider than any unlock window. */
const aroundMs = 24 * 3_600_000

interface LookupRow {
  readonly bookingId: BookingId
  readonly spaceId: SpaceId
  readonly fromMs: number
  readonly toMs: number
  readonly othersNow: number
}

/** Bookings in force around a moment, one row for each space that they occupy; `?` are the moment, twice. */
const blocksOf = `
  SELECT mine.booking_id AS bookingId, own.space_id AS spaceId, mine.from_ms AS fromMs, mine.to_ms AS toMs,
    EXISTS (SELECT 1 FROM booking_blocks part JOIN booking_blocks other USING (space_id)
      WHERE part.booking_id = mine.booking_id AND other.booking_id <> mine.booking_id
      AND other.from_ms <= ? AND other.block_to_ms > ?) AS othersNow
  FROM bookings mine JOIN booking_blocks own USING (booking_id)`
const inForce = `${blocksOf} WHERE status IN ('confirmed', 'checked_in')`
const heldOrInForce = `${blocksOf} WHERE status IN ('held', 'confirmed', 'checked_in')`

/** A member's confirmed and checked-in bookings around `atMs` (epoch ms), with the door of each space they occupy. */
export function accessBookings(
  db: SiteDatabase,
  directory: DirectoryReader,
  { memberId, atMs }: { readonly memberId: MemberId; readonly atMs: number },
): AccessBooking[] {
  const rows = statement<LookupRow>(
    db,
    `${inForce} AND holder_id = ? AND holder_kind = 'member'
       AND mine.from_ms < ? AND mine.to_ms > ? ORDER BY mine.from_ms`,
  ).all(atMs, atMs, memberId, atMs + aroundMs, atMs - aroundMs)
  return rows.map((row) => accessBooking(directory, row))
}

/**
 * The booking that a pass names, at `atMs` (epoch ms). With a `memberId` it must be that member's; a guest comes with
 * whoever booked.
 */
export function passBooking(
  db: SiteDatabase,
  directory: DirectoryReader,
  asked: {
    readonly bookingId: BookingId
    readonly memberId: MemberId | undefined
    readonly atMs: number
    /** An unpaid one counts, too: the cloud has its money. */
    readonly paidElsewhere?: boolean
  },
): PassBooking {
  const { bookingId, memberId, atMs, paidElsewhere = false } = asked
  const holder = statement<{ kind: string; id: string }>(
    db,
    'SELECT holder_kind AS kind, holder_id AS id FROM bookings WHERE booking_id = ?',
  ).get(bookingId)
  if (!holder) return { kind: 'unknown' }
  if (memberId !== undefined && (holder.kind !== 'member' || holder.id !== memberId)) {
    return { kind: 'not_in_force' }
  }
  const text = paidElsewhere ? heldOrInForce : inForce
  const rows = statement<LookupRow>(db, `${text} AND mine.booking_id = ?`).all(atMs, atMs, bookingId)
  if (rows.length === 0) return { kind: 'not_in_force' }
  return { kind: 'in_force', bookings: rows.map((row) => accessBooking(directory, row)) }
}

function accessBooking(
  directory: DirectoryReader,
  { bookingId, spaceId, fromMs, toMs, othersNow }: LookupRow,
): AccessBooking {
  const doorId = directory.get('space', spaceId)?.doorId
  return { bookingId, fromMs, toMs, doorId, spaceFreeNow: othersNow === 0 }
}
