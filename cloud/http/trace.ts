import { AsyncLocalStorage } from 'node:async_hooks'
import { handlerPattern, isLogged, type RefusedRequest } from '@gatehouse/shared/api/refused-request'
import { traceFrom, traceIdOf, traceparentOf } from '@gatehouse/shared/api/trace'
import type { Random } from '@gatehouse/shared/random/random'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { AppEnv } from './app-context.ts'

const traces = new AsyncLocalStorage<string>()

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
    const { path, method } = context.req
    if (!isLogged({ status, path })) return
    onRefused({ traceId, method, route: handlerPattern(matchedRoutes(context)), status })
  }
}
