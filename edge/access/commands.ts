import { type AccessBooking, type AccessRefusal, decideAccess } from '@gatehouse/shared/access/decide-access'
import type { PassageRefusal } from '@gatehouse/shared/access/decide-passage'
import {
  doorPinPolicy,
  judgePinWithCard,
  type PinRefusal,
  type PinVerdict,
} from '@gatehouse/shared/access/pin-at-door'
import { isOpen } from '@gatehouse/shared/calendar/opening'
import * as ids from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import {
  type Command,
  type CommandContext,
  type Decision,
  defineCommand,
  type EffectRequest,
  type Refusal,
} from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { reportDoor, reportDoorTrouble } from './door-reports.ts'
import { duressAlarm } from './duress.ts'
import { fireAt } from './fires.ts'
import { lockdownSince } from './lockdown.ts'
import { passageAt, type RefusedPassage } from './passage.ts'
import { countPin, pinEntryLocked } from './pin-guards.ts'
import { endReaderTrouble, reportReader } from './reader-troubles.ts'

/** A strike is not energised later than this after the decision: nobody expects the door to open by then. */
const strikeDeadlineMs = 3_000

export interface AccessOptions {
  readonly directory: DirectoryReader
  /** Bookings of a member that are confirmed or checked in and touch the moment, with their door. */
  readonly bookingsOf: (db: SiteDatabase, memberId: ids.MemberId, atMs: number) => readonly AccessBooking[]
  /** Milliseconds since the directory was last known to be current; 0 while connected. */
  readonly directoryAgeMs: (atMs: number) => number
}

const presented = z.object({
  deviceId: ids.deviceIdSchema,
  kind: z.enum(['card', 'pin']),
  /** Keyed digest of the card number or PIN; the number itself never reaches the ledger. */
  digest: z.string().length(64),
})
/** What was shown at a door; a card may come with the PIN typed after it, or with the word that none came in time. */
const presentedAtDoor = presented.extend({
  doorId: ids.doorIdSchema,
  pinDigest: z.string().length(64).optional(),
  pinTimeIsOver: z.boolean().optional(),
})
type PresentedAtDoor = z.infer<typeof presentedAtDoor>

type Presented = z.infer<typeof presented>

/** What a reader's owner is told: open, or why not. */
export type AccessAnswer =
  | { readonly granted: true; readonly memberId: ids.MemberId; readonly pulseMs: number }
  | { readonly granted: false; readonly reason: DoorRefusal }
  /** The card may enter and the door wants its member's PIN as well; nothing is decided yet. */
  | { readonly granted: false; readonly reason: 'pin_wanted' }

type DoorRefusal = AccessRefusal | PinRefusal | PassageRefusal | 'pin_locked'

/** The commands of the access module. */
export function accessCommands(options: AccessOptions): Command[] {
  return [
    ...[presentCredential(options), identifyMember(options)],
    ...[reportDoor, reportDoorTrouble, reportReader, endReaderTrouble],
  ]
}

/** A card or PIN at a door's reader: opens the door or records why not. Refusal: `unknown_door`. */
function presentCredential(options: AccessOptions): Command {
  return defineCommand({
    kind: 'presentCredential',
    priority: 1,
    sells: false,
    input: presentedAtDoor,
    run: (db, input, context) => {
      const door = options.directory.get('door', input.doorId)
      const site = options.directory.site()
      if (!door || !site) return err({ code: 'unknown_door' })
      return decideShown(options, db, { input, door, site }, context)
    },
  })
}

interface ShownAtDoor {
  readonly input: PresentedAtDoor
  readonly door: DirectoryBody<'door'>
  readonly site: DirectoryBody<'site'>
}

function decideShown(
  options: AccessOptions,
  db: SiteDatabase,
  { input, door, site }: ShownAtDoor,
  context: CommandContext,
): Result<Decision<AccessAnswer>, Refusal> {
  const { directory } = options
  const { doorId } = input
  const { wallMs: atMs, quality } = context.at
  const clockTrusted = quality === 'trusted'
  const alarm = duressAlarm(directory, input, { kind: 'duress', place: doorId }, context)
  const unfit = unfitForDoor(db, door, input, atMs)
  if (unfit) return ok(refuseAt(input, unfit, undefined, alarm))
  const credential = directory.credentialByDigest(input.digest)
  const lock = input.kind === 'pin' ? countPin(db, input.deviceId, { right: !!credential, atMs }) : []
  const decided = decideAccess({
    ...{ atMs, clockTrusted, doorId, door, settings: site.settings },
    ...memberSituation(options, site, credential?.body.memberId, atMs),
    lockdown: lockdownSince(db) !== undefined && !fireAt(db, door),
    credential: credential && { ...credential, key: ids.credentialIdSchema.parse(credential.key) },
    bookings: credential ? options.bookingsOf(db, credential.body.memberId, atMs) : [],
  })
  if (!decided.ok) return ok(refuseAt(input, decided.error, credential?.key, [...lock, ...alarm]))
  const asked = credential && askPin(options, db, { door, input, card: credential.body, atMs })
  if (asked?.verdict === 'wanted') return ok({ events: lock, answer: pinWanted })
  if (asked?.verdict === 'pin_missing' || asked?.verdict === 'pin_wrong') {
    return ok(refuseAt(input, asked.verdict, credential?.key, [...asked.lock, ...alarm]))
  }
  const grant = decided.value
  const passage = passageAt(
    directory,
    db,
    { doorId, door, timeZone: site.timeZone, memberId: grant.memberId, passId: undefined },
    context,
  )
  if (!passage.ok) {
    const { reason, said } = passage.error
    return ok(refuseAt(input, reason, credential?.key, [...lock, ...alarm], said))
  }
  const strike = strikeEffect(door, doorId, context)
  const body = { ...shownAt(input), effectId: strike.effectId, ...grant, ...passage.value.said }
  const answer: AccessAnswer = { granted: true, memberId: grant.memberId, pulseMs: door.pulseMs }
  return ok({
    events: [...lock, { type: 'access.granted', body }, ...passage.value.events, ...alarm],
    effects: [strike],
    answer: () => answer,
  })
}

const pinWanted = (): AccessAnswer => ({ granted: false, reason: 'pin_wanted' })

/** Why the door does not even look at who it is: what was shown is not what it takes, or PINs are locked. */
function unfitForDoor(
  db: SiteDatabase,
  door: DirectoryBody<'door'>,
  input: PresentedAtDoor,
  atMs: number,
): Extract<DoorRefusal, 'pin_not_accepted' | 'card_missing' | 'pin_locked'> | undefined {
  const policy = doorPinPolicy(door)
  if (input.kind === 'pin' && policy === 'never') return 'pin_not_accepted'
  if (input.kind === 'pin' && policy === 'with_card') return 'card_missing'
  const holdsPin = input.kind === 'pin' || (input.pinDigest !== undefined && policy === 'with_card')
  return holdsPin && pinEntryLocked(db, input.deviceId, atMs) ? 'pin_locked' : undefined
}

/** Judges the PIN of a card at a door that wants both; wrong ones are counted as any wrong PIN. */
function askPin(
  { directory }: AccessOptions,
  db: SiteDatabase,
  asked: {
    readonly door: DirectoryBody<'door'>
    readonly input: PresentedAtDoor
    readonly card: DirectoryBody<'credential'>
    readonly atMs: number
  },
): { readonly verdict: PinVerdict; readonly lock: readonly LedgerEvent[] } {
  const { door, input, card, atMs } = asked
  if (input.kind !== 'card') return { verdict: 'not_needed', lock: [] }
  const typed = input.pinDigest
  const pin = typed === undefined ? undefined : (directory.credentialByDigest(typed)?.body ?? 'unknown')
  const timeIsOver = input.pinTimeIsOver === true
  const verdict = judgePinWithCard({ policy: doorPinPolicy(door), card, pin, timeIsOver, atMs })
  if (verdict !== 'right' && verdict !== 'pin_wrong') return { verdict, lock: [] }
  return { verdict, lock: countPin(db, input.deviceId, { right: verdict === 'right', atMs }) }
}

/** A card or PIN at the kiosk: says whose it is. Refusals: `pin_locked`, `member_unknown`. */
function identifyMember({ directory }: AccessOptions): Command {
  return defineCommand({
    kind: 'identifyMember',
    priority: 2,
    sells: false,
    input: presented,
    run: (db, input: Presented, context) => {
      const { wallMs: atMs } = context.at
      const isPin = input.kind === 'pin'
      if (isPin && pinEntryLocked(db, input.deviceId, atMs)) return err({ code: 'pin_locked' })
      const credential = directory.credentialByDigest(input.digest)
      const valid = credential && !credential.body.revoked && isInValidity(credential.body, atMs)
      const alarm = duressAlarm(directory, input, { kind: 'duress_at_kiosk', place: input.deviceId }, context)
      const counted = isPin ? countPin(db, input.deviceId, { right: valid === true, atMs }) : []
      const events = [...counted, ...alarm]
      const member = valid ? directory.get('member', credential.body.memberId) : undefined
      if (!valid || !member) return ok({ events, answer: () => null })
      const plan = member.planId && directory.get('plan', member.planId)
      const { displayName } = member
      const planName = plan ? plan.name : undefined
      return ok({ events, answer: () => ({ memberId: credential.body.memberId, displayName, planName }) })
    },
  })
}

function refuseAt(
  shown: Presented & { readonly doorId: ids.DoorId },
  reason: DoorRefusal,
  credentialKey: string | undefined,
  before: readonly LedgerEvent[],
  said: RefusedPassage['said'] = {},
): { events: LedgerEvent[]; answer: () => AccessAnswer } {
  const credentialId =
    credentialKey === undefined ? {} : { credentialId: ids.credentialIdSchema.parse(credentialKey) }
  return {
    events: [
      ...before,
      { type: 'access.refused', body: { ...shownAt(shown), ...credentialId, reason, ...said } },
    ],
    answer: () => ({ granted: false, reason }),
  }
}

/** Where and with what: the door, its reader, card or PIN. */
function shownAt({ doorId, deviceId, kind }: Presented & { readonly doorId: ids.DoorId }) {
  return { doorId, deviceId, credential: kind }
}

/** The strike of a door, once, within 3 s of the decision. */
export function strikeEffect(
  door: DirectoryBody<'door'>,
  doorId: ids.DoorId,
  context: CommandContext,
): EffectRequest {
  return {
    effectId: ids.newId(ids.effectIdSchema, 'fx', context.random),
    kind: 'strike',
    body: { doorId, deviceId: door.strikeDeviceId, pulseMs: door.pulseMs },
    deadlineMs: strikeDeadlineMs,
  }
}

/** What is known of a member, or of nobody in particular, for a decision at `atMs` (epoch ms). */
export function memberSituation(
  { directory, directoryAgeMs }: AccessOptions,
  site: DirectoryBody<'site'>,
  memberId: ids.MemberId | undefined,
  atMs: number,
) {
  const member = memberId && directory.get('member', memberId)
  const planId = member ? member.planId : undefined
  const plan = planId && directory.get('plan', planId)
  return {
    member: member || undefined,
    plan: plan || undefined,
    planOpenNow: plan ? planIsOpen(plan, site, atMs) : false,
    directoryAgeMs: directoryAgeMs(atMs),
  }
}

/** Within the plan's hours and, on a holiday, within those of the holiday, unless the plan says otherwise. */
function planIsOpen(
  { access }: DirectoryBody<'plan'>,
  { timeZone, holidays }: DirectoryBody<'site'>,
  atMs: number,
): boolean {
  const hours = { timeZone, openingHours: access.hours }
  if (!isOpen(hours, atMs)) return false
  return access.onHolidays === 'as_usual' || isOpen({ ...hours, holidays }, atMs)
}

function isInValidity({ fromMs, toMs }: DirectoryBody<'credential'>, atMs: number): boolean {
  return (fromMs === undefined || atMs >= fromMs) && (toMs === undefined || atMs < toMs)
}
