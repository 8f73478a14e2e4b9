import { decidePass, type PassBooking, type PassDoorRefusal } from '@gatehouse/shared/access/decide-pass'
import type { PassageRefusal } from '@gatehouse/shared/access/decide-passage'
import * as ids from '@gatehouse/shared/ids/ids'
import type { Pass, PassDisbelieved, PassUnreadable } from '@gatehouse/shared/passes/pass'
import { guardSlot, type PassUse } from '@gatehouse/shared/passes/pass-guard'
import { readPresentation } from '@gatehouse/shared/passes/presentation'
import { type PassKnowledge, verifyPass } from '@gatehouse/shared/passes/verify-pass'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { ShownPass } from '@gatehouse/shared/wire/v1/passes'
import { z } from 'zod'
import {
  type Command,
  type CommandContext,
  type Decision,
  defineCommand,
  type Refusal,
} from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { type AccessOptions, memberSituation, strikeEffect } from './commands.ts'
import { fireAt } from './fires.ts'
import { lockdownSince } from './lockdown.ts'
import { lastPassUse } from './pass-uses.ts'
import { passageAt, type RefusedPassage } from './passage.ts'

/** What the site knows to judge passes with. */
export interface PassOptions extends AccessOptions {
  readonly passes: Omit<PassKnowledge, 'at'>
  /** The booking that a pass names, as the books have it, or as the pass tells it; and the entries that adopt it. */
  readonly bookingOfPass: (
    db: SiteDatabase,
    pass: Extract<Pass, { kind: 'booking' | 'guest' }>,
    atMs: number,
  ) => { readonly booking: PassBooking; readonly events: readonly LedgerEvent[] }
}

/** Why a pass opened nothing. */
export type PassRefusal = PassUnreadable | PassDisbelieved | PassDoorRefusal | PassageRefusal

/** What whoever scanned a pass is told: open, or why not. */
export type PassAnswer =
  | { readonly granted: true; readonly doorId: ids.DoorId; readonly pulseMs: number }
  | { readonly granted: false; readonly reason: PassRefusal }

/** Longer than any pass, so that what is too long is recorded as that. */
const scannedCharsMax = 4_096

const input = z.object({
  deviceId: ids.deviceIdSchema,
  doorId: ids.doorIdSchema,
  presentation: z.string().max(scannedCharsMax),
})

/** A pass shown at a door: opens it and uses the presentation up, or records why not. Refusal: `unknown_door`. */
export function presentPass(options: PassOptions): Command {
  return defineCommand({
    kind: 'presentPass',
    priority: 1,
    sells: false,
    input,
    run: (db, { deviceId, doorId, presentation }, context) => {
      const { directory, passes } = options
      if (!directory.get('door', doorId) || !directory.site()) return err({ code: 'unknown_door' })
      const place = { deviceId, doorId }
      const read = readPresentation(presentation)
      if (!read.ok) return ok(refuse(place, read.error))
      const { pass, shown } = read.value
      const verified = verifyPass(read.value, { ...passes, at: context.at })
      const use = { slot: guardSlot(pass, 'in'), window: shown?.window ?? 0 }
      // Only what both signatures prove is written down.
      if (!verified.ok) {
        return ok(
          refuse(place, verified.error, unproven.has(verified.error) ? undefined : shownPass(pass, use)),
        )
      }
      return decideAtDoor(options, db, { place, pass, use }, context)
    },
  })
}

interface Place {
  readonly deviceId: ids.DeviceId
  readonly doorId: ids.DoorId
}

function decideAtDoor(
  options: PassOptions,
  db: SiteDatabase,
  { place, pass, use }: { readonly place: Place; readonly pass: Pass; readonly use: PassUse },
  context: CommandContext,
): Result<Decision<PassAnswer>, Refusal> {
  const { doorId } = place
  const door = options.directory.get('door', doorId)
  const site = options.directory.site()
  if (!door || !site) return err({ code: 'unknown_door' })
  const atMs = context.at.wallMs
  const { booking, events } = bookingOf(options, db, pass, atMs)
  const decided = decidePass({
    ...{ atMs, doorId, door, pass, settings: site.settings, window: use.window },
    clockTrusted: context.at.quality === 'trusted',
    ...memberSituation(options, site, memberOfPass(pass), atMs),
    booking,
    bookings: pass.kind === 'member' ? options.bookingsOf(db, pass.memberId, atMs) : [],
    lastUse: lastPassUse(db, pass.passId, use.slot),
    lockdown: lockdownSince(db) !== undefined && !fireAt(db, door),
  })
  if (!decided.ok) {
    // What a genuine pass tells of a booking is true at any door.
    const refused = refuse(place, decided.error, shownPass(pass, use))
    return ok({ ...refused, events: [...events, ...refused.events] })
  }
  const { use: kept, ...grant } = decided.value
  const { memberId } = grant
  const passId = memberId === undefined ? pass.passId : undefined
  const asked = { doorId, door, timeZone: site.timeZone, memberId, passId }
  const passage = passageAt(options.directory, db, asked, context)
  if (!passage.ok) {
    const refused = refuse(place, passage.error.reason, shownPass(pass, use), passage.error.said)
    return ok({ ...refused, events: [...events, ...refused.events] })
  }
  const strike = strikeEffect(door, doorId, context)
  const { effectId } = strike
  return ok({
    events: [
      ...events,
      {
        type: 'access.granted',
        body: { ...place, pass: shownPass(pass, kept), effectId, ...grant, ...passage.value.said },
      },
      ...passage.value.events,
    ],
    effects: [strike],
    answer: () => ({ granted: true, doorId, pulseMs: door.pulseMs }),
  })
}

function refuse(
  place: Place,
  reason: PassRefusal,
  pass?: ShownPass,
  said: RefusedPassage['said'] = {},
): Decision<PassAnswer> {
  const credentialId = pass && ids.credentialIdSchema.parse(pass.passId)
  const body = { ...place, ...(pass && { pass }), ...(credentialId && { credentialId }), reason, ...said }
  return { events: [{ type: 'access.refused', body }], answer: () => ({ granted: false, reason }) }
}

/** What a forger wrote names nobody. */
const unproven: ReadonlySet<PassDisbelieved> = new Set<PassDisbelieved>([
  'pass_key_unknown',
  'pass_forged',
  'pass_not_presented',
  'presentation_forged',
])

function shownPass({ passId, kind, issuedMs, toMs }: Pass, { slot, window }: PassUse): ShownPass {
  // On the wire a receipt is a receipt, whatever was paid.
  return { passId, kind: kind === 'booking_receipt' ? 'receipt' : kind, issuedMs, toMs, slot, window }
}

/** The member whose pass it is; nobody for guests and paper. */
export function memberOfPass(pass: Pass): ids.MemberId | undefined {
  return pass.kind === 'member' || pass.kind === 'booking' ? pass.memberId : undefined
}

function bookingOf(
  { bookingOfPass }: PassOptions,
  db: SiteDatabase,
  pass: Pass,
  atMs: number,
): ReturnType<PassOptions['bookingOfPass']> {
  if (pass.kind !== 'booking' && pass.kind !== 'guest') return { booking: { kind: 'unknown' }, events: [] }
  return bookingOfPass(db, pass, atMs)
}
