import { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from './app-context.ts'
import { problem, refusal } from './problem.ts'

/** An app for a group of API routes; what the schemas refuse becomes 422 `invalid_request` (404 for a bad id in the path). */
export function createApi(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, context) => {
      if (result.success) return undefined
      if (result.target === 'param') return problem(context, refusal('not_found'))
      const issues = result.error.issues
        .slice(0, 20)
        .map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
      return problem(context, { ...refusal('invalid_request'), issues })
    },
  })
}

/** Refusals every route behind log-in may answer; they are problems (RFC 9457) like all others. */
export const accessRefusals = {
  401: { description: 'Not logged in' },
  403: { description: 'Not yours to see or change' },
} as const
