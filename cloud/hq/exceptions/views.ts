import { z } from 'zod'

const person = z.object({ id: z.string(), name: z.string().optional() })
export type CasePerson = z.infer<typeof person>

export const caseKinds = [
  ...(['chain_fork', 'clone', 'foreign_call', 'late_decline', 'sale_contradicted', 'credits_owed'] as const),
  ...(['difference', 'chain_gap', 'unprojectable', 'clock_skew'] as const),
] as const
export const caseStates = ['open', 'taken', 'proposed', 'settled'] as const

const sideSchema = z.object({
  what: z.string(),
  site: z.union([z.number(), z.string()]),
  cloud: z.union([z.number(), z.string()]),
  difference: z.number().optional(),
  unit: z.string(),
})
export type CaseSide = z.infer<typeof sideSchema>

/** A case as HQ reads it; times are epoch milliseconds, amounts minor units. */
const caseSchema = z.object({
  exceptionId: z.number(),
  siteId: z.string(),
  siteName: z.string(),
  timeZone: z.string(),
  kind: z.enum([...caseKinds, 'other']).catch('other'),
  state: z.enum(caseStates),
  severity: z.number(),
  sinceMs: z.number(),
  foundMs: z.number(),
  sides: z.array(sideSchema),
  amountMinor: z.number().optional(),
  currency: z.string().optional(),
  needsSecond: z.boolean(),
  fixes: z.array(z.string()),
  owner: person.optional(),
  proposedBy: person.optional(),
  fix: z.string().optional(),
  note: z.string().optional(),
  settledBy: person.optional(),
  settledMs: z.number().optional(),
  entry: z.object({ incarnation: z.number(), seq: z.number(), hash: z.string().optional() }).optional(),
  may: z.array(z.string()),
})
export type Case = z.infer<typeof caseSchema>

export const casePageSchema = z.object({
  asOfMs: z.number(),
  unsettled: z.number(),
  items: z.array(caseSchema),
  choices: z.object({
    sites: z.array(z.object({ siteId: z.string(), name: z.string() })),
    owners: z.array(person),
  }),
  nextCursor: z.string().optional(),
})
export type CasePage = z.infer<typeof casePageSchema>

const stepSchema = z.object({
  step: z.number(),
  act: z.string(),
  atMs: z.number(),
  by: person,
  fix: z.string().optional(),
  note: z.string().optional(),
  amountMinor: z.number().optional(),
})

export const caseDetailSchema = caseSchema.extend({ asOfMs: z.number(), history: z.array(stepSchema) })
export type CaseDetail = z.infer<typeof caseDetailSchema>
