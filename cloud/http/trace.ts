import { AsyncLocalStorage } from 'node:async_hooks'
import { traceFrom, traceIdOf, traceparentOf } from '@gatehouse/shared/api/trace'
import type { Random } from '@gatehouse/shared/random/random'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { AppEnv } from './app-context.ts'

const traces = new AsyncLocalStorage<string>()

/** A request that was refused or failed, as the log names it; the route has no values in it. */
export interface RefusedRequest {
  readonly traceId: string
  readonly method: string
  readonly route: string
  readonly status: number
}

/** Refusals that anybody can provoke without end say nothing that is worth a line. */
const unlogged: ReadonlySet<number> = new Set([401, 404, 429])

/** The trace id of the HTTP request that this work belongs to; `undefined` outside of one. */
export function currentTraceId(): string | undefined {
  return traces.getStore()
}

/**
 * Gives each request a trace id, taken from `traceparent` when it carries a valid one, and answers with it.
 * All work of the request finds it in `currentTraceId`; a request that is refused is told to `onRefused`.
 */
export function traceRequests(
  random: Random,
  onRefused: (request: RefusedRequest) => void = () => {},
): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const own = traceFrom(random.bytes(24))
    const traceId = traceIdOf(context.req.header('traceparent')) ?? own.traceId
    context.set('traceId', traceId)
    await traces.run(traceId, next)
    const { status } = context.res
    context.res.headers.set('x-trace-id', traceId)
    context.res.headers.set('traceparent', traceparentOf(traceId, own.parentId))
    // Probes of a program that is not ready, and files that are missing, would fill the log.
    if (status < 400 || unlogged.has(status) || !/^\/(api|sync)\//.test(context.req.path)) return
    onRefused({ traceId, method: context.req.method, route: routeOf(context), status })
  }
}

/** The pattern of the handler; middleware matches as well, by patterns with a star. */
function routeOf(context: Context): string {
  const paths = matchedRoutes(context).map(({ path }) => path)
  return paths.filter((path) => !path.includes('*')).at(-1) ?? '*'
}
