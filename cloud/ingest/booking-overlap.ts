import type { BookingRow, ProjectedBookingStatus, ProjectedRows } from './projected-rows.ts'

/** The statuses in which a booking keeps others out. */
export const holding: ReadonlySet<ProjectedBookingStatus> = new Set(['held', 'confirmed', 'checked_in'])

const occupied = (row: BookingRow) => [row.space_id, ...row.parts]

/** Bookings that hold a space of this one while it would; two blocks `[from, block end)` of one space must not meet. */
export function overlapping(rows: ProjectedRows, wanted: BookingRow): readonly BookingRow[] {
  return [...rows.bookings.values()].filter(
    (row) =>
      row.booking_id !== wanted.booking_id &&
      holding.has(row.status) &&
      row.from_ms < wanted.block_to_ms &&
      wanted.from_ms < row.block_to_ms &&
      occupied(row).some((space) => wanted.space_id === space || wanted.parts.includes(space)),
  )
}

/** Tells whether any other booking holds a space of this one while it would. */
export function overlaps(rows: ProjectedRows, wanted: BookingRow): boolean {
  return overlapping(rows, wanted).length > 0
}
