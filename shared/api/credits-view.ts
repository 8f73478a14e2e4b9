import { z } from 'zod'

/**
 * Why a member was given credits; `told_by_site`: a restored cloud knows of them from a site alone; `reissue`: they came back
 * for a refund when their bucket was over.
 */
export const creditReasons = ['purchase', 'plan', 'gift', 'goodwill', 'told_by_site', 'reissue'] as const
export type CreditReason = (typeof creditReasons)[number]

const named = z.object({ id: z.string(), name: z.string() })

/** A member's share at one site; minor units, as far as the cloud has heard. */
const shareSchema = z.object({
  siteId: z.string(),
  siteName: z.string(),
  /** What the site may still spend of it; below zero where it used the overdraft. */
  atSiteMinor: z.int(),
  /** Spent there, less what was refunded. */
  drawnMinor: z.int(),
  /** Moved, and not yet told as received. */
  unconfirmedMinor: z.int(),
  /** Asked for and not yet told as given back. */
  askedBackMinor: z.int(),
  overdraftMinor: z.int(),
  /** At a box that was replaced by one with empty books: counts as spent. */
  isLost: z.boolean(),
})

/** What a member was given and where it is; minor units and epoch ms. */
export const creditViewSchema = z.object({
  bucketId: z.string(),
  memberId: z.string(),
  /** Absent once the member was erased. */
  memberName: z.string().optional(),
  currency: z.string(),
  promotional: z.boolean(),
  reason: z.enum(creditReasons),
  fromMs: z.int(),
  /** Exclusive. */
  expiresMs: z.int(),
  state: z.enum(['coming', 'running', 'over']),
  fundedMinor: z.int(),
  /** In the cloud; below zero when sites hold more than was put in. */
  cloudMinor: z.int(),
  sites: z.array(shareSchema),
})
export type CreditView = z.infer<typeof creditViewSchema>

/** What an operator risks at a site while it is apart; minor units of credits that are not over. */
const exposureSchema = z.object({
  siteId: z.string(),
  siteName: z.string(),
  currency: z.string(),
  /** The sum of the overdraft limits. */
  limitMinor: z.int(),
  /** Overdrafts used. */
  usedMinor: z.int(),
  /** What the site may spend of members' credits. */
  atSiteMinor: z.int(),
  /** Moved, and not yet told as received. */
  unconfirmedMinor: z.int(),
})
export type CreditExposure = z.infer<typeof exposureSchema>

export const creditsSchema = z.object({
  asOfMs: z.int(),
  /** A page, the ones that are not over first, by expiry. */
  items: z.array(creditViewSchema),
  /** Asks for what comes next; absent on the last page. */
  nextCursor: z.string().optional(),
  exposure: z.array(exposureSchema),
  /** Whether the viewer may give and move credits; what can be chosen then. */
  mayMove: z.boolean(),
  members: z.array(named),
  sites: z.array(named.extend({ operatorId: z.string(), currency: z.string() })),
})
export type CreditsView = z.infer<typeof creditsSchema>

/** A member's own credits in one currency; minor units. */
const myCreditsSchema = z.object({
  currency: z.string(),
  totalMinor: z.int(),
  /** What of it ends first, and when. */
  nextExpiry: z.object({ expiresMs: z.int(), amountMinor: z.int() }).optional(),
  /** What may be spent at each site also while it is offline. */
  sites: z.array(z.object({ siteId: z.string(), siteName: z.string(), amountMinor: z.int() })),
})
export const myCreditsAnswerSchema = z.object({ items: z.array(myCreditsSchema) })
export type MyCredits = z.infer<typeof myCreditsSchema>
