import { z } from 'zod'
import { traceIdSchema } from '../../api/trace.ts'
import * as ids from '../../ids/ids.ts'
import { lendingSchema } from '../../loans/lending-policy.ts'
import { tariffSchema } from '../../tariffs/tariff.ts'
import { allowanceRowSchema } from './allowances.ts'
import { holderSchema, partsMax, paymentMethodSchema, wallMsSchema } from './entries.ts'
import { loanEndSchema, soldBookingSchema } from './loans.ts'
import { passKeySchema, passRevocationSchema } from './passes.ts'
import { remoteCommandSchema } from './remote-commands.ts'
import { staffSchema } from './staff.ts'

const label = z.string().min(1).max(120)
/** A wall-clock time of the site's zone, `HH:MM`, `24:00` allowed as an end. */
const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/)
/** 1 = Monday … 7 = Sunday. */
const weekday = z.int().min(1).max(7)

/** Opening hours of one weekday; `to` earlier than `from` crosses midnight and belongs to the day it opened. */
export const openingSchema = z.object({ weekday, from: wallTime, to: wallTime })

/** A date with hours of its own, which replace those of its weekday; without any the site is closed. */
export const holidaySchema = z.object({
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  name: label,
  hours: z.array(z.object({ from: wallTime, to: wallTime })).max(8),
})

const languagesMax = 24
/** A text in further languages, by BCP 47 code in lower case (`de`); a language that is missing gets the text itself. */
export const inLanguagesSchema = z
  .record(z.string().regex(/^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/), z.string().min(1).max(4_000))
  .refine((texts) => Object.keys(texts).length <= languagesMax, `at most ${languagesMax} languages`)

/** How many pictures a site may have. */
export const photosMax = 12
export const photoSchema = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  text: label,
  textIn: inLanguagesSchema.optional(),
})

/** A site that is not `open` sells nothing new; what was sold stands, and whoever is inside gets out. */
export const siteStatusSchema = z.enum(['open', 'closed', 'coming_soon'])
export type SiteStatus = z.infer<typeof siteStatusSchema>
export const siteKindSchema = z.enum(['coworking', 'parking'])
export const spaceKindSchema = z.enum(['hot_desk', 'desk', 'office', 'meeting_room', 'event_space', 'bay'])
export const bayClassSchema = z.enum(['compact', 'regular', 'large', 'accessible', 'ev', 'motorcycle'])
/** Classes that people register vehicles as; `accessible` needs a permit, so nobody gives it to themselves. */
export const registeredVehicleClassSchema = z.enum(['motorcycle', 'car', 'large', 'ev'])
export type RegisteredVehicleClass = z.infer<typeof registeredVehicleClassSchema>
export type SpaceKind = z.infer<typeof spaceKindSchema>
export type BayClass = z.infer<typeof bayClassSchema>

/** What a vehicle is charged with at a bay. */
export const chargingSchema = z.object({
  connector: z.enum(['type1', 'type2', 'ccs', 'chademo', 'domestic']),
  powerKw: z.number().positive().max(1000),
})

/** Where a space is drawn on its level's plan, in plan units (1 unit = 10 cm), origin top left. */
const rectSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })

/** Nobody stands longer than this at an exit, whatever a site sets: one hour. */
const exitWaitMsMax = 3_600_000

/** What each kind of directory row says. The row's `key` is the id of the thing. */
export const directoryBodies = {
  site: z.object({
    name: label,
    kind: siteKindSchema,
    /** `open` where absent. */
    status: siteStatusSchema.optional(),
    description: z.string(),
    descriptionIn: inLanguagesSchema.optional(),
    address: z.string(),
    position: z.object({ latitude: z.number(), longitude: z.number() }),
    timeZone: z.string(),
    currency: z.string().length(3),
    openingHours: z.array(openingSchema),
    holidays: z.array(holidaySchema).max(400).optional(),
    /** Pictures that the cloud keeps by the SHA-256 (hex) of their bytes; `text` says what they show. */
    photos: z.array(photoSchema).max(photosMax).optional(),
    amenities: z.array(z.string()),
    settings: z.object({
      holdMs: z.int().positive(),
      checkInEarlyMs: z.int().min(0),
      checkInGraceMs: z.int().min(0),
      unlockEarlyMs: z.int().min(0),
      unlockLateMs: z.int().min(0),
      entryGraceMs: z.int().min(0),
      exitGraceMs: z.int().min(0),
      /** Which bay of the smallest class that fits: the nearest, which is the default, or on the emptiest level. */
      allocation: z.enum(['nearest', 'spread']).optional(),
      fullAtFree: z.int().min(0),
      reopenAtFree: z.int().min(0),
      memberOfflineMs: z.int().min(0),
      heldOpenMs: z.int().positive(),
      /** An exit whose call for a person nobody answered opens after this long; 3 minutes where absent. */
      attendantWaitMs: z.int().min(0).max(exitWaitMsMax).optional(),
      /** An exit opens after this long for who stands there and only has to pay; 15 minutes where absent. */
      unpaidWaitMs: z.int().min(0).max(exitWaitMsMax).optional(),
    }),
    /** What the site lends to the cloud by itself; nothing where absent. */
    lending: lendingSchema.optional(),
  }),
  level: z.object({ name: label, ordinal: z.int(), width: z.number(), height: z.number() }),
  zone: z.object({
    name: label,
    levelId: ids.levelIdSchema.optional(),
    parentId: ids.zoneIdSchema.optional(),
    /**
     * Who is known elsewhere than before the door is refused (`hard`) or recorded (`soft`), or who entered the zone less
     * than `againMs` (10 minutes when absent) ago is refused (`timed`). Places are forgotten at `forgiveAt` each day.
     */
    antiPassback: z
      .object({
        mode: z.enum(['hard', 'soft', 'timed']),
        againMs: z.int().min(1_000).max(86_400_000).optional(),
        forgiveAt: wallTime.optional(),
      })
      .optional(),
  }),
  space: z.object({
    name: label,
    kind: spaceKindSchema,
    levelId: ids.levelIdSchema,
    zoneId: ids.zoneIdSchema.optional(),
    bayClass: bayClassSchema.optional(),
    capacity: z.int().min(1),
    features: z.array(z.string()),
    tariffId: ids.tariffIdSchema.optional(),
    bookable: z.boolean(),
    gapMs: z.int().min(0),
    outOfService: z.boolean(),
    /** Leaving early gives back so much of the price of the unused time, percent; nothing when absent. */
    earlyReleaseRefundPercent: z.number().min(0).max(100).optional(),
    /** To the entrance, on foot. */
    distanceMeters: z.number().min(0),
    covered: z.boolean().optional(),
    charging: chargingSchema.optional(),
    /** When it can be used at all, half-open; without one there is no bound on that side. */
    availableFromMs: wallMsSchema.optional(),
    availableToMs: wallMsSchema.optional(),
    /** A combined space names the spaces of its site that it consists of; they have no parts themselves. */
    parts: z.array(ids.spaceIdSchema).max(partsMax).optional(),
    rect: rectSchema,
    /** Rooms that a booking unlocks name their door. */
    doorId: ids.doorIdSchema.optional(),
  }),
  door: z.object({
    name: label,
    levelId: ids.levelIdSchema,
    /** The zone that it leads into, and the one before it; the outside where absent. */
    zoneId: ids.zoneIdSchema.optional(),
    outerZoneId: ids.zoneIdSchema.optional(),
    /** A public door opens for every plan with site access; others need their zone or a booking of their space. */
    public: z.boolean(),
    readerDeviceId: ids.deviceIdSchema,
    strikeDeviceId: ids.deviceIdSchema,
    contactDeviceId: ids.deviceIdSchema.optional(),
    exitButtonDeviceId: ids.deviceIdSchema.optional(),
    /** A reader inside: it lets everybody out and notes who went. */
    exitReaderDeviceId: ids.deviceIdSchema.optional(),
    pulseMs: z.int().min(200).max(30_000),
    /** How old knowledge may be that opens it; the site's own limit where that is shorter, or when absent. */
    offlineMaxMs: z.int().min(0).optional(),
    /** PINs: none, only after a card of the same member, or instead of a card (when absent). */
    pin: z.enum(['never', 'with_card', 'alone']).optional(),
    /** Time for the PIN after the card; 15 s when absent. */
    pinWithinMs: z.int().min(3_000).max(60_000).optional(),
    /** An open leaf is held open after this long; the site's time when absent. */
    heldOpenMs: z.int().min(1_000).max(3_600_000).optional(),
    /** The reader warns so long before that; never when absent. */
    heldOpenWarnMs: z.int().min(1_000).max(600_000).optional(),
    /** Without power the lock stays locked (when absent) or lets go. */
    lock: z.enum(['fail_secure', 'fail_safe']).optional(),
    /** When the lock is put to rest: as its pulse ends (when absent), as the leaf opens, or as it closes again. */
    relock: z.enum(['after_pulse', 'on_open', 'on_close']).optional(),
    /** Doors of one name open inwards one at a time. */
    interlock: z.string().min(1).max(64).optional(),
    /** It wants two different members within this time; one is enough when absent. */
    twoPersonMs: z.int().min(3_000).max(60_000).optional(),
    /** It stays unlocked in these hours, on holidays in theirs, or from the first member in them on. */
    unlock: z
      .object({ hours: z.array(openingSchema).max(56), firstPerson: z.boolean().optional() })
      .optional(),
    /** The contact of the fire alarm system that releases it. */
    fireDeviceId: ids.deviceIdSchema.optional(),
    at: z.object({ x: z.number(), y: z.number() }),
  }),
  lane: z.object({
    name: label,
    direction: z.enum(['entry', 'exit']),
    zoneId: ids.zoneIdSchema,
    barrierDeviceId: ids.deviceIdSchema,
    cameraDeviceId: ids.deviceIdSchema.optional(),
    ticketButtonDeviceId: ids.deviceIdSchema.optional(),
    readerDeviceId: ids.deviceIdSchema.optional(),
    /** The contact of the fire alarm system: while it alarms, and until a person says it is over, the boom is kept up. */
    fireDeviceId: ids.deviceIdSchema.optional(),
    /** Loop detectors with a device of their own; those wired to the barrier's device need none. */
    detectorDeviceIds: z.array(ids.deviceIdSchema).max(8).optional(),
    /** Prints the tickets of an entry. */
    printerDeviceId: ids.deviceIdSchema.optional(),
    defaultClass: z.enum(['motorcycle', 'car', 'large', 'ev', 'accessible']),
  }),
  /** A device: which profile it follows, on which bus of the edge's configuration, with which settings. */
  device: z.object({
    name: label,
    profile: z.string(),
    bus: z.string().optional(),
    /** Profile parameters, for example `{ "unit": 1, "output": 3 }` or `{ "topic": "zigbee2mqtt/bay-1-01" }`. */
    parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    /** The space a bay sensor watches, or the level a sign shows. */
    spaceId: ids.spaceIdSchema.optional(),
    levelId: ids.levelIdSchema.optional(),
    /** SHA-256 hex of the secret with which the device calls the edge; absent for devices the edge calls. */
    credentialDigest: z.string().optional(),
  }),
  tariff: tariffSchema,
  plan: z.object({
    name: label,
    monthlyMinor: z.int().min(0),
    discountPercent: z.number().min(0).max(100),
    /** Space kinds that the plan covers fully (method `plan`, price 0). */
    covers: z.array(spaceKindSchema),
    access: z.object({
      doors: z.enum(['public', 'all']),
      hours: z.array(openingSchema),
      /** On the site's holidays: only within their hours (when absent), or as on any other day. */
      onHolidays: z.enum(['site_hours', 'as_usual']).optional(),
    }),
  }),
  member: z.object({
    displayName: label,
    planId: ids.planIdSchema.optional(),
    planFromMs: wallMsSchema.optional(),
    planToMs: wallMsSchema.optional(),
    /** `plateDigest` = HMAC-SHA-256 hex under the site key over `plate:` and the normalised plate. */
    vehicles: z.array(
      z.object({
        vehicleId: ids.vehicleIdSchema,
        plateDigest: z.string(),
        /** What its member says it is; absent from clouds that did not ask. */
        vehicleClass: registeredVehicleClassSchema.optional(),
      }),
    ),
  }),
  /** `digest` = HMAC-SHA-256 hex under the site key over `card:NUMBER` or `pin:DIGITS`. */
  credential: z.object({
    kind: z.enum(['card', 'pin']),
    digest: z.string(),
    memberId: ids.memberIdSchema,
    /** A PIN that opens as usual and alarms silently. */
    duress: z.boolean().optional(),
    fromMs: wallMsSchema.optional(),
    toMs: wallMsSchema.optional(),
    /** How old knowledge of it may be; the site's own limit where that is shorter, or when absent. */
    offlineMaxMs: z.int().min(0).optional(),
    revoked: z.boolean(),
  }),
  /** A cloud command for the site to decide; answered by an entry with the same `requestId` (= row key). */
  request: z.object({
    expiresMs: wallMsSchema,
    command: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('holdBooking'),
        bookingId: ids.bookingIdSchema,
        spaceId: ids.spaceIdSchema,
        fromMs: wallMsSchema,
        toMs: wallMsSchema,
        holder: holderSchema,
      }),
      z.object({
        kind: z.literal('confirmBooking'),
        bookingId: ids.bookingIdSchema,
        method: paymentMethodSchema,
        paymentId: ids.paymentIdSchema,
        amountMinor: z.int().min(0),
      }),
      z.object({ kind: z.literal('cancelBooking'), bookingId: ids.bookingIdSchema }),
      z.object({ kind: z.literal('extendBooking'), bookingId: ids.bookingIdSchema, toMs: wallMsSchema }),
      z.object({
        kind: z.literal('confirmExtension'),
        bookingId: ids.bookingIdSchema,
        toMs: wallMsSchema,
        method: paymentMethodSchema,
        paymentId: ids.paymentIdSchema,
        amountMinor: z.int().min(0),
      }),
      z.object({ kind: z.literal('releaseBooking'), bookingId: ids.bookingIdSchema }),
    ]),
    /** Of the call that asked, so that the logs of both tiers name it. */
    traceId: traceIdSchema,
  }),
  /**
   * A booking that the cloud sold inside loans, whole, as it stands now (key = booking id). A tombstone says only that
   * the row is no longer needed; it never frees a block.
   */
  booking: soldBookingSchema,
  /** A loan that the cloud ended (key = loan id); an open loan has no row. A tombstone says nothing. */
  loan: loanEndSchema,
  /** A share of a member's credits that this site may spend (key = allowance id). A tombstone says nothing. */
  allowance: allowanceRowSchema,
  /** Something to be done at once, from afar (key = request id); a row that is seen too late is refused. */
  remote_command: remoteCommandSchema,
  pass_key: passKeySchema,
  /** A key that this site itself signed tickets and receipts with in an earlier life. */
  site_key: passKeySchema,
  pass_revocation: passRevocationSchema,
  staff: staffSchema,
} as const

export type DirectoryKind = keyof typeof directoryBodies
export type DirectoryBody<K extends DirectoryKind> = z.infer<(typeof directoryBodies)[K]>
export type DirectoryRequestCommand = DirectoryBody<'request'>['command']

/** One row of the directory as stored and as it travels in the shape. `body` null is a tombstone. */
export const directoryRowSchema = z.object({
  site_id: ids.siteIdSchema,
  kind: z.string(),
  key: z.string(),
  /** The life of the cloud's promises in which the row was written; positions are `(epoch, rev)`. */
  epoch: z.coerce.number().int(),
  rev: z.coerce.number().int(),
  body: z.record(z.string(), z.unknown()).nullable(),
  /** HMAC-SHA-256 hex under the site key over JCS `[site, epoch, rev, kind, key, body]`. */
  digest: z.string(),
})
export type DirectoryRow = z.infer<typeof directoryRowSchema>
