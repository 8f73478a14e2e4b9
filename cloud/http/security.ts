import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { AppEnv } from './app-context.ts'
import { problem, refusal } from './problem.ts'

/**
 * Security headers for every answer. Scripts come from our own files only; styles may be inline because
 * the component kit sets them at run time.
 */
export function securityHeaders(https: boolean): MiddlewareHandler<AppEnv> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      fontSrc: ["'self'", 'data:'],
      // Older Safari does not count WebSockets of the same host as 'self'.
      connectSrc: ["'self'", 'ws:', 'wss:'],
      workerSrc: ["'self'", 'blob:'],
      manifestSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    referrerPolicy: 'same-origin',
    strictTransportSecurity: https ? 'max-age=31536000' : false,
    crossOriginOpenerPolicy: 'same-origin',
    permissionsPolicy: { camera: ['self'], microphone: [], geolocation: ['self'] },
  })
}

/** Which host names are ours, without ports; guards against DNS rebinding. */
export interface HostRules {
  readonly hosts: readonly string[]
  /** Origins of other pages that may call us, for example a white-label domain. */
  readonly origins: readonly string[]
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses requests under a foreign host name (421 `wrong_host`), and requests from another website's page
 * that change something or open a WebSocket (403 `wrong_origin`).
 */
export function checkHostAndOrigin(rules: HostRules): MiddlewareHandler<AppEnv> {
  const hosts = new Set(rules.hosts.map((host) => host.toLowerCase()))
  const origins = new Set(rules.origins)
  return async (context, next) => {
    const host = context.req.header('host') ?? new URL(context.req.url).host
    if (!hosts.has(hostName(host))) return problem(context, refusal('wrong_host'))
    const origin = context.req.header('origin')
    const changes = !safeMethods.has(context.req.method) || context.req.header('upgrade') !== undefined
    if (changes && origin !== undefined && !sameOrigin(origin, host) && !origins.has(origin)) {
      return problem(context, refusal('wrong_origin'))
    }
    return next()
  }
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '')
}

function sameOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
