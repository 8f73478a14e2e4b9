import type { BookingStatus } from '@gatehouse/shared/api/views'
import { assertNever } from '@gatehouse/shared/result/result'

/** Why a booking in another state than held, confirmed or checked in stays as it is; codes of the HTTP API. */
type FixedRefusal =
  | 'still_pending'
  | 'hold_expired'
  | 'already_cancelled'
  | 'no_show'
  | 'ended'
  | 'request_withdrawn'

/** Why a booking cannot be confirmed now; codes of the HTTP API. */
export type ConfirmRefusal = FixedRefusal | 'already_confirmed' | 'plan_does_not_cover'

/** Says why the site need not be asked to confirm, or nothing when it must decide. `totalMinor` is the price. */
export function decideConfirm(
  status: BookingStatus,
  totalMinor: number,
  method: 'card' | 'plan',
): ConfirmRefusal | undefined {
  switch (status) {
    case 'held':
      return method === 'plan' && totalMinor > 0 ? 'plan_does_not_cover' : undefined
    case 'confirmed':
    case 'checked_in':
      return 'already_confirmed'
    default:
      return whyFixed(status)
  }
}

/** Why a booking's end cannot be moved now; codes of the HTTP API. */
export type EndRefusal = FixedRefusal | 'not_confirmed' | 'not_checked_in'

/** Says why the site need not be asked about a later end, or nothing when it must decide. */
export function decideExtend(status: BookingStatus): EndRefusal | undefined {
  switch (status) {
    case 'confirmed':
    case 'checked_in':
      return undefined
    case 'held':
      return 'not_confirmed'
    default:
      return whyFixed(status)
  }
}

/** Says why the site need not be asked to end a booking early, or nothing when it must decide. */
export function decideRelease(status: BookingStatus): EndRefusal | undefined {
  if (status === 'checked_in') return undefined
  return status === 'confirmed' || status === 'held' ? 'not_checked_in' : decideExtend(status)
}

function whyFixed(status: Exclude<BookingStatus, 'held' | 'confirmed' | 'checked_in'>): FixedRefusal {
  switch (status) {
    case 'pending':
      return 'still_pending'
    case 'expired':
      return 'hold_expired'
    case 'cancelled':
      return 'already_cancelled'
    case 'no_show':
      return 'no_show'
    case 'completed':
    case 'displaced':
      return 'ended'
    case 'refused':
      return 'request_withdrawn'
    default:
      return assertNever(status)
  }
}

/** What cancelling means for a booking in this state. */
export type CancelDecision =
  | { readonly kind: 'ask_site' }
  /** The hold was never answered: the cloud takes its request back. */
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refuse'; readonly code: 'still_pending' | 'hold_expired' | 'too_late' | 'ended' }

/** Decides a cancellation; `waitingFor` is the kind of the request the site has not answered. */
export function decideCancel(status: BookingStatus, waitingFor: string | undefined): CancelDecision {
  switch (status) {
    case 'held':
    case 'confirmed':
      return { kind: 'ask_site' }
    case 'pending':
      return waitingFor === 'holdBooking' ? { kind: 'withdraw' } : { kind: 'refuse', code: 'still_pending' }
    case 'cancelled':
    case 'refused':
      return { kind: 'nothing' }
    case 'expired':
      return { kind: 'refuse', code: 'hold_expired' }
    case 'checked_in':
    case 'no_show':
    case 'completed':
      return { kind: 'refuse', code: 'too_late' }
    case 'displaced':
      return { kind: 'refuse', code: 'ended' }
    default:
      return assertNever(status)
  }
}
