import type { BookingId, CredentialId, MemberId } from '../ids/ids.ts'
import { credentialIdSchema } from '../ids/ids.ts'
import { isHeld, type Pass } from '../passes/pass.ts'
import { guardPass, type PassUse } from '../passes/pass-guard.ts'
import { err, ok, type Result } from '../result/result.ts'
import { type AccessBooking, type AccessSituation, decideRight } from './decide-access.ts'

/** The booking that a pass names, as the site's books have it. */
export type PassBooking =
  | { readonly kind: 'unknown' }
  /** Cancelled, over, not paid, or somebody else's. */
  | { readonly kind: 'not_in_force' }
  /** Sold by the cloud where it does not count: in a loan that is over, outside of it, or where another one stands. */
  | { readonly kind: 'refused'; readonly why: 'loan_ended' | 'outside_loan' | 'booking_displaced' }
  /** One for each space that it occupies. */
  | { readonly kind: 'in_force'; readonly bookings: readonly AccessBooking[] }

/** What the decision about a believed pass at a door looks at, besides what it looks at for a card. */
export interface PassSituation extends Omit<AccessSituation, 'credential' | 'bookings'> {
  readonly pass: Pass
  /** For passes that name one. */
  readonly booking: PassBooking
  /** Of the member, for a member's pass. */
  readonly bookings: readonly AccessBooking[]
  /** Window of the presentation; 0 for paper. */
  readonly window: number
  /** The last use of the pass in its slot. */
  readonly lastUse: PassUse | undefined
}

/** Why a believed pass does not open a door, in the order of decision. */
export type PassDoorRefusal =
  | 'lockdown'
  | 'pass_not_for_doors'
  | 'directory_too_old'
  | 'pass_other_door'
  | 'booking_unknown'
  | 'booking_not_in_force'
  | 'loan_ended'
  | 'outside_loan'
  | 'booking_displaced'
  | 'no_right'
  | 'outside_hours'
  | 'pass_used'
  | 'presentation_used'

/** By which right a pass opens, and the use to be stored with it. */
export interface PassGrant {
  readonly credentialId: CredentialId
  readonly memberId?: MemberId
  readonly right: 'plan' | 'booking'
  readonly bookingId?: BookingId
  readonly use: PassUse
}

/**
 * Decides whether a pass that is genuine and valid opens a door inwards now (RULES, Access: lockdown, age of
 * knowledge, right, then the guard against a second use; the first refusal wins).
 */
export function decidePass(situation: PassSituation): Result<PassGrant, PassDoorRefusal> {
  const { pass, doorId, window, lastUse: last, lockdown } = situation
  if (lockdown) return err('lockdown')
  if (!isHeld(pass)) return err('pass_not_for_doors')
  if (knowledgeAgeMs(situation) > knowledgeAgeMaxMs(situation)) return err('directory_too_old')
  if (pass.doors.length > 0 && !pass.doors.includes(doorId)) return err('pass_other_door')
  const right = rightOf(situation)
  if (!right.ok) return right
  const use = guardPass(pass, { direction: 'in', window, last })
  if (!use.ok) return use
  const memberId = pass.kind === 'guest' ? undefined : pass.memberId
  const credentialId = credentialIdSchema.parse(pass.passId)
  return ok({ credentialId, ...(memberId && { memberId }), ...right.value, use: use.value })
}

/** A pass brings what was known when it was signed, so knowledge is as old as the younger of pass and directory. */
function knowledgeAgeMs({ pass, atMs, directoryAgeMs }: PassSituation): number {
  return Math.max(0, Math.min(directoryAgeMs, atMs - pass.issuedMs))
}

function knowledgeAgeMaxMs({ pass, door, settings }: PassSituation): number {
  const doorMaxMs = door.offlineMaxMs ?? Number.POSITIVE_INFINITY
  // Guests and single bookings are let in for the length of their booking, which their right says.
  return pass.kind === 'member' ? Math.min(settings.memberOfflineMs, doorMaxMs) : doorMaxMs
}

function rightOf(situation: PassSituation): Result<Pick<PassGrant, 'right' | 'bookingId'>, PassDoorRefusal> {
  const { pass, booking, bookings } = situation
  if (pass.kind === 'member') return decideRight({ ...situation, bookings })
  if (booking.kind === 'unknown') return err('booking_unknown')
  if (booking.kind === 'not_in_force') return err('booking_not_in_force')
  if (booking.kind === 'refused') return err(booking.why)
  // The booking alone counts: whoever holds this pass need not be the member whose plan it was booked with.
  return decideRight({ ...situation, plan: undefined, bookings: booking.bookings })
}
