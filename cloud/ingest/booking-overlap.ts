import type { BookingRow, ProjectedBookingStatus, ProjectedRows } from './projected-rows.ts'

/** The statuses in which a booking keeps others out. */
export const holding: ReadonlySet<ProjectedBookingStatus> = new Set(['held', 'confirmed', 'checked_in'])

/** Bookings that hold a space of this one while it would; two blocks `[from, block end)` of one space must not meet. */
export function overlapping(rows: ProjectedRows, wanted: BookingRow): ReadonlySet<BookingRow> {
  const met = new Set<BookingRow>()
  for (const space of [wanted.space_id, ...wanted.parts]) {
    for (const row of rows.bookingsOfSpace.get(space) ?? []) {
      const meets = row.from_ms < wanted.block_to_ms && wanted.from_ms < row.block_to_ms
      if (meets && holding.has(row.status) && row.booking_id !== wanted.booking_id) met.add(row)
    }
  }
  return met
}

/** Tells whether any other booking holds a space of this one while it would. */
export function overlaps(rows: ProjectedRows, wanted: BookingRow): boolean {
  return overlapping(rows, wanted).size > 0
}
