import { z } from 'zod'
import { lendingSchema } from '../loans/lending-policy.ts'
import { siteStatusSchema } from '../wire/v1/directory.ts'

/** Which bay an arriving car gets. */
export const allocations = ['nearest', 'spread'] as const

/** What HQ changes of a site: whether it is in business, how bays are given, what it lends. */
export const siteSettingsSchema = z.object({
  status: siteStatusSchema,
  allocation: z.enum(allocations),
  lending: lendingSchema,
})
export type SiteSettings = z.infer<typeof siteSettingsSchema>

/** `GET …/hq/sites/{site}/settings`. */
export const siteSettingsViewSchema = z.object({
  name: z.string(),
  settings: siteSettingsSchema,
  /** Of what is shown; whoever changes it names it, so that nobody's change is lost. */
  rev: z.int(),
  /** Kinds of spaces (bays: of each class) that a pool can hold, with how many there are. */
  pools: z.array(z.object({ kind: z.string(), bayClass: z.string().optional(), spaces: z.int() })),
  /** What may be named as never lent. */
  spaces: z.array(z.object({ spaceId: z.string(), name: z.string() })),
  mayChange: z.boolean(),
})
export type SiteSettingsView = z.infer<typeof siteSettingsViewSchema>
