import { z } from 'zod'

/** A pass as its holder gets it; times are epoch milliseconds. */
export const passViewSchema = z.object({
  passId: z.string(),
  kind: z.enum(['booking', 'member', 'guest']),
  siteId: z.string(),
  bookingId: z.string().optional(),
  /** Until then it is believed; renew it before, while there is a network. */
  toMs: z.int(),
  /** When it was signed: what it says was known then. */
  issuedMs: z.int(),
  /** The signed pass; worth nothing without the private half of the holder's key. */
  token: z.string(),
})
export type PassView = z.infer<typeof passViewSchema>

/** A pass of the viewer that is in force, as a list names it. */
const myPassSchema = passViewSchema.omit({ token: true }).extend({
  /** When it was first given. */
  givenMs: z.int(),
  /** Of the device that holds it: JWK `x`. */
  holderKey: z.string(),
})
export type MyPass = z.infer<typeof myPassSchema>

/** A page of the viewer's passes, the ones given last first. */
export const myPassesSchema = z.object({
  items: z.array(myPassSchema),
  /** Ask again with this `cursor` for what is next; absent at the end. */
  nextCursor: z.string().optional(),
})
export type MyPasses = z.infer<typeof myPassesSchema>
