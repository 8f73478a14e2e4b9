import type { BookingStatus, BookingView } from '@gatehouse/shared/api/views'
import { cancellationFee } from '@gatehouse/shared/booking/cancellation'
import { earlyReleaseRefund } from '@gatehouse/shared/booking/early-release'
import { isUnpriced } from '@gatehouse/shared/loans/unpriced'
import type { SiteDatabase } from '../ledger/database.ts'
import type { BookingEnvironment } from './booking-environment.ts'
import { type CloudSale, cloudSaleOf, type StoredBooking } from './booking-store.ts'
import { pricing } from './hold-booking.ts'

/** Renders a booking for its holder at `nowMs` (epoch ms); a hold that ran out shows as expired at once. */
export function bookingView(
  env: BookingEnvironment,
  db: SiteDatabase,
  booking: StoredBooking,
  nowMs: number,
): BookingView {
  const { bookingId, reference, spaceId, fromMs, toMs, price, payments, holdUntilMs } = booking
  const sale = cloudSaleOf(db, bookingId)
  const status = statusAt(booking, sale, nowMs)
  const paidMinor = payments.reduce((sum, payment) => sum + payment.amountMinor, 0)
  const refundedMinor = payments.reduce((sum, payment) => sum + payment.refundedMinor, 0)
  const fee = cancellationFee({ totalMinor: price.totalMinor, fromMs, nowMs })
  const paidBy = payments[0]?.method
  const isConfirmed = status !== 'held' && status !== 'expired'
  const decidedBy = sale.isSoldByCloud ? 'cloud' : payments.length > 0 ? 'site' : undefined
  return {
    bookingId,
    reference,
    siteId: env.directory.siteId,
    spaceId,
    spaceName: env.directory.get('space', spaceId)?.name ?? spaceId,
    status,
    fromMs,
    toMs,
    ...(status === 'held' ? { holdUntilMs } : {}),
    // What only a pass told of has no price here yet.
    price: isUnpriced(price) ? { ...price, currency: env.directory.site()?.currency ?? 'EUR' } : price,
    holder: booking.holder.kind,
    paidMinor,
    refundedMinor,
    ...extensionAt(booking, nowMs),
    ...(booking.kind === 'completed' && booking.endedMs !== undefined ? { endedMs: booking.endedMs } : {}),
    ...(status === 'held' ? { cancelFeeMinor: 0 } : {}),
    ...(status === 'confirmed' ? { cancelFeeMinor: Math.min(fee, paidMinor) } : {}),
    ...releaseRefundAt(env, booking, nowMs),
    ...(paidBy ? { paidBy } : {}),
    ...(isConfirmed && decidedBy ? { decidedBy } : {}),
  }
}

function extensionAt({ extension }: StoredBooking, nowMs: number): Pick<BookingView, 'extension'> {
  if (extension === undefined || nowMs >= extension.holdUntilMs) return {}
  const { toMs, holdUntilMs, price } = extension
  return { extension: { toMs, holdUntilMs, price } }
}

function releaseRefundAt(
  env: BookingEnvironment,
  booking: StoredBooking,
  nowMs: number,
): Pick<BookingView, 'releaseRefundMinor'> {
  if (booking.kind !== 'checked_in') return {}
  const site = env.directory.site()
  const space = env.directory.get('space', booking.spaceId)
  const percent = space?.earlyReleaseRefundPercent ?? 0
  const price =
    site && space && percent > 0 ? pricing(env, { site, space, holder: booking.holder }) : undefined
  return { releaseRefundMinor: earlyReleaseRefund(booking, price && { percent, price }, nowMs) }
}

function statusAt(booking: StoredBooking, { isDisplaced }: CloudSale, nowMs: number): BookingStatus {
  if (isDisplaced) return 'displaced'
  return booking.kind === 'held' && nowMs >= booking.holdUntilMs ? 'expired' : booking.kind
}
