import { z } from 'zod'

const count = z.number()
const hour = z.object({ fromMs: count, percent: z.number() })
const takingsHour = z.object({ fromMs: count, amountMinor: count })

export const differenceStateSchema = z.enum(['equal', 'waiting', 'different'])
export type DifferenceState = z.infer<typeof differenceStateSchema>

export const siteRowSchema = z.object({
  siteId: z.string(),
  name: z.string(),
  heardMs: count.nullish(),
  link: z.enum(['live', 'offline']),
  waiting: count,
  devicesDown: count,
  selling: z.string(),
  headSeq: count,
  headHash: z.string(),
  cloudSeq: count,
  lagEntries: count,
  entriesToday: count,
  takingsTodayMinor: count,
  occupied: count,
  capacity: count,
  diff: z.object({ state: differenceStateSchema, amountMinor: count }),
})
export type SiteRow = z.infer<typeof siteRowSchema>

export const overviewSchema = z.object({
  asOfMs: count,
  totals: z.object({
    takingsMinor: count,
    currency: z.string(),
    occupiedPercent: count,
    exceptions: count,
    entriesToday: count,
  }),
  sites: z.array(siteRowSchema),
  occupancyByHour: z.array(hour),
  takingsByHour: z.array(takingsHour),
})
export type Overview = z.infer<typeof overviewSchema>

export const reconciliationSchema = z.object({
  asOfMs: count,
  items: z.array(
    z.object({
      siteId: z.string(),
      name: z.string(),
      incarnation: count,
      state: differenceStateSchema,
      lines: z.array(
        z.object({
          what: z.string(),
          site: z.union([z.number(), z.string()]).nullable(),
          cloud: z.union([z.number(), z.string()]).nullable(),
          difference: z.union([z.number(), z.string()]).nullable(),
          unit: z.string(),
        }),
      ),
    }),
  ),
})
export type SiteBooks = z.infer<typeof reconciliationSchema>['items'][number]
export type BooksLine = SiteBooks['lines'][number]

export const ledgerEntrySchema = z.object({
  seq: count,
  incarnation: count.optional(),
  type: z.string(),
  hash: z.string(),
  prev: z.string().optional(),
  atMs: count,
  quality: z.enum(['trusted', 'untrusted']).optional(),
  commandId: z.string().optional(),
  body: z.record(z.string(), z.unknown()),
})
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>

export const ledgerPageSchema = z.object({ items: z.array(ledgerEntrySchema) })
