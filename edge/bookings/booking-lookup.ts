import type { AccessBooking } from '@gatehouse/shared/access/decide-access'
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

/** A member's confirmed and checked-in bookings around `atMs` (epoch ms), with the door of each space they occupy. */
export function accessBookings(
  db: SiteDatabase,
  directory: DirectoryReader,
  { memberId, atMs }: { readonly memberId: MemberId; readonly atMs: number },
): AccessBooking[] {
  const rows = statement<LookupRow>(
    db,
    `SELECT mine.booking_id AS bookingId, own.space_id AS spaceId, mine.from_ms AS fromMs, mine.to_ms AS toMs,
       EXISTS (SELECT 1 FROM booking_blocks part JOIN booking_blocks other USING (space_id)
         WHERE part.booking_id = mine.booking_id AND other.booking_id <> mine.booking_id
         AND other.from_ms <= ? AND other.block_to_ms > ?) AS othersNow
     FROM bookings mine JOIN booking_blocks own USING (booking_id)
     WHERE holder_id = ? AND holder_kind = 'member' AND status IN ('confirmed', 'checked_in')
       AND mine.from_ms < ? AND mine.to_ms > ? ORDER BY mine.from_ms`,
  ).all(atMs, atMs, memberId, atMs + aroundMs, atMs - aroundMs)
  return rows.map(({ bookingId, spaceId, fromMs, toMs, othersNow }) => ({
    bookingId,
    fromMs,
    toMs,
    doorId: directory.get('space', spaceId)?.doorId,
    spaceFreeNow: othersNow === 0,
  }))
}
