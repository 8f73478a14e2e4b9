import type { GuestLinkState } from '@gatehouse/shared/api/guest-view'
import type { BookingStatus } from '@gatehouse/shared/api/views'
import { assertNever } from '@gatehouse/shared/result/result'

/** More guests are never invited to one booking at once. */
const guestsMax = 20

/**
 * How many guests a booking may have at once: the seats of its space but the member's own, at most 20. A bay has none: a
 * garage lets vehicles in, by their plates.
 */
export function guestsAllowed({
  kind,
  capacity,
}: {
  readonly kind: string
  readonly capacity: number
}): number {
  return kind === 'bay' ? 0 : Math.max(0, Math.min(capacity - 1, guestsMax))
}

/** What is known of a link and its booking; times are epoch ms. */
interface Known {
  readonly takenBackMs: number | undefined
  /** Of the phone that opened it. */
  readonly holderKey: string | undefined
  readonly status: BookingStatus
  /** The end of the booking: until then a phone may open the link. */
  readonly toMs: number
  /** Until then the pass of the phone that did is renewed. */
  readonly lastMs: number
}

/**
 * What a link is worth at `nowMs` to the phone with that key, or to one without.
 *
 *   open ──first phone──▶ yours (to that phone), spent (to any other)
 *     └───────┴── booking cancelled, taken back, or its end ──▶ cancelled, taken_back, over (in this order)
 */
export function linkState(
  known: Known,
  { nowMs, holderKey }: { readonly nowMs: number; readonly holderKey: string | undefined },
): GuestLinkState {
  switch (known.status) {
    case 'cancelled':
    case 'displaced':
    case 'refused':
      // First, since this takes the pass back as well.
      return 'cancelled'
    case 'completed':
    case 'no_show':
    case 'expired':
      return known.takenBackMs === undefined ? 'over' : 'taken_back'
    case 'held':
    case 'pending':
    case 'confirmed':
    case 'checked_in':
      break
    default:
      return assertNever(known.status)
  }
  if (known.takenBackMs !== undefined) return 'taken_back'
  if (known.holderKey === undefined) return nowMs >= known.toMs ? 'over' : 'open'
  if (nowMs >= known.lastMs) return 'over'
  return known.holderKey === holderKey ? 'yours' : 'spent'
}
