import { assertNever } from '../result/result.ts'
import type { LedgerEvent } from '../wire/v1/entries.ts'
import type { Block } from './block.ts'
import type { KnownBooking, ReceivedContext } from './received-booking.ts'

/** The entries that change what the site knows of a booking sold by the cloud. */
export type KnownBookingEvent = Extract<
  LedgerEvent,
  {
    type:
      | 'booking.received'
      | 'booking.adopted'
      | 'booking.checked_in'
      | 'booking.completed'
      | 'booking.no_show'
      | 'booking.cancelled'
      | 'booking.expired'
  }
>

/**
 * Applies one recorded entry about a booking that the cloud sold. What a pass supersedes is the matter of those other
 * bookings: apply `supersede` to each that `booking.adopted` names. A booking that an end row names is `keep`.
 */
export function evolveKnownBooking(known: KnownBooking, event: KnownBookingEvent): KnownBooking {
  switch (event.type) {
    case 'booking.received': {
      const { epoch, rev, standing, row } = event.body
      const position = { epoch, rev }
      if (known.kind === 'used') return { ...known, position }
      if (standing === null) return { kind: 'gone', position }
      if (known.kind === 'checked_in') return { ...known, position }
      if (row.status === 'confirmed') return { kind: 'confirmed', block: standing, position }
      // Its pass proved that it was paid: the row of its hold only comes late.
      return { kind: known.kind === 'adopted' ? 'adopted' : 'held', block: standing, position }
    }
    case 'booking.adopted': {
      const { fromMs, blockToMs } = event.body
      return { kind: 'adopted', block: { fromMs, blockToMs }, ...positionOf(known) }
    }
    case 'booking.checked_in':
      return 'block' in known ? { kind: 'checked_in', block: known.block, ...positionOf(known) } : known
    case 'booking.completed':
    case 'booking.no_show':
      return 'block' in known ? { kind: 'used', block: known.block, ...positionOf(known) } : known
    case 'booking.cancelled':
    case 'booking.expired':
      return supersede(known)
    default:
      return assertNever(event)
  }
}

/** A booking that an end row keeps; what the books know of it already goes before. */
export function keep(known: KnownBooking, block: Block): KnownBooking {
  return known.kind === 'none' ? { kind: 'kept', block } : known
}

/** A booking that holds nothing any more. */
export function supersede(known: KnownBooking): KnownBooking {
  return { kind: 'gone', ...positionOf(known) }
}

/**
 * What a booking that the cloud sold is to another one whose block it meets. Known from its pass alone, it stays `adopted`
 * when the holder has come: rows of before its sale are still on their way.
 */
export function standsAs(known: KnownBooking): ReceivedContext['inTheWay'][number]['by'] {
  if (known.kind === 'held') return 'cloud_hold'
  const isOnlyInPass = known.kind === 'checked_in' && known.position === undefined
  return known.kind === 'adopted' || isOnlyInPass ? 'adopted' : 'other'
}

function positionOf(known: KnownBooking) {
  return known.kind === 'none' || known.position === undefined ? {} : { position: known.position }
}
