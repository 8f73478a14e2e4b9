import type { RefusedRequest } from '@gatehouse/shared/api/refused-request'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { RateLimiter } from '@gatehouse/shared/limits/rate-limiter'
import type { Random } from '@gatehouse/shared/random/random'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Env, Hono, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { EdgeConfig } from '../config.ts'
import type { DeviceCallers } from './device-callers.ts'
import { refuse } from './problem.ts'
import { securityHeaders } from './security-headers.ts'
import { traceRequests } from './trace.ts'

const bodyBytesMax = 64 * 1024
/** Requests that may come at once, as a multiple of those per second. */
const burstFactor = 4
/** Cameras send a picture along. */
const cameraBodyBytesMax = 5 * 1024 * 1024

export interface GuardOptions {
  readonly config: EdgeConfig['http']
  readonly clock: Clock
  readonly random: Random
  /** Hears of requests that were refused, for the log. */
  readonly onRefused?: (request: RefusedRequest) => void
}

/**
 * Puts in front of every route: trace id, security headers, Host and Origin check, rate and body limits. Known
 * devices are limited each for itself, everybody else by address.
 */
export function guardRequests<E extends Env>(
  app: Hono<E>,
  { config, clock, random, onRefused }: GuardOptions,
  callers?: Pick<DeviceCallers, 'of'>,
): void {
  const hosts = allowedHosts(config)
  const perSecond = config.requestsPerSecondMax
  const limit = new RateLimiter({ perSecond, burst: perSecond * burstFactor }, clock)
  app.use(traceRequests(random, onRefused))
  app.use(securityHeaders)
  app.use(async (c, next) => {
    if (!hosts.has(c.req.header('host') ?? '')) return refuse(c, { code: 'host_not_allowed' })
    const origin = c.req.header('origin')
    if (origin !== undefined && !hosts.has(hostOf(origin))) return refuse(c, { code: 'origin_not_allowed' })
    // A made-up secret must not buy a bucket of its own.
    const device = callers?.of(c)
    const address = getConnInfo(c).remote.address ?? 'unknown'
    if (limit.take(device ? `device ${device.deviceId}` : address).kind === 'wait') {
      return refuse(c, { code: 'too_many_requests' })
    }
    await next()
    return undefined
  })
  const limited = (maxSize: number): MiddlewareHandler => {
    const counted = bodyLimit({ maxSize, onError: (c) => refuse(c, { code: 'body_too_large' }) })
    return (c, next) => {
      const declared = c.req.header('content-length')
      // A declared length is enforced by the HTTP parser; only bodies without one have to be counted.
      if (declared === undefined || c.req.header('transfer-encoding') !== undefined) return counted(c, next)
      return Number(declared) > maxSize ? Promise.resolve(refuse(c, { code: 'body_too_large' })) : next()
    }
  }
  const [small, large] = [limited(bodyBytesMax), limited(cameraBodyBytesMax)]
  app.use((c, next) => (c.req.path.startsWith('/api/v1/cameras/') ? large(c, next) : small(c, next)))
}

function allowedHosts({ host, port, allowedHosts: further }: EdgeConfig['http']): ReadonlySet<string> {
  const own = ['127.0.0.1', 'localhost', '[::1]', host].map((name) => `${name}:${port}`)
  return new Set([...own, ...further])
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).host
  } catch {
    return ''
  }
}
