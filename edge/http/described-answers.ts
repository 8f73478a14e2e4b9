import { problemSchema } from '@gatehouse/shared/api/problem'
import type { z } from '@hono/zod-openapi'

/** How a refusal of a route stands in the OpenAPI document. */
export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
})

/** How an answer of a route stands in the OpenAPI document. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** How the body that a route wants stands in the OpenAPI document. */
export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})
