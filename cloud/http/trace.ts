import type { Random } from '@gatehouse/shared/random/random'
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-context.ts'

// W3C Trace Context §3.2: version 00, trace-id, parent-id, flags; an all-zero trace-id is invalid.
const traceparent = /^00-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** Gives each request a trace id, taken from `traceparent` when it carries a valid one, and answers with it. */
export function traceRequests(random: Random): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const given = traceparent.exec(context.req.header('traceparent') ?? '')?.[1]
    const traceId = given ?? Buffer.from(random.bytes(16)).toString('hex')
    context.set('traceId', traceId)
    await next()
    context.res.headers.set('x-trace-id', traceId)
  }
}
