import type { Clock } from '@gatehouse/shared/clock/clock'
import { RateLimiter, type RateRule } from '@gatehouse/shared/limits/rate-limiter'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AppEnv } from './app-context.ts'
import { problem, refusal } from './problem.ts'

/** How much one caller may ask; settings of the cloud. */
export interface RequestLimits {
  readonly perAddress: RateRule
  readonly perUser: RateRule
  /** Log-in attempts per address. */
  readonly perLogIn: RateRule
  readonly bodyBytesMax: number
}

type CallerOf = (context: Parameters<MiddlewareHandler<AppEnv>>[0]) => string

/** Refuses a caller's requests beyond the rule with 429 `too_many_requests` and `Retry-After` in seconds. */
export function limitRate(rule: RateRule, clock: Clock, callerOf: CallerOf): MiddlewareHandler<AppEnv> {
  const limiter = new RateLimiter(rule, clock)
  return async (context, next) => {
    const verdict = limiter.take(callerOf(context))
    if (verdict.kind === 'pass') return next()
    return problem(context, refusal('too_many_requests'), { 'retry-after': String(verdict.seconds) })
  }
}

/** Refuses bodies above the bound with 413 `too_large`, whether announced or streamed. */
export function limitBody(maxSize: number): MiddlewareHandler<AppEnv> {
  return bodyLimit({ maxSize, onError: (context) => problem(context, refusal('too_large')) })
}
