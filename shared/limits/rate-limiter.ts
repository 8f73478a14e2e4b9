import type { Clock } from '../clock/clock.ts'

/** A token bucket: `burst` requests at once, `perSecond` more as time passes. */
export interface RateRule {
  readonly burst: number
  readonly perSecond: number
}

/** Whether a request may pass, and else after how many seconds to try again. */
export type RateVerdict = { readonly kind: 'pass' } | { readonly kind: 'wait'; readonly seconds: number }

interface Bucket {
  tokens: number
  atMs: number
}

const bucketsMax = 50_000

/**
 * Counts requests per caller in memory. Bounded: beyond 50,000 callers the one not heard of for longest is
 * forgotten. Each cloud process counts for itself.
 */
export class RateLimiter {
  readonly #rule: RateRule
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(rule: RateRule, clock: Clock) {
    this.#rule = rule
    this.#clock = clock
  }

  /** Takes one token of `caller`, or tells how long to wait. */
  take(caller: string): RateVerdict {
    const atMs = this.#clock.now().monotonicMs
    const bucket = this.#refilled(caller, atMs)
    // Set again, so that iteration order is the order of last use.
    this.#buckets.delete(caller)
    this.#buckets.set(caller, bucket)
    if (this.#buckets.size > bucketsMax) this.#forgetOldest()
    if (bucket.tokens < 1) {
      return { kind: 'wait', seconds: Math.max(1, Math.ceil((1 - bucket.tokens) / this.#rule.perSecond)) }
    }
    bucket.tokens -= 1
    return { kind: 'pass' }
  }

  #refilled(caller: string, atMs: number): Bucket {
    const known = this.#buckets.get(caller)
    if (known === undefined) return { tokens: this.#rule.burst, atMs }
    const gained = ((atMs - known.atMs) / 1000) * this.#rule.perSecond
    return { tokens: Math.min(this.#rule.burst, known.tokens + gained), atMs }
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}
