import { z } from 'zod'

/** Shapes of the HQ API; times are epoch milliseconds, amounts minor units. */
export const hourViewSchema = z.object({
  fromMs: z.int(),
  /** Space-hours in use, of `capacity`. */
  occupied: z.number(),
  capacity: z.int(),
  /** Of the part of the hour that has passed. */
  percent: z.number(),
  /** Takings less refunds. */
  amountMinor: z.int(),
})
export type HourView = z.infer<typeof hourViewSchema>

export const bookStateSchema = z.enum(['equal', 'waiting', 'different'])
export type BookState = z.infer<typeof bookStateSchema>

export const siteSummarySchema = z.object({
  siteId: z.string(),
  name: z.string(),
  kind: z.enum(['coworking', 'parking']),
  timeZone: z.string(),
  currency: z.string(),
  /** When the site was last heard; absent when never. */
  heardMs: z.int().optional(),
  link: z.enum(['live', 'offline']),
  /** Entries that the site had not sent when it was last heard. */
  waiting: z.int(),
  devicesDown: z.int(),
  selling: z.enum(['all', 'none', 'unknown']),
  incarnation: z.int(),
  /** The site's own head as it last reported it. */
  headSeq: z.int(),
  headHash: z.string(),
  /** How far the cloud has projected. */
  cloudSeq: z.int(),
  lagEntries: z.int(),
  /** Since when the cloud has been behind by more than is always under way; absent while it keeps up. */
  behindSinceMs: z.int().optional(),
  entriesToday: z.int(),
  takingsTodayMinor: z.int(),
  occupied: z.int(),
  capacity: z.int(),
  exceptions: z.int(),
  /** Incidents that are not over: an open alarm of a door, a lane that waits for somebody. */
  openIncidents: z.int(),
  diff: z.object({ state: bookStateSchema, amountMinor: z.int() }),
})
export type SiteSummary = z.infer<typeof siteSummarySchema>

export const overviewSchema = z.object({
  asOfMs: z.int(),
  totals: z.object({
    takingsMinor: z.int(),
    currency: z.string(),
    occupiedPercent: z.number(),
    exceptions: z.int(),
    entriesToday: z.int(),
  }),
  sites: z.array(siteSummarySchema),
  occupancyByHour: z.array(hourViewSchema.pick({ fromMs: true, percent: true })),
  takingsByHour: z.array(hourViewSchema.pick({ fromMs: true, amountMinor: true })),
})
export type Overview = z.infer<typeof overviewSchema>

export const openExceptionSchema = z.object({
  exceptionId: z.int(),
  siteId: z.string(),
  kind: z.string(),
  about: z.string(),
  openedMs: z.int(),
})

export const siteDetailSchema = siteSummarySchema.extend({
  asOfMs: z.int(),
  version: z.string().optional(),
  clockQuality: z.string().optional(),
  devicesDownIds: z.array(z.string()),
  /** Only of a site with doors that is offline: until when they let in whom the site knows. */
  offlineCards: z
    .object({
      untilMs: z.int(),
      /** Doors with a shorter limit of their own, the one that stops first at the top. */
      stricterDoors: z.array(z.object({ name: z.string(), untilMs: z.int() })),
    })
    .optional(),
  bookings: z.record(z.string(), z.int()),
  sessions: z.object({ open: z.int(), departed: z.int(), voided: z.int() }),
  openExceptions: z.array(openExceptionSchema),
  hours: z.array(hourViewSchema),
})
export type SiteDetail = z.infer<typeof siteDetailSchema>

export const ledgerLineSchema = z.object({
  incarnation: z.int(),
  seq: z.int(),
  hash: z.string(),
  prev: z.string(),
  atMs: z.int(),
  quality: z.enum(['trusted', 'untrusted']),
  receivedMs: z.int(),
  type: z.string(),
  commandId: z.string(),
  body: z.record(z.string(), z.unknown()),
})
export type LedgerLine = z.infer<typeof ledgerLineSchema>

export const ledgerPageSchema = z.object({
  items: z.array(ledgerLineSchema),
  /** Ask again with this `beforeSeq` for older entries; absent at the end. */
  nextBeforeSeq: z.int().optional(),
})
export type LedgerPage = z.infer<typeof ledgerPageSchema>

export const reconciliationLineSchema = z.object({
  what: z.string(),
  site: z.union([z.number(), z.string()]),
  cloud: z.union([z.number(), z.string()]),
  difference: z.number(),
  unit: z.string(),
})
export type ReconciliationLine = z.infer<typeof reconciliationLineSchema>

/** Entries of a site that the cloud lost, and who accepted it: what they told is missing in the cloud's books. */
export const acceptedGapSchema = z.object({
  incarnation: z.int(),
  /** The first and the last lost entry. */
  fromSeq: z.int(),
  toSeq: z.int(),
  /** The name of whoever accepted it. */
  by: z.string(),
  atMs: z.int(),
  reason: z.string(),
})
export type AcceptedGap = z.infer<typeof acceptedGapSchema>

export const reconciliationItemSchema = z.object({
  siteId: z.string(),
  name: z.string(),
  incarnation: z.int(),
  state: bookStateSchema,
  /** The site's entry at which both sides were compared, and when. */
  atSeq: z.int(),
  atMs: z.int(),
  /** Sum of the absolute money differences. */
  amountMinor: z.int(),
  lines: z.array(reconciliationLineSchema),
  /** Absent when nothing was lost. */
  gaps: z.array(acceptedGapSchema).optional(),
})
export type ReconciliationItem = z.infer<typeof reconciliationItemSchema>

export const reconciliationSchema = z.object({
  asOfMs: z.int(),
  items: z.array(reconciliationItemSchema),
})
