import {
  exceptionDetailSchema,
  exceptionKinds,
  exceptionPageSchema,
  exceptionStepSchema,
  exceptionViewSchema,
} from '@gatehouse/shared/api/exception-view'
import { z } from 'zod'

// A page that was open before the cloud was upgraded reads kinds, fixes and verbs that it does not know.

/** The kind of a case; one that this page does not know is `other`. */
export const caseKindSchema = z.enum([...exceptionKinds, 'other']).catch('other')

const fix = z.string().optional()
const caseSchema = exceptionViewSchema.extend({
  kind: caseKindSchema,
  fixes: z.array(z.string()),
  fix,
  may: z.array(z.string()),
})
export type Case = z.infer<typeof caseSchema>

export const casePageSchema = exceptionPageSchema.extend({ items: z.array(caseSchema) })
export type CasePage = z.infer<typeof casePageSchema>

export const caseDetailSchema = caseSchema.extend({
  asOfMs: exceptionDetailSchema.shape.asOfMs,
  history: z.array(exceptionStepSchema.extend({ fix })),
})
export type CaseDetail = z.infer<typeof caseDetailSchema>
