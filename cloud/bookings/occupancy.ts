import type { Occupancy } from '@gatehouse/shared/booking/availability'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import type { BookingId } from '@gatehouse/shared/ids/ids'
import type { Queryable } from '../database/pool.ts'

/** What is known of the use of a site's spaces around an interval. */
export interface SiteOccupancy {
  /** Bookings that occupy, by space, in order of time; one of a combined space is with its parts, too. */
  readonly bookings: ReadonlyMap<string, readonly Occupancy[]>
  /** Spaces in use at this moment without a booking saying so: sensors and vehicles inside. */
  readonly inUse: ReadonlySet<string>
}

interface BookingRow {
  readonly space_id: string
  readonly booking_id: BookingId
  readonly from_ms: number
  readonly to_ms: number
  readonly block_to_ms: number
  readonly hold_until_ms: number
  readonly status: string
  readonly extension: { readonly blockFromMs: number; readonly holdUntilMs: number } | null
}

const rowsMax = 20_000

/**
 * Reads the occupying bookings whose block meets the interval, and which spaces are in use now. `walls` keep others out
 * likewise, by space.
 */
export async function readOccupancy(
  db: Queryable,
  siteId: string,
  interval: Interval,
  walls: readonly (readonly [string, Occupancy])[] = [],
): Promise<SiteOccupancy> {
  const [booked, used] = await Promise.all([
    db.query<BookingRow>(
      `SELECT b.space_id, booking_id, from_ms, to_ms, block_to_ms, hold_until_ms, status, extension
       FROM booking_blocks b JOIN bookings USING (site_id, booking_id)
       WHERE site_id = $1 AND b.site_key = hashtextextended($1, 0) AND b.block && int8range(least($2, $3::bigint), $3)
       ORDER BY from_ms LIMIT ${rowsMax}`,
      [siteId, interval.fromMs, interval.toMs],
    ),
    db.query<{ space_id: string }>(
      `SELECT space_id FROM space_states WHERE site_id = $1 AND occupied
       UNION SELECT space_id FROM parking_sessions
       WHERE site_id = $1 AND space_id IS NOT NULL AND departed_ms IS NULL AND state <> 'voided'`,
      [siteId],
    ),
  ])
  const bookings = new Map<string, Occupancy[]>()
  const booking = booked.rows.map((row) => [row.space_id, occupancyOf(row)] as const)
  for (const [spaceId, occupancy] of [...booking, ...walls].sort(([, a], [, b]) => a.fromMs - b.fromMs)) {
    const list = bookings.get(spaceId) ?? []
    list.push(occupancy)
    bookings.set(spaceId, list)
  }
  return { bookings, inUse: new Set(used.rows.map((row) => row.space_id)) }
}

function occupancyOf(row: BookingRow): Occupancy {
  return {
    bookingId: row.booking_id,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    blockToMs: row.block_to_ms,
    ...(row.status === 'held' ? { holdUntilMs: row.hold_until_ms } : {}),
    ...(row.extension === null
      ? {}
      : { added: { fromMs: row.extension.blockFromMs, holdUntilMs: row.extension.holdUntilMs } }),
  }
}
