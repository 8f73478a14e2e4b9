import type { BookingId, CredentialId, DoorId, MemberId } from '../ids/ids.ts'
import { err, ok, type Result } from '../result/result.ts'
import type { DirectoryBody } from '../wire/v1/directory.ts'

/** A booking of the member that may open something now. */
export interface AccessBooking {
  readonly bookingId: BookingId
  readonly fromMs: number
  readonly toMs: number
  /** The door of the booked space, when it has one of its own. */
  readonly doorId: DoorId | undefined
  /** Nobody else holds the space at this moment; unlocking early needs it (RULES, Access). */
  readonly spaceFreeNow: boolean
}

/** Everything the decision looks at; gathered by the caller, so that deciding is pure. */
export interface AccessSituation {
  readonly atMs: number
  readonly doorId: DoorId
  readonly door: DirectoryBody<'door'>
  readonly settings: DirectoryBody<'site'>['settings']
  readonly credential: { readonly key: CredentialId; readonly body: DirectoryBody<'credential'> } | undefined
  readonly member: DirectoryBody<'member'> | undefined
  readonly plan: DirectoryBody<'plan'> | undefined
  /** Whether the plan's access hours include this moment, in the site's zone. */
  readonly planOpenNow: boolean
  readonly bookings: readonly AccessBooking[]
  /** Milliseconds since the directory was last known to be current; 0 while connected. */
  readonly directoryAgeMs: number
  /**
   * Without a trusted clock known cards work and what depends on dates does not: cards that are limited in time, and
   * rights of bookings. Hours and ends of plans are not judged (ARCHITECTURE §3).
   */
  readonly clockTrusted: boolean
  /** Nobody is let in at all; the way out stays free. */
  readonly lockdown: boolean
}

/** Why a door stays closed, in the order of decision. */
export type AccessRefusal =
  | 'lockdown'
  | 'credential_unknown'
  | 'credential_revoked'
  | 'clock_untrusted'
  | 'credential_not_yet_valid'
  | 'credential_expired'
  | 'directory_too_old'
  | 'no_right'
  | 'outside_hours'

/** By which right the door opens. */
export interface AccessGrant {
  readonly credentialId: CredentialId
  readonly memberId: MemberId
  readonly right: 'plan' | 'booking'
  readonly bookingId?: BookingId
}

/**
 * Decides whether a credential opens a door now (RULES, Access: lockdown, credential, then right; the first refusal
 * wins).
 */
export function decideAccess(situation: AccessSituation): Result<AccessGrant, AccessRefusal> {
  const { credential, lockdown } = situation
  if (lockdown) return err('lockdown')
  if (!credential) return err('credential_unknown')
  const refusal = credentialRefusal(situation, credential.body)
  if (refusal) return err(refusal)
  const who = { credentialId: credential.key, memberId: credential.body.memberId }
  const right = decideRight(situation)
  return right.ok ? ok({ ...who, ...right.value }) : right
}

/** Decides by which right a door opens for somebody whose credential is in order: a booking, else the plan. */
export function decideRight(
  situation: Omit<AccessSituation, 'credential'>,
): Result<Pick<AccessGrant, 'right' | 'bookingId'>, 'no_right' | 'outside_hours'> {
  const booking = situation.bookings.find((candidate) => bookingOpens(situation, candidate))
  if (booking) return ok({ right: 'booking', bookingId: booking.bookingId })
  const planRefusal = planRefuses(situation)
  return planRefusal ? err(planRefusal) : ok({ right: 'plan' })
}

function credentialRefusal(
  { atMs, clockTrusted, directoryAgeMs, settings, door }: AccessSituation,
  credential: DirectoryBody<'credential'>,
): AccessRefusal | undefined {
  if (credential.revoked) return 'credential_revoked'
  const isDateBound = credential.fromMs !== undefined || credential.toMs !== undefined
  if (!clockTrusted && isDateBound) return 'clock_untrusted'
  if (credential.fromMs !== undefined && atMs < credential.fromMs) return 'credential_not_yet_valid'
  if (credential.toMs !== undefined && atMs >= credential.toMs) return 'credential_expired'
  // A clock that jumped tells no age; only doors and cards that are strict by name go by what it says.
  const siteMaxMs = clockTrusted ? settings.memberOfflineMs : undefined
  const limits = [siteMaxMs, door.offlineMaxMs, credential.offlineMaxMs]
  if (limits.some((maxMs) => maxMs !== undefined && directoryAgeMs > maxMs)) return 'directory_too_old'
  return undefined
}

/** A booking opens its own door and the public ones, from shortly before to shortly after. */
function bookingOpens(
  { atMs, clockTrusted, doorId, door, settings }: Omit<AccessSituation, 'credential'>,
  booking: AccessBooking,
): boolean {
  if (!clockTrusted) return false
  if (!door.public && booking.doorId !== doorId) return false
  if (atMs >= booking.toMs + settings.unlockLateMs) return false
  if (atMs >= booking.fromMs) return true
  return atMs >= booking.fromMs - settings.unlockEarlyMs && (door.public || booking.spaceFreeNow)
}

function planRefuses({
  atMs,
  clockTrusted,
  door,
  member,
  plan,
  planOpenNow,
}: Omit<AccessSituation, 'credential'>): 'no_right' | 'outside_hours' | undefined {
  if (!member || !plan) return 'no_right'
  if (!door.public && plan.access.doors !== 'all') return 'no_right'
  if (!clockTrusted) return undefined
  if (member.planFromMs !== undefined && atMs < member.planFromMs) return 'no_right'
  if (member.planToMs !== undefined && atMs >= member.planToMs) return 'no_right'
  return planOpenNow ? undefined : 'outside_hours'
}
