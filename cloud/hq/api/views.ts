import { exceptionKinds } from '@gatehouse/shared/api/exception-view'
import { z } from 'zod'

export const differenceStateSchema = z.enum(['equal', 'waiting', 'different'])
export type DifferenceState = z.infer<typeof differenceStateSchema>

const exceptionKindSchema = z.enum([...exceptionKinds, 'other']).catch('other')

/** One site as HQ sees it; times are epoch milliseconds, amounts minor units. */
const siteRowSchema = z.object({
  siteId: z.string(),
  name: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  /** Absent when the site was never heard. */
  heardMs: z.number().optional(),
  link: z.enum(['live', 'offline']),
  waiting: z.number(),
  devicesDown: z.number(),
  selling: z.enum(['all', 'none', 'unknown']),
  headSeq: z.number(),
  headHash: z.string(),
  cloudSeq: z.number(),
  lagEntries: z.number(),
  behindSinceMs: z.number().optional(),
  entriesToday: z.number(),
  takingsTodayMinor: z.number(),
  occupied: z.number(),
  capacity: z.number(),
  exceptions: z.number(),
  openIncidents: z.number(),
  diff: z.object({ state: differenceStateSchema, amountMinor: z.number() }),
})
export type SiteRow = z.infer<typeof siteRowSchema>

export const overviewSchema = z.object({
  asOfMs: z.number(),
  totals: z.object({
    takingsMinor: z.number(),
    currency: z.string(),
    occupiedPercent: z.number(),
    exceptions: z.number(),
    entriesToday: z.number(),
  }),
  sites: z.array(siteRowSchema),
  occupancyByHour: z.array(z.object({ fromMs: z.number(), percent: z.number() })),
  takingsByHour: z.array(z.object({ fromMs: z.number(), amountMinor: z.number() })),
})
export type Overview = z.infer<typeof overviewSchema>

export const siteDetailSchema = siteRowSchema.extend({
  asOfMs: z.number(),
  devicesDownIds: z.array(z.string()),
  openExceptions: z.array(
    z.object({ exceptionId: z.number(), kind: exceptionKindSchema, about: z.string(), openedMs: z.number() }),
  ),
})
export type SiteDetail = z.infer<typeof siteDetailSchema>

const side = z.union([z.number(), z.string()])

export const reconciliationSchema = z.object({
  asOfMs: z.number(),
  items: z.array(
    z.object({
      siteId: z.string(),
      name: z.string(),
      incarnation: z.number(),
      state: differenceStateSchema,
      /** The site's entry at which both sides were compared, and when. */
      atSeq: z.number(),
      atMs: z.number(),
      /** `difference` is cloud minus site, for hashes 0 or 1; `unit` is `count`, `hash` or a currency. */
      lines: z.array(
        z.object({
          what: z.string(),
          site: side,
          cloud: side,
          difference: z.number(),
          unit: z.string(),
        }),
      ),
    }),
  ),
})
export type SiteBooks = z.infer<typeof reconciliationSchema>['items'][number]
export type BooksLine = SiteBooks['lines'][number]

const ledgerEntrySchema = z.object({
  incarnation: z.number(),
  seq: z.number(),
  hash: z.string(),
  prev: z.string(),
  atMs: z.number(),
  quality: z.enum(['trusted', 'untrusted']),
  receivedMs: z.number(),
  type: z.string(),
  commandId: z.string(),
  body: z.record(z.string(), z.unknown()),
})
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>

export const ledgerPageSchema = z.object({
  items: z.array(ledgerEntrySchema),
  /** Older entries are below this; absent at the end. */
  nextBeforeSeq: z.number().optional(),
})
