import type { PaymentId } from '../ids/ids.ts'
import type { LedgerEvent } from '../wire/v1/entries.ts'
import type { ReceivedBooking, SoldBooking } from '../wire/v1/loans.ts'

/** The status of a booking as the books of both tiers count it. */
export type BookedStatus =
  | 'held'
  | 'confirmed'
  | 'checked_in'
  | 'completed'
  | 'cancelled'
  | 'no_show'
  | 'expired'
  | 'displaced'

/**
 * The status that a booking has on the site after `booking.received`; `before` is what the books held, `undefined` when
 * they held nothing. Both tiers count by it, so that their sums agree (ARCHITECTURE §4).
 */
export function statusAfterReceived(
  before: BookedStatus | undefined,
  { row, outcome, standing }: Pick<ReceivedBooking, 'row' | 'outcome' | 'standing'>,
): BookedStatus {
  if (standing !== null) {
    if (before === 'checked_in') return 'checked_in'
    // Its pass proved that it was paid: the row of its hold only comes late.
    return row.status === 'confirmed' || before === 'confirmed' ? 'confirmed' : 'held'
  }
  if (before !== undefined && isOver(before)) return before
  if (outcome === 'displaced') return 'displaced'
  return row.status === 'cancelled' ? 'cancelled' : 'expired'
}

/** The status after `booking.adopted`: the pass proves that it was paid. */
export function statusAfterAdopted(before: BookedStatus | undefined): BookedStatus {
  return before === undefined || before === 'held' ? 'confirmed' : before
}

function isOver(status: BookedStatus): boolean {
  return status !== 'held' && status !== 'confirmed' && status !== 'checked_in'
}

/** Money that moved in the cloud for a booking; in the books as if an entry of its own had told it. */
export type CloudPosting = Extract<LedgerEvent, { type: 'payment.captured' | 'payment.refunded' }>

/**
 * The payments and refunds that a `booking` row tells and that are not in the books yet, whatever came of the row; the
 * cloud took all of them. A row names everything so far, so that one row lost in another loses no money.
 */
export function postingsOfRow(
  bookingId: ReceivedBooking['bookingId'],
  row: Pick<SoldBooking, 'payments' | 'refunds' | 'price'>,
  isPosted: (paymentId: PaymentId) => boolean,
): readonly CloudPosting[] {
  const of = {
    subject: { kind: 'booking', bookingId },
    currency: row.price.currency,
    takenBy: 'cloud',
  } as const
  const postings: CloudPosting[] = []
  for (const payment of row.payments ?? []) {
    if (!isPosted(payment.paymentId)) postings.push({ type: 'payment.captured', body: { ...of, ...payment } })
  }
  for (const refund of row.refunds ?? []) {
    if (!isPosted(refund.paymentId)) postings.push({ type: 'payment.refunded', body: { ...of, ...refund } })
  }
  return postings
}
