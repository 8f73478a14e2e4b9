import type { SiteSums } from '@gatehouse/shared/wire/v1/sync'
import { bookingCounts } from '../bookings/booking-store.ts'
import { takings } from '../drawer/payment-store.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { sessionCounts } from '../parking/session-store.ts'

/** What this site says its books hold; the cloud computes the same over its own tables and compares. */
export function siteSums(kernel: Kernel): SiteSums {
  return {
    head: kernel.head,
    entries: kernel.head.seq,
    bookings: bookingCounts(kernel.db),
    takings: takings(kernel.db),
    sessions: sessionCounts(kernel.db),
  }
}
