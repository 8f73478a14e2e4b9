import { startMs } from './sync-server.ts'

const hourMs = 3_600_000

/** A price of `totalMinor` cents with one line. */
export function price(totalMinor: number) {
  return {
    currency: 'EUR',
    lines: [{ code: 'hour', label: 'Hour', quantity: 1, amountMinor: totalMinor }],
    totalMinor,
    taxMinor: 0,
    taxRatePercent: 19,
    tariffId: 'tf_desk',
    tariffVersion: 1,
    tzdataVersion: '2026a',
  }
}

/** A hold of a space from `fromHour` to `toHour`, hours after the start of the test. */
export function held(
  bookingId: string,
  spaceId: string,
  fromHour: number,
  toHour: number,
  more: object = {},
) {
  return {
    type: 'booking.held',
    body: {
      bookingId,
      spaceId,
      holder: { kind: 'member', memberId: 'mb_1' },
      reference: bookingId.toUpperCase(),
      fromMs: startMs + fromHour * hourMs,
      toMs: startMs + toHour * hourMs,
      blockToMs: startMs + toHour * hourMs,
      holdUntilMs: startMs + 300_000,
      price: price(1_000),
      ...more,
    },
  }
}

/** A confirmation of a hold. */
export function confirmed(bookingId: string, more: object = {}) {
  return { type: 'booking.confirmed', body: { bookingId, ...more } }
}

/** A cancellation without a fee. */
export function cancelled(bookingId: string) {
  return { type: 'booking.cancelled', body: { bookingId, feeMinor: 0, refundMinor: 0 } }
}

/** Money taken for a booking, in cents of the euro. */
export function captured(paymentId: string, bookingId: string, amountMinor: number, method = 'card') {
  const subject = { kind: 'booking', bookingId }
  return {
    type: 'payment.captured',
    body: { paymentId, subject, method, amountMinor, currency: 'EUR', takenBy: 'site' },
  }
}

/** A refusal of what the cloud had asked for. */
export function refused(requestId: string, code: string) {
  return { type: 'request.refused', body: { requestId, code } }
}

/** A fact that changes no table but its own. */
export function sensed(spaceId: string, occupied: boolean) {
  return { type: 'space.sensed', body: { spaceId, occupied } }
}
