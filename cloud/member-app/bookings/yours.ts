import type { BookingStatus } from '@gatehouse/shared/api/views'
import { useQuery } from '@tanstack/react-query'
import { bookingsQuery } from '../api/queries.ts'

const occupying: ReadonlySet<BookingStatus> = new Set(['held', 'confirmed', 'checked_in'])

/** The spaces of a site that I hold or have booked within `[fromMs, toMs)`. */
export function useYours(siteId: string, fromMs: number, toMs: number): ReadonlySet<string> {
  const bookings = useQuery(bookingsQuery)
  return new Set(
    (bookings.data ?? [])
      .filter(
        (booking) =>
          booking.siteId === siteId &&
          occupying.has(booking.status) &&
          booking.fromMs < toMs &&
          booking.toMs > fromMs,
      )
      .map((booking) => booking.spaceId),
  )
}
