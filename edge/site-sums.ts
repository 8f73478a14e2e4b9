import type { SiteSums } from '@gatehouse/shared/wire/v1/sync'
import { bookingCounts } from './bookings/booking-store.ts'
import { takings } from './drawer/payment-store.ts'
import type { SiteDatabase } from './ledger/database.ts'
import type { Kernel } from './ledger/kernel.ts'
import { statement } from './ledger/statements.ts'

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

function sessionCounts(db: SiteDatabase): SiteSums['sessions'] {
  const rows = statement<{ state: string; count: number }>(
    db,
    `SELECT CASE WHEN state IN ('departed', 'voided') THEN state ELSE 'open' END AS state, count(*) AS count
     FROM parking_sessions GROUP BY 1`,
  ).all()
  const count = (state: string) => rows.find((row) => row.state === state)?.count ?? 0
  return { open: count('open'), departed: count('departed'), voided: count('voided') }
}
