import type { AccessBooking } from '@gatehouse/shared/access/decide-access'
import type { PassBooking } from '@gatehouse/shared/access/decide-pass'
import { bookableSpace } from '@gatehouse/shared/booking/combined'
import { blockInside } from '@gatehouse/shared/loans/block'
import {
  type AdoptionRefusal,
  adoptBooking,
  type KnownBooking,
  type PassBooking as Told,
} from '@gatehouse/shared/loans/received-booking'
import { noLoan, type SiteLoan } from '@gatehouse/shared/loans/site-loan'
import type { HeldPass } from '@gatehouse/shared/passes/pass'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { passBooking } from '../bookings/booking-lookup.ts'
import { siteRoom } from '../bookings/site-room.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { inTheWay, loadNamed } from './known-booking-store.ts'
import { lendingStop } from './lending-state.ts'
import { loadLoan, runningLoansOf } from './loan-store.ts'

/** Says that a pass names a loan this site does not know: its ledger was rolled back; `about` is the loan. */
export const loanUnknownIncident = 'loan_unknown'

/** A pass that names a booking. */
export type BookingPass = Extract<HeldPass, { kind: 'booking' | 'guest' }>

/** The booking that a pass names, and what is to be recorded before anything opens for it. */
export interface FoundByPass {
  readonly booking: PassBooking
  readonly events: readonly LedgerEvent[]
}

const refusals: Readonly<Record<AdoptionRefusal, PassBooking>> = {
  loan_ended: { kind: 'refused', why: 'loan_ended' },
  outside_loan: { kind: 'refused', why: 'outside_loan' },
  booking_cancelled: { kind: 'not_in_force' },
  booking_over: { kind: 'not_in_force' },
}

/**
 * The booking that a believed pass names at `atMs` (epoch ms), as the books have it; one that they never heard of is
 * adopted when it was sold inside a loan that this site gave and has not ended (ARCHITECTURE §2).
 */
export function bookingOfPass(
  directory: DirectoryReader,
  db: SiteDatabase,
  pass: BookingPass,
  atMs: number,
): FoundByPass {
  const known = loadNamed(db, pass.bookingId)
  const told = known.kind === 'none' || known.kind === 'kept' ? toldBy(directory, db, pass) : undefined
  if (told === undefined) return { booking: inBooks(directory, db, { pass, known, atMs }), events: [] }
  const { body, loans } = told
  const spaceIds = [body.spaceId, ...(body.parts ?? [])]
  const others = inTheWay(db, { ...body, spaceIds })
  const decided = adoptBooking(known, body, { loans, inTheWay: others })
  if (!decided.ok) return { booking: refusals[decided.error], events: [] }
  const { events, verdict } = decided.value
  const recorded = events.flatMap((event) => withAlarm(db, event))
  if (verdict === 'displaced') {
    return { booking: { kind: 'refused', why: 'booking_displaced' }, events: recorded }
  }
  const isThere = others.some(
    (other) => other.by !== 'cloud_hold' && other.fromMs <= atMs && atMs < other.blockToMs,
  )
  const bookings = spaceIds.map(
    (spaceId): AccessBooking => ({
      ...{ bookingId: body.bookingId, fromMs: body.fromMs, toMs: body.toMs },
      doorId: directory.get('space', spaceId)?.doorId,
      spaceFreeNow: !isThere,
    }),
  )
  return { booking: { kind: 'in_force', bookings }, events: recorded }
}

function inBooks(
  directory: DirectoryReader,
  db: SiteDatabase,
  asked: { readonly pass: BookingPass; readonly known: KnownBooking; readonly atMs: number },
): PassBooking {
  const { pass, known, atMs } = asked
  const memberId = pass.kind === 'booking' ? pass.memberId : undefined
  // The cloud gives passes for what is paid: the row that says so is still on its way.
  const paidElsewhere = known.kind === 'held' && pass.loanId !== undefined
  return passBooking(db, directory, { bookingId: pass.bookingId, memberId, atMs, paidElsewhere })
}

/** What a pass says of its booking, and the loans that it leads to, the named one first. */
function toldBy(
  directory: DirectoryReader,
  db: SiteDatabase,
  pass: BookingPass,
): { readonly body: Told; readonly loans: readonly SiteLoan[] } | undefined {
  const { loanId, block, bookingId, passId } = pass
  const space = block && directory.get('space', block.spaceId)
  if (loanId === undefined || block === undefined || space === undefined) return undefined
  const { spaceId, fromMs, toMs } = block
  const blockToMs = toMs + bookableSpace(siteRoom(directory).spaces, space).gapMs
  const named = loadLoan(db, loanId)
  const parts = space.parts ?? []
  const namedSpace =
    named.kind === 'none' ? undefined : 'terms' in named ? named.terms.spaceId : named.row.spaceId
  const others = parts
    .filter((part) => part !== namedSpace)
    .map((part) =>
      runningLoansOf(db, part, { fromMs, toMs: blockToMs }).find(({ terms }) =>
        blockInside({ fromMs, blockToMs }, terms),
      ),
    )
  const loanIds = [loanId, ...others.flatMap((loan) => loan?.terms.loanId ?? [])]
  const holder =
    pass.kind === 'booking'
      ? ({ kind: 'member', memberId: pass.memberId } as const)
      : ({ kind: 'guest', guestId: pass.guestId } as const)
  const body: Told = {
    ...{ bookingId, passId, spaceId, loanIds, holder, fromMs, toMs, blockToMs },
    ...(parts.length > 0 ? { parts } : {}),
    // Its own comes with its row; nobody types this one at a kiosk.
    reference: bookingId,
  }
  return { body, loans: [named, ...(named.kind === 'none' ? [] : others.map((loan) => loan ?? noLoan))] }
}

/** The first proof of a rollback stops what is lent and calls somebody; later ones say the same. */
function withAlarm(db: SiteDatabase, event: LedgerEvent): readonly LedgerEvent[] {
  if (event.type !== 'lending.stopped') return [event]
  if (lendingStop(db) !== undefined) return []
  const about = event.body.loanId ?? ''
  const body = { incidentId: `inc_loan_${about}`, kind: loanUnknownIncident, about }
  return [event, { type: 'incident.opened', body }]
}
