import { z } from 'zod'
import { exceptionFixes, exceptionKinds } from './kinds.ts'

const person = z.object({ id: z.string(), name: z.string().optional() })
const fix = z.enum([...exceptionFixes, 'resolved_by_itself'])

const sideSchema = z.object({
  what: z.string(),
  site: z.union([z.number(), z.string()]),
  cloud: z.union([z.number(), z.string()]),
  /** Cloud minus site, where it can be computed. */
  difference: z.number().optional(),
  /** `count`, `hash`, `instant` (epoch ms), `code`, or the currency of minor units. */
  unit: z.string(),
})

/** What the caller may do with a case now. */
export const exceptionVerbs = ['take', 'release', 'propose', 'settle', 'approve', 'reject'] as const
export type ExceptionVerb = (typeof exceptionVerbs)[number]

/** A case as HQ reads it; times are epoch milliseconds, amounts minor units. */
export const exceptionViewSchema = z.object({
  exceptionId: z.int(),
  siteId: z.string(),
  siteName: z.string(),
  timeZone: z.string(),
  kind: z.enum(exceptionKinds),
  about: z.string(),
  state: z.enum(['open', 'taken', 'proposed', 'settled']),
  /** 3 a ledger or machine that cannot be trusted, 2 money, 1 the rest. */
  severity: z.int(),
  sinceMs: z.int(),
  /** When it was found last. */
  foundMs: z.int(),
  sides: z.array(sideSchema),
  amountMinor: z.int().optional(),
  currency: z.string().optional(),
  needsSecond: z.boolean(),
  fixes: z.array(z.enum(exceptionFixes)),
  owner: person.optional(),
  proposedBy: person.optional(),
  fix: fix.optional(),
  note: z.string().optional(),
  settledBy: person.optional(),
  settledMs: z.int().optional(),
  /** The ledger entry to look at; with `hash` when the cloud has it. */
  entry: z.object({ incarnation: z.int(), seq: z.int(), hash: z.string().optional() }).optional(),
  may: z.array(z.enum(exceptionVerbs)),
})
export type ExceptionView = z.infer<typeof exceptionViewSchema>

export const exceptionPageSchema = z.object({
  asOfMs: z.int(),
  /** Cases at the asked site that are not settled, whatever else is asked. */
  unsettled: z.int(),
  items: z.array(exceptionViewSchema),
  choices: z.object({
    sites: z.array(z.object({ siteId: z.string(), name: z.string() })),
    owners: z.array(person),
  }),
  /** Ask again with this `cursor` for what is next; absent at the end. */
  nextCursor: z.string().optional(),
})
export type ExceptionPage = z.infer<typeof exceptionPageSchema>

const stepSchema = z.object({
  step: z.int(),
  act: z.string(),
  atMs: z.int(),
  by: person,
  state: z.string(),
  fix: fix.optional(),
  note: z.string().optional(),
  amountMinor: z.int().optional(),
})
export type ExceptionStepView = z.infer<typeof stepSchema>

export const exceptionDetailSchema = exceptionViewSchema.extend({
  asOfMs: z.int(),
  /** Oldest first; nothing in it is ever changed. */
  history: z.array(stepSchema),
})
export type ExceptionDetail = z.infer<typeof exceptionDetailSchema>
