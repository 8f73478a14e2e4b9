import { z } from 'zod'

/** What a field of the subject was or became, by its name. */
export const actDetailSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.record(z.string(), z.number())]),
)
export type ActDetail = z.infer<typeof actDetailSchema>

/** One act as the API tells it; names are looked up when it is read, they are not part of the record. */
export const actViewSchema = z.object({
  seq: z.int(),
  hash: z.string(),
  prev: z.string(),
  act: z.string(),
  /** Epoch ms. */
  occurredMs: z.int(),
  actor: z.object({ kind: z.string(), id: z.string(), role: z.string().optional() }),
  subject: z.object({ kind: z.string(), id: z.string() }),
  operatorId: z.string().optional(),
  siteId: z.string().optional(),
  before: actDetailSchema.optional(),
  after: actDetailSchema.optional(),
  traceId: z.string().optional(),
  /** The caller's network address; told to HQ only. */
  address: z.string().optional(),
  /** Absent for machines, and for users who are gone. */
  actorName: z.string().optional(),
  /** Of a user or a member who is still there. */
  subjectName: z.string().optional(),
  siteName: z.string().optional(),
})
export type ActView = z.infer<typeof actViewSchema>

export const actPageSchema = z.object({
  items: z.array(actViewSchema),
  /** Ask again with this `beforeSeq` for older acts; absent at the end. */
  nextBeforeSeq: z.int().optional(),
})
export type ActPage = z.infer<typeof actPageSchema>

export const chainViewSchema = z.object({
  state: z.enum(['intact', 'broken']),
  /** Acts in the chain, of everybody. */
  acts: z.int(),
  headSeq: z.int(),
  headHash: z.string(),
  /** The first act that does not fit to the one before it, or is missing. */
  brokenAtSeq: z.int().optional(),
})
export type ChainView = z.infer<typeof chainViewSchema>

/** What the acts can be filtered by, and whether their chain is intact. */
export const auditSummarySchema = z.object({
  asOfMs: z.int(),
  chain: chainViewSchema,
  actors: z.array(z.object({ id: z.string(), name: z.string().optional() })),
  sites: z.array(z.object({ id: z.string(), name: z.string().optional() })),
})
export type AuditSummary = z.infer<typeof auditSummarySchema>
