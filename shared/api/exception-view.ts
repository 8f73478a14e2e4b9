import { z } from 'zod'

/** What a person at HQ must look at (ARCHITECTURE §4), worst first. */
export const exceptionKinds = [
  'chain_fork',
  'clone',
  'foreign_call',
  'forged_token',
  'late_decline',
  'sale_contradicted',
  'credits_owed',
  'difference',
  'chain_gap',
  'history_gone',
  'unprojectable',
  'clock_skew',
] as const
export type ExceptionKind = (typeof exceptionKinds)[number]

/** What a person can say was done about a case. */
export const exceptionFixes = [
  'cloud_corrected',
  'accepted',
  'collected',
  'written_off',
  'cloud_chain_stands',
  'machine_replaced',
  'machine_retired',
  'machine_checked',
  'entries_arrived',
  'entry_explained',
  'clock_set',
  'member_settled',
] as const
export type ExceptionFix = (typeof exceptionFixes)[number]

const person = z.object({ id: z.string(), name: z.string().optional() })
export type ExceptionPerson = z.infer<typeof person>
const fix = z.enum([...exceptionFixes, 'resolved_by_itself'])

/** Where a case stands; `settled` is its end. */
export const exceptionStates = ['open', 'taken', 'proposed', 'settled'] as const

const sideSchema = z.object({
  what: z.string(),
  site: z.union([z.number(), z.string()]),
  cloud: z.union([z.number(), z.string()]),
  /** Cloud minus site, where it can be computed. */
  difference: z.number().optional(),
  /** `count`, `hash`, `instant` (epoch ms), `code`, or the currency of minor units. */
  unit: z.string(),
})
export type ExceptionSideView = z.infer<typeof sideSchema>

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
  state: z.enum(exceptionStates),
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

export const exceptionStepSchema = z.object({
  step: z.int(),
  act: z.string(),
  atMs: z.int(),
  by: person,
  state: z.string(),
  fix: fix.optional(),
  note: z.string().optional(),
  amountMinor: z.int().optional(),
})
export type ExceptionStepView = z.infer<typeof exceptionStepSchema>

export const exceptionDetailSchema = exceptionViewSchema.extend({
  asOfMs: z.int(),
  /** Oldest first; nothing in it is ever changed. */
  history: z.array(exceptionStepSchema),
})
export type ExceptionDetail = z.infer<typeof exceptionDetailSchema>
