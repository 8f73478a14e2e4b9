import { z } from 'zod'

/** Which entry of which ledger says so: with `hash` a row can be checked against the chain. */
const entrySchema = z.object({ incarnation: z.int(), seq: z.int(), hash: z.string() })

const atSiteSchema = z.object({ siteId: z.string(), siteName: z.string(), timeZone: z.string() })

export const accessRowSchema = entrySchema.extend({
  ...atSiteSchema.shape,
  /** By the site's clock. */
  atMs: z.int(),
  result: z.enum(['granted', 'refused']),
  /** By which right, or why not. */
  reason: z.string(),
  place: z.enum(['door', 'lane']),
  placeId: z.string(),
  placeName: z.string().optional(),
  direction: z.enum(['in', 'out']).optional(),
  readerId: z.string().optional(),
  readerName: z.string().optional(),
  credentialKind: z.string().optional(),
  credentialId: z.string().optional(),
  memberId: z.string().optional(),
  memberName: z.string().optional(),
  bookingId: z.string().optional(),
  sessionId: z.string().optional(),
})
export type AccessRow = z.infer<typeof accessRowSchema>

/** What may be chosen from: the viewer's sites, and the doors and lanes of the one that is asked for. */
export const choicesSchema = z.object({
  sites: z.array(z.object({ siteId: z.string(), name: z.string() })),
  places: z.array(z.object({ id: z.string(), name: z.string() })),
})
export type Choices = z.infer<typeof choicesSchema>

export const accessPageSchema = z.object({
  asOfMs: z.int(),
  /** Rows are kept this long; the ledger keeps its entries, which name nobody. */
  keptDays: z.int(),
  items: z.array(accessRowSchema),
  choices: choicesSchema,
  /** Ask again with this `cursor` for what is next; absent at the end. */
  nextCursor: z.string().optional(),
})
export type AccessPage = z.infer<typeof accessPageSchema>

export const incidentRowSchema = entrySchema.extend({
  ...atSiteSchema.shape,
  incidentId: z.string(),
  kind: z.string(),
  /** Nothing at the site shows it: only who runs the site is told. */
  silent: z.boolean(),
  /** `moment`: it was over at once. */
  state: z.enum(['open', 'ended', 'moment']),
  sinceMs: z.int(),
  endedMs: z.int().optional(),
  /** The entry that ended it. */
  ended: entrySchema.optional(),
  /** Who says that they see to it: a user's id, with the name while the user is known. */
  acknowledgedById: z.string().optional(),
  acknowledgedByName: z.string().optional(),
  /** Nothing at the site ends it: it is open until somebody acknowledges it. */
  needsPerson: z.boolean(),
  /** What the site says it is about: ids. */
  about: z.string(),
  place: z.enum(['door', 'lane', 'zone', 'space']).optional(),
  placeId: z.string().optional(),
  placeName: z.string().optional(),
  sessionId: z.string().optional(),
})
export type IncidentRow = z.infer<typeof incidentRowSchema>

export const incidentPageSchema = accessPageSchema.extend({
  /** How many are open at the asked sites, whatever else is asked. */
  openCount: z.int(),
  items: z.array(incidentRowSchema),
})
export type IncidentPage = z.infer<typeof incidentPageSchema>
