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
