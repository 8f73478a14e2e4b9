import { z } from 'zod'
import * as ids from '../../ids/ids.ts'
import { allowanceMovementSchema, receivedAllowanceSchema } from './allowances.ts'
import {
  amountMinorSchema,
  holderSchema,
  partsMax,
  paymentMethodSchema,
  priceSchema,
  wallMsSchema,
} from './facts.ts'
import {
  laneFireEndedSchema,
  laneHoldEndedSchema,
  laneHoldStartedSchema,
  laneOpenedByHandSchema,
  lanePassedSchema,
} from './lane-acts.ts'
import {
  adoptedBookingSchema,
  loanEndSchema,
  loanTermsSchema,
  positionSchema,
  receivedBookingSchema,
} from './loans.ts'
import { shownPassSchema } from './passes.ts'
import { lockdownSchema, remotelyUnlockedSchema } from './remote-commands.ts'
import { deviceTestedSchema, staffLockedSchema, staffLoggedInSchema } from './staff.ts'

export {
  amountMinorSchema,
  type Holder,
  holderSchema,
  type PaymentMethod,
  type Price,
  type PriceLine,
  partsMax,
  paymentMethodSchema,
  priceLineSchema,
  priceSchema,
  wallMsSchema,
} from './facts.ts'

export const vehicleClassSchema = z.enum(['motorcycle', 'car', 'large', 'ev', 'accessible'])
export type VehicleClass = z.infer<typeof vehicleClassSchema>
/** At which reader it was shown, and what; absent in entries of older sites. */
const shown = {
  deviceId: ids.deviceIdSchema.optional(),
  credential: z.enum(['card', 'pin']).optional(),
  /** Instead of a card or PIN; its pass id is the `credentialId`. */
  pass: shownPassSchema.optional(),
}

/** Where who was let through is from then on, at doors between zones; `null` is outside. */
const moves = z
  .object({
    zoneId: ids.zoneIdSchema.nullable(),
    /** At once, or when the door opens until `untilMs`: it knows, by its contact. */
    on: z.enum(['release', 'opening']),
    untilMs: wallMsSchema,
  })
  .optional()
/** How long the lock was released, where other doors wait for it. */
const pulseMs = z.int().min(0).optional()

const booking = { bookingId: ids.bookingIdSchema }
/** Present when the entry answers a request that came as a directory row. */
const answers = { requestId: ids.requestIdSchema.optional() }
const session = { sessionId: ids.sessionIdSchema }
/** A later end of a booking that began at `fromMs`; `price` is that of the added part alone. */
const extension = {
  ...booking,
  ...answers,
  spaceId: ids.spaceIdSchema,
  fromMs: wallMsSchema,
  toMs: wallMsSchema,
  blockToMs: wallMsSchema,
  price: priceSchema,
}
const payment = {
  paymentId: ids.paymentIdSchema,
  subject: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('booking'), bookingId: ids.bookingIdSchema }),
    z.object({ kind: z.literal('session'), sessionId: ids.sessionIdSchema }),
  ]),
  method: paymentMethodSchema,
  amountMinor: amountMinorSchema,
  currency: z.string().length(3),
}

/** The place of an entry in an earlier life of the site. */
const originSchema = z.object({
  incarnation: z.int().min(1),
  seq: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
})
export type EntryOriginPlace = z.infer<typeof originSchema>

/** The body of every entry type. Adding a type or an optional field is compatible; nothing else is. */
export const entryBodies = {
  'site.started': z.object({ version: z.string(), incarnation: z.int() }),
  /** This life holds the books of `from` and of the lives before it, as the cloud kept them. */
  'site.recovered': z.object({
    /** `recovered`: the same box from an old image; `adopted`: another box. */
    how: z.enum(['recovered', 'adopted']),
    from: z.object({ incarnation: z.int().min(1), seq: z.int().min(0) }),
    /** Entries that came back from the cloud, and entries of the box itself that are entered again after this one. */
    fetched: z.int().min(0),
    reentered: z.int().min(0),
  }),
  /** A fact of the lost branch that its own past contradicts: recorded, and posted nowhere until a person looked. */
  'recovery.contradicted': z.object({
    origin: originSchema,
    type: z.string(),
    /** What the books say against it, for example `space_taken`. */
    code: z.string(),
    body: z.record(z.string(), z.unknown()),
  }),
  'booking.held': z.object({
    ...booking,
    ...answers,
    spaceId: ids.spaceIdSchema,
    /** What a combined space consisted of when it was held: the booking occupies these, too. */
    parts: z.array(ids.spaceIdSchema).max(partsMax).optional(),
    holder: holderSchema,
    reference: z.string(),
    fromMs: wallMsSchema,
    toMs: wallMsSchema,
    blockToMs: wallMsSchema,
    holdUntilMs: wallMsSchema,
    price: priceSchema,
  }),
  'booking.confirmed': z.object({ ...booking, ...answers }),
  'booking.cancelled': z.object({
    ...booking,
    ...answers,
    feeMinor: amountMinorSchema,
    refundMinor: amountMinorSchema,
  }),
  'booking.expired': z.object(booking),
  'booking.checked_in': z.object(booking),
  'booking.no_show': z.object(booking),
  'booking.completed': z.object({
    ...booking,
    ...answers,
    /** When the holder left; absent when the booking ran to its end. */
    endedMs: wallMsSchema.optional(),
  }),
  /** The added part is kept for the holder until `holdUntilMs`, or until it is paid. */
  'booking.extension_held': z.object({ ...extension, holdUntilMs: wallMsSchema }),
  'booking.extended': z.object(extension),
  /** The added part was not paid in time: the block ends at `blockToMs` again. */
  'booking.extension_dropped': z.object({ ...booking, blockToMs: wallMsSchema }),
  /**
   * A `booking` row of the directory was applied; the cloud sells a block it freed again only after this.
   * Recorded once per row, whatever the outcome.
   */
  'booking.received': receivedBookingSchema,
  /** A valid pass told of a booking before its row did. */
  'booking.adopted': adoptedBookingSchema,
  /** From here on the site sells nothing that meets the loan; the cloud may, once it has this entry. */
  'loan.granted': loanTermsSchema,
  /** The site asks for it back; it still sells nothing there. */
  'loan.recalled': z.object({
    loanId: ids.loanIdSchema,
    reason: z.enum(['kiosk', 'policy', 'person', 'contradiction']),
  }),
  /** The row that ended it was applied: the site sells there again, around what it keeps. */
  'loan.ended': z.object({ loanId: ids.loanIdSchema, ...positionSchema.shape, row: loanEndSchema }),
  /** A new incarnation of the site stands by a loan of an earlier one. */
  'loan.confirmed': loanTermsSchema,
  /** The site sells only what it never lends, until it has spoken with the cloud about its loans. */
  'lending.stopped': z.object({
    reason: z.enum(['unknown_loan', 'witness_ahead', 'new_incarnation']),
    loanId: ids.loanIdSchema.optional(),
    passId: ids.passIdSchema.optional(),
  }),
  'lending.resumed': z.object({ epoch: z.int().min(0) }),
  /** A row of kind `allowance` was applied; recorded once per row, with what the site gave back by it. */
  'allowance.received': receivedAllowanceSchema,
  'allowance.drawn': allowanceMovementSchema,
  'allowance.restored': allowanceMovementSchema,
  'request.refused': z.object({ requestId: ids.requestIdSchema, code: z.string() }),
  'payment.captured': z.object({
    ...payment,
    /** Who took the money: the site's own gateway or drawer, or the cloud. */
    takenBy: z.enum(['site', 'cloud']),
    tenderedMinor: amountMinorSchema.optional(),
    changeMinor: amountMinorSchema.optional(),
  }),
  'payment.refunded': z.object({
    ...payment,
    takenBy: z.enum(['site', 'cloud']),
    ofPaymentId: ids.paymentIdSchema,
  }),
  'access.granted': z.object({
    ...shown,
    doorId: ids.doorIdSchema,
    credentialId: ids.credentialIdSchema,
    memberId: ids.memberIdSchema.optional(),
    right: z.enum(['plan', 'booking']),
    bookingId: ids.bookingIdSchema.optional(),
    effectId: ids.effectIdSchema,
    moves,
    pulseMs,
    /** The first of two, at a door that wants two members. */
    withMemberId: ids.memberIdSchema.optional(),
    /** A rule was broken that only is recorded, for example `anti_passback`. */
    violation: z.string().max(40).optional(),
  }),
  'access.refused': z.object({
    ...shown,
    doorId: ids.doorIdSchema,
    credentialId: ids.credentialIdSchema.optional(),
    reason: z.string(),
    /** The member who waits for a second one, and until when. */
    memberId: ids.memberIdSchema.optional(),
    waitsUntilMs: wallMsSchema.optional(),
  }),
  /** Somebody wanted out, by the button or at the reader inside; the reader names what was shown, and whose it is. */
  'access.exit_requested': z.object({
    ...shown,
    doorId: ids.doorIdSchema,
    effectId: ids.effectIdSchema,
    credentialId: ids.credentialIdSchema.optional(),
    memberId: ids.memberIdSchema.optional(),
    moves,
    pulseMs,
  }),
  /** Where somebody is was forgotten, or where everybody is. */
  'passback.forgiven': z.object({
    requestId: ids.requestIdSchema.optional(),
    by: z.string().min(1).max(64),
    memberId: ids.memberIdSchema.optional(),
  }),
  /** A reader's case is closed, it is trusted, or it has power again: ends the incident `reader_…` about it. */
  'reader.trouble_ended': z.object({
    deviceId: ids.deviceIdSchema,
    trouble: z.enum(['tampered', 'untrusted', 'power_failed']),
  }),
  'reader.pin_locked': z.object({ deviceId: ids.deviceIdSchema, untilMs: wallMsSchema }),
  'door.unlocked': remotelyUnlockedSchema,
  'lockdown.started': lockdownSchema,
  'lockdown.ended': lockdownSchema,
  'door.state_changed': z.object({
    doorId: ids.doorIdSchema,
    state: z.enum(['closed', 'open', 'held_open', 'forced']),
  }),
  /** The lock is kept released, because of `fire` or by its `schedule`; again when the reason changes. */
  'door.hold_started': z.object({ doorId: ids.doorIdSchema, reason: z.enum(['fire', 'schedule']) }),
  'door.hold_ended': z.object({ doorId: ids.doorIdSchema }),
  /** The contact of the fire alarm system, or its broken wire, alarms until it is at rest again. */
  'fire.alarmed': z.object({ deviceId: ids.deviceIdSchema }),
  'fire.cleared': z.object({ deviceId: ids.deviceIdSchema }),
  /** Where the leaf is cannot be known: `open_circuit`, `short` or `chatter` on the line of its contact. */
  'door.trouble_started': z.object({ doorId: ids.doorIdSchema, fault: z.string().min(1).max(40) }),
  'door.trouble_ended': z.object({ doorId: ids.doorIdSchema }),
  /** `lasts`: an entry of its end will follow; absent from sites that never told the end of a reader's alarm. */
  'incident.opened': z.object({
    incidentId: z.string(),
    kind: z.string(),
    about: z.string(),
    lasts: z.boolean().optional(),
  }),
  'session.arrived': z.object({
    ...session,
    laneId: ids.laneIdSchema,
    ticket: z.string(),
    vehicleId: ids.vehicleIdSchema.optional(),
    vehicleClass: vehicleClassSchema,
    spaceId: ids.spaceIdSchema.optional(),
    tariffId: ids.tariffIdSchema,
    tariffVersion: z.int(),
    effectId: ids.effectIdSchema,
    /** The signed paper that told of this stay, when the books of this life did not, and when it says it began. */
    toldBy: z.object({ passId: ids.passIdSchema, arrivedMs: wallMsSchema }).optional(),
  }),
  /** The vehicle passed the entry barrier: it now counts as inside. */
  'session.entered': z.object({ ...session, laneId: ids.laneIdSchema, zoneId: ids.zoneIdSchema }),
  'session.voided': z.object({ ...session, reason: z.enum(['backed_out', 'timeout']) }),
  'session.charged': z.object({
    ...session,
    price: priceSchema,
    untilMs: wallMsSchema,
    dueMinor: amountMinorSchema,
  }),
  'session.departing': z.object({
    ...session,
    laneId: ids.laneIdSchema,
    effectId: ids.effectIdSchema,
    debtMinor: amountMinorSchema,
    /** Let out on a signed receipt for a payment that the site had not heard of. */
    receipt: z.object({ passId: ids.passIdSchema, paymentId: ids.paymentIdSchema }).optional(),
  }),
  'session.departed': z.object({ ...session, laneId: ids.laneIdSchema, zoneId: ids.zoneIdSchema }),
  'lane.refused': z.object({
    laneId: ids.laneIdSchema,
    reason: z.string(),
    sessionId: ids.sessionIdSchema.optional(),
  }),
  'lane.opened_by_hand': laneOpenedByHandSchema,
  'lane.passed': lanePassedSchema,
  'lane.hold_started': laneHoldStartedSchema,
  'lane.hold_ended': laneHoldEndedSchema,
  'lane.fire_ended': laneFireEndedSchema,
  /** An incident of the kind `lane_` + `trouble` ends; until then the lane works as far as it safely can. */
  'lane.trouble_ended': z.object({ laneId: ids.laneIdSchema, trouble: z.string().min(1).max(40) }),
  'space.sensed': z.object({ spaceId: ids.spaceIdSchema, occupied: z.boolean() }),
  'staff.logged_in': staffLoggedInSchema,
  'staff.locked': staffLockedSchema,
  'device.tested': deviceTestedSchema,
  'effect.settled': z.object({
    effectId: ids.effectIdSchema,
    outcome: z.enum(['done', 'failed', 'expired', 'unknown']),
    detail: z.string().optional(),
    /** The payment or refund whose money was to move. */
    paymentId: ids.paymentIdSchema.optional(),
  }),
} as const

export type EntryType = keyof typeof entryBodies
export type EntryBody<T extends EntryType> = z.infer<(typeof entryBodies)[T]>
/** What a decision produces: type and body; the ledger adds the rest. */
export type LedgerEvent = { [T in EntryType]: { readonly type: T; readonly body: EntryBody<T> } }[EntryType]

/** The frame around every body; `body` is checked apart, so that an unknown type can still be stored. */
export const entryFrameSchema = z.object({
  v: z.literal(1),
  site: ids.siteIdSchema,
  incarnation: z.int().min(1),
  seq: z.int().min(1),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.object({
    wallMs: wallMsSchema,
    bootId: z.string(),
    monotonicMs: z.number().min(0),
    quality: z.enum(['trusted', 'untrusted']),
  }),
  type: z.string(),
  commandId: ids.commandIdSchema,
  /** Where it was recorded first, when a restored site entered it again; `at` is the moment of then. */
  origin: originSchema.optional(),
  body: z.record(z.string(), z.unknown()),
})
export type EntryFrame = z.infer<typeof entryFrameSchema>
/** A frame as it travels; its body is proven only by `parseEvent`. */
export type Entry = EntryFrame

/** Reads the typed event out of a frame; `undefined` when the type or the body is not known to this version. */
export function parseEvent(entry: Pick<Entry, 'type' | 'body'>): LedgerEvent | undefined {
  if (!Object.hasOwn(entryBodies, entry.type)) return undefined
  const type = entry.type as EntryType
  const parsed = entryBodies[type].safeParse(entry.body)
  return parsed.success ? ({ type, body: parsed.data } as LedgerEvent) : undefined
}
