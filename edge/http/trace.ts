import { traceFrom, traceIdOf, traceparentOf } from '@gatehouse/shared/api/trace'
import type { Random } from '@gatehouse/shared/random/random'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { TraceVariables } from './problem.ts'

/** A request that was refused or failed, as the log names it; the route has no values in it. */
export interface RefusedRequest {
  readonly traceId: string
  readonly method: string
  readonly route: string
  readonly status: number
}

/** Refusals that anybody can provoke without end say nothing that is worth a line. */
const unlogged: ReadonlySet<number> = new Set([401, 404, 429])

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
    // Probes of a program that is not ready, and files that are missing, would fill the log.
    if (status < 400 || unlogged.has(status) || !/^\/(api|sync)\//.test(c.req.path)) return
    onRefused({ traceId, method: c.req.method, route: routeOf(c), status })
  }
}

/** The pattern of the handler; middleware matches as well, by patterns with a star. */
function routeOf(context: Context): string {
  const paths = matchedRoutes(context).map(({ path }) => path)
  return paths.filter((path) => !path.includes('*')).at(-1) ?? '*'
}
