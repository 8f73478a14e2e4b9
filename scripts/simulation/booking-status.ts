/** What each entry makes of a booking; the simulation's own reading, not the product's. */
export const statusAfter: Readonly<Record<string, string>> = {
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
