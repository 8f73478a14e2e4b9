import type { DirectoryRequestCommand } from '@gatehouse/shared/wire/v1/directory'
import { entryBodies } from '@gatehouse/shared/wire/v1/entries'
import type { SiteAnswer } from './site-link.ts'

export type RequestKind = DirectoryRequestCommand['kind']

/** How a request ended at the site. */
export type RequestOutcome = { readonly kind: 'done' } | { readonly kind: 'refused'; readonly code: string }

const successTypes: Readonly<Record<RequestKind, readonly string[]>> = {
  holdBooking: ['booking.held'],
  confirmBooking: ['booking.confirmed'],
  cancelBooking: ['booking.cancelled'],
  // At once when nothing is to pay.
  extendBooking: ['booking.extension_held', 'booking.extended'],
  confirmExtension: ['booking.extended'],
  releaseBooking: ['booking.completed'],
}

/** Reads a site's answer; an entry that does not fit the request counts as refused (`answer_unreadable`). */
export function outcomeOf(kind: RequestKind, answer: SiteAnswer): RequestOutcome {
  if (successTypes[kind].includes(answer.type)) return { kind: 'done' }
  if (answer.type === 'request.refused') {
    const refused = entryBodies['request.refused'].safeParse(answer.body)
    if (refused.success) return { kind: 'refused', code: refused.data.code }
  }
  return { kind: 'refused', code: 'answer_unreadable' }
}

// How long an unanswered request waits after it expired at the site, before the cloud takes it back.
// A confirmation made in time may still be on its way from a site that is cut off, so its money stays
// reserved while gateways keep reservations (usually 7 days).
const withdrawnAfterMs = {
  holdBooking: 60_000,
  confirmBooking: 6 * 24 * 3_600_000,
  cancelBooking: 35 * 24 * 3_600_000,
  // No money waits for these: what the site did nevertheless shows by itself.
  extendBooking: 60_000,
  confirmExtension: 6 * 24 * 3_600_000,
  releaseBooking: 60_000,
} as const satisfies Record<RequestKind, number>

/** Whether an unanswered request should be taken back at `nowMs`. */
export function isTimeToWithdraw(
  request: { readonly kind: RequestKind; readonly expiresMs: number },
  nowMs: number,
): boolean {
  return nowMs >= request.expiresMs + withdrawnAfterMs[request.kind]
}
