import { assertNever } from '@gatehouse/shared/result/result'
import { addPrices } from '@gatehouse/shared/tariffs/added-price'
import type { EntryBody, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { holding, overlapping, overlaps } from './booking-overlap.ts'
import { evolveAudit } from './evolve-audit.ts'
import { evolveCredits, type UnpostableCredits } from './evolve-credits.ts'
import { evolveLoans, type UnpostableLoan } from './evolve-loans.ts'
import { pay } from './evolve-payment.ts'
import { adopt, receive } from './evolve-received.ts'
import { evolveSession, noteStay, type SessionEvent } from './evolve-session.ts'
import {
  type BookingRow,
  keepBooking,
  type ProjectedBookingStatus,
  type ProjectedRows,
} from './projected-rows.ts'

/** Where and when an entry was recorded. */
export interface EntryPlace {
  readonly seq: number
  /** The site's wall time, epoch milliseconds. */
  readonly atMs: number
}

/** Why a readable entry cannot be posted: what it speaks of is missing, taken or there already. */
export type Unprojectable =
  | 'unknown_booking'
  | 'unknown_session'
  | 'booking_exists'
  | 'session_exists'
  | 'payment_exists'
  | 'overlap'
  | UnpostableLoan
  | UnpostableCredits
  | 'contradicted'

/**
 * Applies one event to the rows, or says why it cannot be and leaves them as they were. The fact itself is
 * never doubted: states are taken over as the site tells them.
 */
export function evolve(
  rows: ProjectedRows,
  event: LedgerEvent,
  place: EntryPlace,
): Unprojectable | undefined {
  const refused =
    post(rows, event, place) ??
    (rows.loans && evolveLoans(rows.loans, event, place.atMs)) ??
    (rows.credits && evolveCredits(rows.credits, event, place.atMs))
  if (refused === undefined) evolveAudit(rows, event, place)
  return refused
}

function post(rows: ProjectedRows, event: LedgerEvent, place: EntryPlace): Unprojectable | undefined {
  switch (event.type) {
    case 'booking.held':
      return hold(rows, event.body, place)
    case 'booking.confirmed':
      return setStatus(rows, event.body.bookingId, 'confirmed', place)
    case 'booking.cancelled':
      return setStatus(rows, event.body.bookingId, 'cancelled', place, (row) => {
        row.fee_minor = event.body.feeMinor
      })
    case 'booking.expired':
      return setStatus(rows, event.body.bookingId, 'expired', place)
    case 'booking.checked_in':
      return setStatus(rows, event.body.bookingId, 'checked_in', place)
    case 'booking.no_show':
      return setStatus(rows, event.body.bookingId, 'no_show', place)
    case 'booking.completed':
      return setStatus(rows, event.body.bookingId, 'completed', place, (row) => {
        row.ended_ms = event.body.endedMs ?? null
      })
    case 'booking.extension_held':
    case 'booking.extended':
    case 'booking.extension_dropped':
      return evolveExtension(rows, event, place)
    case 'payment.captured':
    case 'payment.refunded':
      return pay(rows, event, place)
    case 'recovery.contradicted':
      return 'contradicted'
    case 'booking.received':
      return receive(rows, event.body, place)
    case 'booking.adopted':
      return adopt(rows, event.body, place)
    case 'session.arrived':
    case 'session.entered':
    case 'session.voided':
    case 'session.charged':
    case 'session.departing':
    case 'session.departed':
      return evolveSession(rows, event satisfies SessionEvent, place)
    default:
      return observe(rows, event, place)
  }
}

function hold(
  rows: ProjectedRows,
  body: EntryBody<'booking.held'>,
  place: EntryPlace,
): Unprojectable | undefined {
  if (rows.bookings.has(body.bookingId)) return 'booking_exists'
  const row: BookingRow = {
    seq: place.seq,
    booking_id: body.bookingId,
    space_id: body.spaceId,
    status: 'held',
    member_id: body.holder.kind === 'member' ? body.holder.memberId : null,
    guest_id: body.holder.kind === 'guest' ? body.holder.guestId : null,
    reference: body.reference,
    from_ms: body.fromMs,
    to_ms: body.toMs,
    block_to_ms: body.blockToMs,
    hold_until_ms: body.holdUntilMs,
    price: body.price,
    fee_minor: 0,
    paid_minor: 0,
    refunded_minor: 0,
    paid_by: null,
    held_ms: place.atMs,
    parts: body.parts ?? [],
    extension: null,
    ended_ms: null,
    loan_ids: [],
    site_status: null,
    row_epoch: null,
    row_rev: null,
  }
  const met = overlapping(rows, row)
  if ([...met].some(({ seq }) => seq > 0)) return 'overlap'
  // Sold by the cloud and not known to the site: the site's own sale stands (RULES, Booking).
  for (const other of met) {
    other.status = 'displaced'
    rows.dirty.bookings.add(other.booking_id)
  }
  keepBooking(rows, row)
  rows.dirty.bookings.add(row.booking_id)
  return undefined
}

function setStatus(
  rows: ProjectedRows,
  bookingId: string,
  status: ProjectedBookingStatus,
  place: EntryPlace,
  change: (row: BookingRow) => void = () => {},
): Unprojectable | undefined {
  const row = rows.bookings.get(bookingId)
  if (row === undefined) return 'unknown_booking'
  if (holding.has(status) && !holding.has(row.status) && overlaps(rows, row)) return 'overlap'
  row.status = status
  if (row.loan_ids.length > 0) row.site_status = status
  row.seq = place.seq
  if (!holding.has(status) && row.extension) {
    // Whatever ends a booking gives back the later end that waited for its payment.
    row.block_to_ms = row.extension.blockFromMs
    row.extension = null
  }
  change(row)
  rows.dirty.bookings.add(bookingId)
  return undefined
}

type ExtensionEvent = Extract<LedgerEvent, { type: `booking.exten${string}` }>

function evolveExtension(
  rows: ProjectedRows,
  { type, body }: ExtensionEvent,
  place: EntryPlace,
): Unprojectable | undefined {
  const row = rows.bookings.get(body.bookingId)
  if (row === undefined) return 'unknown_booking'
  if (holding.has(row.status) && overlaps(rows, { ...row, block_to_ms: body.blockToMs })) return 'overlap'
  if (type === 'booking.extension_held') {
    const { toMs, holdUntilMs, price } = body
    const blockFromMs = row.extension?.blockFromMs ?? row.block_to_ms
    row.extension = { toMs, holdUntilMs, blockFromMs, price }
  } else {
    row.extension = null
  }
  if (type === 'booking.extended') {
    row.to_ms = body.toMs
    row.price = addPrices(row.price, body.price)
  }
  row.block_to_ms = body.blockToMs
  row.seq = place.seq
  rows.dirty.bookings.add(row.booking_id)
  return undefined
}

type Observation = Exclude<
  LedgerEvent,
  { type: SessionEvent['type'] | `booking.${string}` | `payment.${string}` | 'recovery.contradicted' }
>

function observe(rows: ProjectedRows, event: Observation, { seq, atMs }: EntryPlace): undefined {
  switch (event.type) {
    case 'door.state_changed': {
      const { doorId, state } = event.body
      rows.doorStates.set(doorId, { seq, door_id: doorId, state, since_ms: atMs })
      return
    }
    case 'space.sensed': {
      const { spaceId, occupied } = event.body
      rows.spaceStates.set(spaceId, { seq, space_id: spaceId, occupied, since_ms: atMs })
      return
    }
    case 'effect.settled': {
      const { effectId, outcome, detail = null, paymentId } = event.body
      rows.effects.set(effectId, { seq, effect_id: effectId, outcome, detail, at_ms: atMs })
      if (outcome === 'failed' && paymentId) {
        rows.refusedMoney.push({ seq, paymentId, reason: detail ?? 'refused' })
      }
      return
    }
    case 'access.granted':
    case 'access.refused':
    case 'access.exit_requested':
    case 'door.unlocked':
    case 'door.hold_started':
    case 'door.hold_ended':
    case 'fire.alarmed':
    case 'fire.cleared':
    case 'passback.forgiven':
    case 'door.trouble_started':
    case 'door.trouble_ended':
    case 'lane.trouble_ended':
    case 'lane.opened_by_hand':
    case 'lane.passed':
    case 'lane.hold_started':
    case 'lane.hold_ended':
    case 'lane.fire_ended':
    case 'lockdown.started':
    case 'lockdown.ended':
      // Noted by `evolveAudit`.
      return
    case 'incident.opened':
    case 'lane.refused':
      noteStay(rows, event, { seq, atMs })
      return
    case 'site.started':
    case 'request.refused':
    case 'site.recovered':
    case 'reader.pin_locked':
    case 'reader.trouble_ended':
    case 'staff.logged_in':
    case 'staff.locked':
    case 'device.tested':
    case 'loan.granted':
    case 'loan.recalled':
    case 'loan.ended':
    case 'loan.confirmed':
    case 'lending.stopped':
    case 'lending.resumed':
    case 'allowance.received':
    case 'allowance.drawn':
    case 'allowance.restored':
      // Kept in the ledger; loans and credits are folded beside, answers to requests are noted by the caller.
      return
    default:
      assertNever(event)
  }
}
