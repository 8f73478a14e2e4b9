import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-context.ts'

/**
 * Determines the caller's address: the socket's, or, when the socket is one of the trusted proxies, the last
 * address in `X-Forwarded-For` that is not a trusted proxy. The header of anybody else is ignored.
 */
export function callerAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: ReadonlySet<string>,
): string {
  const direct = plain(socketAddress ?? 'unknown')
  if (!trustedProxies.has(direct)) return direct
  const chain = (forwardedFor ?? '').split(',').map((part) => plain(part.trim()))
  return chain.findLast((hop) => hop !== '' && !trustedProxies.has(hop)) ?? direct
}

/** Leaves the caller's address in the request context. */
export function findAddress(trustedProxies: readonly string[]): MiddlewareHandler<AppEnv> {
  const trusted = new Set(trustedProxies)
  return async (context, next) => {
    const socketAddress = context.env?.incoming?.socket.remoteAddress
    context.set('address', callerAddress(socketAddress, context.req.header('x-forwarded-for'), trusted))
    return next()
  }
}

// A dual-stack socket shows IPv4 callers as ::ffff:192.0.2.1.
function plain(address: string): string {
  return address.replace(/^::ffff:/i, '')
}
