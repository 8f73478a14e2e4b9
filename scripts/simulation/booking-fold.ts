import type { CommittedEntry } from './chain-memory.ts'

/** What each entry makes of a booking; the simulation's own reading, not the product's. */
const statusAfter: Readonly<Record<string, string>> = {
  'booking.held': 'held',
  'booking.confirmed': 'confirmed',
  'booking.cancelled': 'cancelled',
  'booking.expired': 'expired',
  'booking.checked_in': 'checked_in',
  'booking.no_show': 'no_show',
  'booking.completed': 'completed',
}

/** What an entry says of a booking's status; those that take over a sale of the cloud say it in its words. */
export function statusIn(type: string, body: Readonly<Record<string, unknown>>): string | undefined {
  if (type === 'booking.adopted') return 'confirmed'
  if (type === 'booking.received') return (body as { readonly row: { readonly status: string } }).row.status
  return statusAfter[type]
}

/** Entries that take over what the cloud decided about a booking; its status is not the site's alone. */
const foreign: ReadonlySet<string> = new Set(['booking.received', 'booking.adopted'])

/** The bookings that entries leave, with their status; those that the cloud sold are left out. */
export function fold(entries: readonly CommittedEntry[]): Map<string, string> {
  const bookings = new Map<string, string>()
  const sold = new Set<string>()
  for (const { type, body } of entries) {
    if (foreign.has(type)) sold.add(String(body.bookingId))
    const status = statusAfter[type]
    if (status !== undefined) bookings.set(String(body.bookingId), status)
  }
  for (const bookingId of sold) bookings.delete(bookingId)
  return bookings
}

/** The first booking on which two sides disagree, in words. */
export function differenceOf(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): string | undefined {
  for (const bookingId of new Set([...expected.keys(), ...found.keys()])) {
    const [wanted, seen] = [expected.get(bookingId), found.get(bookingId)]
    if (wanted !== seen) return `${bookingId} is ${seen ?? 'missing'} instead of ${wanted ?? 'missing'}`
  }
  return undefined
}
