import type { Problem } from '@gatehouse/shared/api/problem'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Refusal } from '../ledger/command.ts'
import { refusalTexts } from './refusal-texts.ts'

/** Where a handler leaves the trace id of its request, for problems and logs. */
export interface TraceVariables {
  traceId: string
}

/** Turns a refusal into the problem every API of the edge answers with; unknown codes become 500 `internal`. */
export function problemOf(refusal: Refusal, traceId?: string): Problem {
  const known = Object.hasOwn(refusalTexts, refusal.code)
  const code = known ? refusal.code : 'internal'
  const [status, title, hint] = refusalTexts[code] ?? [500, 'Something went wrong here.', 'Try again.']
  return {
    type: `urn:gatehouse:problem:${code}`,
    title,
    status,
    code,
    hint,
    ...(traceId === undefined ? {} : { traceId }),
    ...refusal.detail,
  }
}

/** Answers a request with the problem of a refusal, as `application/problem+json`. */
export function refuse(c: Context, refusal: Refusal): Response {
  const traceId: unknown = c.get('traceId')
  const problem = problemOf(refusal, typeof traceId === 'string' ? traceId : undefined)
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (problem.status === 429 || problem.status === 503) headers['retry-after'] = '5'
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, headers)
}
