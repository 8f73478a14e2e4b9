import { actDetailSchema } from '@gatehouse/shared/api/audit-view'
import { z } from 'zod'

const text = z.string().optional().catch(undefined)
const unknown = { kind: 'unknown', id: '' }

/**
 * What the canonical text of an act tells. A text that somebody altered, or of another release, is told as far as
 * it can be read: the audit must open most of all then.
 */
export const actRecordSchema = z.object({
  actor: z.object({ kind: z.string(), id: z.string(), role: text }).catch(unknown),
  subject: z.object({ kind: z.string(), id: z.string() }).catch(unknown),
  operatorId: text,
  siteId: text,
  before: actDetailSchema.optional().catch(undefined),
  after: actDetailSchema.optional().catch(undefined),
  traceId: text,
  address: text,
})
