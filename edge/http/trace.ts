import { handlerPattern, isLogged, type RefusedRequest } from '@gatehouse/shared/api/refused-request'
import { traceFrom, traceIdOf, traceparentOf } from '@gatehouse/shared/api/trace'
import type { Random } from '@gatehouse/shared/random/random'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { TraceVariables } from './problem.ts'

/**
 * Gives each request a trace id, taken from `traceparent` when it carries a valid one, and answers with it.
 * A request that is refused is told to `onRefused`.
 */
export function traceRequests(
  random: Random,
  onRefused: (request: RefusedRequest) => void = () => {},
): MiddlewareHandler<{ Variables: TraceVariables }> {
  return async (c, next) => {
    const own = traceFrom(random.bytes(24))
    const traceId = traceIdOf(c.req.header('traceparent')) ?? own.traceId
    c.set('traceId', traceId)
    // Set before the answer is made: a header added to a made answer copies the whole answer.
    c.header('x-trace-id', traceId)
    c.header('traceparent', traceparentOf(traceId, own.parentId))
    await next()
    const { status } = c.res
    const { path, method } = c.req
    if (!isLogged({ status, path })) return
    onRefused({ traceId, method, route: handlerPattern(matchedRoutes(c)), status })
  }
}
