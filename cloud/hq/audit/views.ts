import { z } from 'zod'

const detail = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.record(z.string(), z.number())]),
)
export type ActDetail = z.infer<typeof detail>

/** One administrative act as HQ reads it; times are epoch milliseconds. */
const actSchema = z.object({
  seq: z.number(),
  hash: z.string(),
  prev: z.string(),
  act: z.string(),
  occurredMs: z.number(),
  actor: z.object({ kind: z.string(), id: z.string(), role: z.string().optional() }),
  actorName: z.string().optional(),
  subject: z.object({ kind: z.string(), id: z.string() }),
  operatorId: z.string().optional(),
  subjectName: z.string().optional(),
  siteId: z.string().optional(),
  siteName: z.string().optional(),
  before: detail.optional(),
  after: detail.optional(),
  traceId: z.string().optional(),
  /** Told to HQ only. */
  address: z.string().optional(),
})
export type AdminAct = z.infer<typeof actSchema>

export const actPageSchema = z.object({
  items: z.array(actSchema),
  /** Older acts are below this; absent at the end. */
  nextBeforeSeq: z.number().optional(),
})

const named = z.object({ id: z.string(), name: z.string().optional() })

export const auditSummarySchema = z.object({
  asOfMs: z.number(),
  chain: z.object({
    state: z.enum(['intact', 'broken']),
    acts: z.number(),
    headSeq: z.number(),
    headHash: z.string(),
    brokenAtSeq: z.number().optional(),
  }),
  actors: z.array(named),
  sites: z.array(named),
})
export type AuditSummary = z.infer<typeof auditSummarySchema>
