import { z } from 'zod'
import { passViewSchema } from './pass-view.ts'

/** The secret of a guest's link: 24 random bytes as base64url. It stands in the link's fragment, which no browser sends. */
export const guestSecretPattern = /^[A-Za-z0-9_-]{32}$/
export const guestSecretBytes = 24

/** A guest of a booking as its member sees them; times are epoch milliseconds. */
export const guestViewSchema = z.object({
  guestId: z.string(),
  /** As the member wrote it; absent when they wrote none, or its key is gone. */
  name: z.string().optional(),
  /** Has a link that nobody opened yet, holds a pass on a phone, or lost both. */
  state: z.enum(['invited', 'on_phone', 'taken_back']),
  invitedMs: z.int(),
  /** When a phone opened the link. */
  openedMs: z.int().optional(),
})
export type GuestView = z.infer<typeof guestViewSchema>

/** The guests of a booking in the order of their invitation. */
export const bookingGuestsSchema = z.object({
  items: z.array(guestViewSchema),
  /** How many may be invited at once; 0 where the space has room for the member alone. */
  guestsMax: z.int(),
})
export type BookingGuests = z.infer<typeof bookingGuestsSchema>

/** What a guest's link is worth to the phone that asks. */
export type GuestLinkState = GuestLinkView['state']

const anyLink = z.object({
  siteName: z.string(),
  timeZone: z.string(),
  /** When a phone opened it. */
  openedMs: z.int().optional(),
  /** The cloud's time now: codes are made for the clock of the doors, not for the phone's. */
  nowMs: z.int(),
})
const livingLink = anyLink.extend({
  state: z.enum(['open', 'yours']),
  address: z.string(),
  spaceName: z.string(),
  fromMs: z.int(),
  toMs: z.int(),
  guestName: z.string().optional(),
})

/**
 * What a guest's link leads to; times are epoch milliseconds. One that opens nothing for this phone tells whoever has it
 * neither who was invited nor to what.
 */
export const guestLinkViewSchema = z.discriminatedUnion('state', [
  livingLink,
  anyLink.extend({ state: z.enum(['spent', 'taken_back', 'cancelled', 'over']) }),
])
export type GuestLinkView = z.infer<typeof guestLinkViewSchema>
/** A link that this phone may open, or has opened. */
export type LivingLinkView = z.infer<typeof livingLink>

/** A guest's pass with what it is for. */
export const guestPassSchema = passViewSchema.extend({ link: livingLink })
export type GuestPass = z.infer<typeof guestPassSchema>
