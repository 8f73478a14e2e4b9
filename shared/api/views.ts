import { z } from 'zod'
import { chargingSchema, photoSchema, siteStatusSchema } from '../wire/v1/directory.ts'
import { paymentMethodSchema, priceSchema, vehicleClassSchema } from '../wire/v1/entries.ts'

/** Shapes both tiers answer with; times are epoch milliseconds, amounts minor units. */
export const bookingStatusSchema = z.enum([
  'held',
  'confirmed',
  'checked_in',
  'completed',
  'cancelled',
  'no_show',
  'expired',
  'displaced',
  'pending',
  'refused',
])
export type BookingStatus = z.infer<typeof bookingStatusSchema>

export const spaceStatusSchema = z.enum(['free', 'held', 'taken', 'out_of_service'])
export type SpaceStatus = z.infer<typeof spaceStatusSchema>

const holidayViewSchema = z.object({
  date: z.string(),
  name: z.string(),
  hours: z.array(z.object({ from: z.string(), to: z.string() })).readonly(),
})

export const siteViewSchema = z.object({
  siteId: z.string(),
  name: z.string(),
  kind: z.enum(['coworking', 'parking']),
  /** `open` where absent; otherwise nothing new is sold. */
  status: siteStatusSchema.optional(),
  description: z.string(),
  /** The description in further languages, by code (`de`). */
  descriptionIn: z.record(z.string(), z.string()).optional(),
  address: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  position: z.object({ latitude: z.number(), longitude: z.number() }),
  amenities: z.array(z.string()),
  openingHours: z.array(z.object({ weekday: z.int(), from: z.string(), to: z.string() })),
  /** Whose site it is; known in the cloud. */
  operatorName: z.string().optional(),
  /** Served below `/api/v1/photos/`; known in the cloud. */
  photos: z.array(photoSchema).readonly().optional(),
  /** The next dates with hours of their own; none of them means closed that day. */
  holidays: z.array(holidayViewSchema).readonly().optional(),
  openNow: z.boolean(),
  /** Free and bookable now, per kind (coworking) or per bay class (parking). */
  freeNow: z.record(z.string(), z.object({ free: z.int(), total: z.int() })),
  /** `live`, or since when what is shown is old (edge: no cloud; cloud: site not heard; 0: never heard). */
  link: z.object({ state: z.enum(['live', 'offline']), sinceMs: z.int() }),
  nowMs: z.int(),
})
export type SiteView = z.infer<typeof siteViewSchema>

export const spaceViewSchema = z.object({
  spaceId: z.string(),
  name: z.string(),
  kind: z.string(),
  bayClass: z.string().optional(),
  levelId: z.string(),
  capacity: z.int(),
  features: z.array(z.string()),
  /** To the entrance, on foot. */
  distanceMeters: z.number().optional(),
  covered: z.boolean().optional(),
  charging: chargingSchema.optional(),
  /** When it can be used at all, half-open. */
  availableFromMs: z.int().optional(),
  availableToMs: z.int().optional(),
  /** The spaces that it is combined of. */
  parts: z.array(z.string()).readonly().optional(),
  bookable: z.boolean(),
  status: spaceStatusSchema,
  /** When it is free for less than the day: the instant it is next taken, or next free. */
  untilMs: z.int().optional(),
  /** Taken at the site for a part of the time, because the cloud may sell it, until `sellUntilMs`; known at the site. */
  lentOut: z.object({ fromMs: z.int(), toMs: z.int(), sellUntilMs: z.int() }).optional(),
  /** For the asked interval (or one hour from now); absent when not bookable. */
  price: priceSchema.optional(),
  /** The cloud decides a booking of the interval by itself, inside what the site lends; known in the cloud. */
  lent: z.boolean().optional(),
  rect: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
})
export type SpaceView = z.infer<typeof spaceViewSchema>

export const levelViewSchema = z.object({
  levelId: z.string(),
  name: z.string(),
  ordinal: z.int(),
  width: z.number(),
  height: z.number(),
  doors: z.array(
    z.object({
      doorId: z.string(),
      name: z.string(),
      x: z.number(),
      y: z.number(),
      state: z.string().optional(),
    }),
  ),
})
/** `GET …/plan?fromMs&toMs`: everything the floor plan and its list equivalent draw. */
export const planViewSchema = z.object({
  levels: z.array(levelViewSchema),
  spaces: z.array(spaceViewSchema),
  fromMs: z.int(),
  toMs: z.int(),
  link: siteViewSchema.shape.link,
})
export type PlanView = z.infer<typeof planViewSchema>

/** `GET …/spaces/{id}/day?date=YYYY-MM-DD`: half-hour slots of the site's day. */
export const dayViewSchema = z.object({
  spaceId: z.string(),
  date: z.string(),
  timeZone: z.string(),
  /** Why the day has other hours than its weekday. */
  holiday: holidayViewSchema.optional(),
  slots: z.array(
    z.object({
      fromMs: z.int(),
      toMs: z.int(),
      state: z.enum(['free', 'held', 'taken', 'gap', 'closed', 'past']),
      /** The cloud decides here by itself; the site sells nothing. */
      lent: z.boolean().optional(),
    }),
  ),
})
export type DayView = z.infer<typeof dayViewSchema>

export const bookingViewSchema = z.object({
  bookingId: z.string(),
  reference: z.string(),
  siteId: z.string(),
  spaceId: z.string(),
  spaceName: z.string(),
  status: bookingStatusSchema,
  fromMs: z.int(),
  toMs: z.int(),
  holdUntilMs: z.int().optional(),
  price: priceSchema,
  holder: z.enum(['member', 'guest']),
  paidMinor: z.int(),
  refundedMinor: z.int(),
  /** A later end that waits for its payment until `holdUntilMs`; `price` is that of the added part. */
  extension: z.object({ toMs: z.int(), holdUntilMs: z.int(), price: priceSchema }).optional(),
  /** When the holder left before the end. */
  endedMs: z.int().optional(),
  /** Fee if cancelled now. */
  cancelFeeMinor: z.int().optional(),
  /** What comes back if its holder leaves now; present while it is in use. */
  releaseRefundMinor: z.int().optional(),
  paidBy: paymentMethodSchema.optional(),
  /** Who confirmed it: the site itself, or the cloud inside what the site lends. Present once confirmed. */
  decidedBy: z.enum(['site', 'cloud']).optional(),
  /** How it was booked: in the cloud, inside what the site lends, or by the site. */
  path: z.enum(['loan', 'site']).optional(),
  refusal: z.string().optional(),
})
export type BookingView = z.infer<typeof bookingViewSchema>

/** `GET …/bookings/{id}/extensions`: the later ends that can be had now, the price of the added part with each. */
export const extensionsViewSchema = z.object({
  bookingId: z.string(),
  fromMs: z.int(),
  toMs: z.int(),
  items: z.array(z.object({ toMs: z.int(), price: priceSchema, longest: z.boolean() })),
})
export type ExtensionsView = z.infer<typeof extensionsViewSchema>

export const sessionViewSchema = z.object({
  sessionId: z.string(),
  ticket: z.string(),
  arrivedMs: z.int(),
  vehicleClass: vehicleClassSchema,
  spaceName: z.string().optional(),
  state: z.enum(['authorised', 'inside', 'paid', 'departing', 'departed', 'voided']),
  /** Only to callers who typed it or staff. */
  plate: z.string().optional(),
  paidMinor: z.int(),
  /** Only to who has the ticket: its signed text, for a phone. */
  signedTicket: z.string().optional(),
})
export type SessionView = z.infer<typeof sessionViewSchema>

/** What a driver without a ticket and without a stay on record pays. */
export const lostTicketPriceViewSchema = z.object({ price: priceSchema })

/** A call for help as its kiosk is told; `lineUp`: the operator sees it now, else once the line is back. */
export const helpCallViewSchema = z.object({ calledMs: z.int(), repeated: z.boolean(), lineUp: z.boolean() })
export type HelpCallView = z.infer<typeof helpCallViewSchema>

/** A price for a stay, valid until `validUntilMs`; pay `dueMinor`. */
export const quoteViewSchema = z.object({
  quoteId: z.string(),
  sessionId: z.string(),
  price: priceSchema,
  paidMinor: z.int(),
  dueMinor: z.int(),
  atMs: z.int(),
  validUntilMs: z.int(),
})
export type QuoteView = z.infer<typeof quoteViewSchema>

/** What a site may spend of a member's credits for one booking, minor units, without any overdraft. */
export const bookingCreditsSchema = z.object({ leftMinor: z.int(), currency: z.string() })

export type BookingCredits = z.infer<typeof bookingCreditsSchema>

export const receiptViewSchema = z.object({
  paymentId: z.string(),
  number: z.string(),
  siteName: z.string(),
  atMs: z.int(),
  method: paymentMethodSchema,
  price: priceSchema,
  amountMinor: z.int(),
  tenderedMinor: z.int().optional(),
  changeMinor: z.int().optional(),
  /** Parking: leave before this instant. */
  leaveByMs: z.int().optional(),
  /** Parking: the signed text that opens an exit, whatever its books know. */
  signed: z.string().optional(),
})
export type ReceiptView = z.infer<typeof receiptViewSchema>

export const boardViewSchema = z.object({
  siteName: z.string(),
  /** Absent from an edge of an earlier release. */
  timeZone: z.string().optional(),
  asOfMs: z.int(),
  total: z.object({ free: z.int(), capacity: z.int(), full: z.boolean() }),
  levels: z.array(
    z.object({ levelId: z.string(), name: z.string(), free: z.int(), capacity: z.int(), full: z.boolean() }),
  ),
})
export type BoardView = z.infer<typeof boardViewSchema>

/** Messages over every live WebSocket; a screen refetches what `topic` names. */
export const liveMessageSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hello'),
    nowMs: z.int(),
    /** Whether `beat`, said by the screen, is answered by another `hello`. */
    answersBeats: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal('changed'),
    topic: z.enum([
      'plan',
      'bookings',
      'sessions',
      'doors',
      'lanes',
      'board',
      'ledger',
      'link',
      'sites',
      'devices',
    ]),
    siteId: z.string(),
    ids: z.array(z.string()).max(100),
  }),
  /** Kiosk only: a card was held to the kiosk's reader and a member recognised. */
  z.object({ kind: z.literal('identified'), memberToken: z.string(), displayName: z.string() }),
])
export type LiveMessage = z.infer<typeof liveMessageSchema>
