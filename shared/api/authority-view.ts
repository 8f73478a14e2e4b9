import { z } from 'zod'

const nobodyReasons = z.enum([
  'grant_on_its_way',
  'sell_until_passed',
  'recalled',
  'end_on_its_way',
  'site_restored',
  'cloud_restored',
  'lending_stopped',
  'site_fenced',
])

/** Who may sell a stretch of a space's time, `[fromMs, toMs)`. */
export const authoritySpanSchema = z.object({
  fromMs: z.int(),
  toMs: z.int(),
  authority: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('site') }),
    z.object({ kind: z.literal('cloud'), loanId: z.string(), untilMs: z.int() }),
    z.object({ kind: z.literal('nobody'), because: nobodyReasons, loanId: z.string().optional() }),
  ]),
})

/**
 * `GET …/sites/{id}/authority?fromMs&toMs&spaceId`, on both tiers: who may sell what until when, as the tier that answers
 * knows it. Combined spaces are left out: whoever sells all parts sells the whole.
 */
export const authorityViewSchema = z.object({
  siteId: z.string(),
  fromMs: z.int(),
  toMs: z.int(),
  nowMs: z.int(),
  /** Which tier's knowledge this is; the other's may be newer. */
  asSeenBy: z.enum(['site', 'cloud']),
  /** Why the site sells nothing, or only what it never lends. */
  siteStopped: z.enum(['lending_stopped', 'site_fenced']).optional(),
  spaces: z
    .array(
      z.object({
        spaceId: z.string(),
        name: z.string(),
        spans: z.array(authoritySpanSchema).readonly(),
      }),
    )
    .readonly(),
  /** Loans that meet the interval and are not over, in order of start and space. */
  loans: z
    .array(
      z.object({
        loanId: z.string(),
        spaceId: z.string(),
        fromMs: z.int(),
        toMs: z.int(),
        sellUntilMs: z.int(),
        standing: z.enum([
          'cloud_sells',
          ...nobodyReasons.exclude(['sell_until_passed', 'lending_stopped', 'site_fenced']).options,
        ]),
        /** Bookings that the cloud sold in it, as far as this tier knows. */
        sold: z.int(),
        /** When this tier learned of it, epoch ms of its own clock; absent where it does not know. */
        sinceMs: z.int().optional(),
      }),
    )
    .readonly(),
})
export type AuthorityView = z.infer<typeof authorityViewSchema>
