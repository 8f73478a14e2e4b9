import type { BookingStatus, BookingView } from '@gatehouse/shared/api/views'
import { cancellationFee } from '@gatehouse/shared/booking/cancellation'
import type { BookingEnvironment } from './booking-environment.ts'
import type { StoredBooking } from './booking-store.ts'

/** Renders a booking for its holder at `nowMs` (epoch ms); a hold that ran out shows as expired at once. */
export function bookingView(env: BookingEnvironment, booking: StoredBooking, nowMs: number): BookingView {
  const { bookingId, reference, spaceId, fromMs, toMs, price, payments, holdUntilMs } = booking
  const status = statusAt(booking, nowMs)
  const paidMinor = payments.reduce((sum, payment) => sum + payment.amountMinor, 0)
  const refundedMinor = payments.reduce((sum, payment) => sum + payment.refundedMinor, 0)
  const fee = cancellationFee({ totalMinor: price.totalMinor, fromMs, nowMs })
  const paidBy = payments[0]?.method
  const decided = status !== 'held' && status !== 'expired' && payments.length > 0
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
    price,
    holder: booking.holder.kind,
    paidMinor,
    refundedMinor,
    ...extensionAt(booking, nowMs),
    ...(booking.kind === 'completed' && booking.endedMs !== undefined ? { endedMs: booking.endedMs } : {}),
    ...(status === 'held' ? { cancelFeeMinor: 0 } : {}),
    ...(status === 'confirmed' ? { cancelFeeMinor: Math.min(fee, paidMinor) } : {}),
    ...(paidBy ? { paidBy } : {}),
    ...(decided ? { decidedBy: 'site' as const } : {}),
  }
}

function extensionAt({ extension }: StoredBooking, nowMs: number): Pick<BookingView, 'extension'> {
  if (extension === undefined || nowMs >= extension.holdUntilMs) return {}
  const { toMs, holdUntilMs, price } = extension
  return { extension: { toMs, holdUntilMs, price } }
}

function statusAt(booking: StoredBooking, nowMs: number): BookingStatus {
  return booking.kind === 'held' && nowMs >= booking.holdUntilMs ? 'expired' : booking.kind
}
