import type { Clock } from '@gatehouse/shared/clock/clock'

const callersMax = 10_000
const burstFactor = 4

interface Bucket {
  tokens: number
  atMs: number
}

/** A token bucket per caller; the oldest caller is forgotten when too many are known. */
export class RateLimit {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #buckets = new Map<string, Bucket>()

  /** `perSecond` requests are allowed for ever, four times as many at once. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock
    this.#perSecond = perSecond
  }

  /** Takes one request of `caller`; `false` when it has none left. */
  take(caller: string): boolean {
    const atMs = this.#clock.now().monotonicMs
    const burst = this.#perSecond * burstFactor
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, atMs }
    const tokens = Math.min(burst, bucket.tokens + ((atMs - bucket.atMs) / 1000) * this.#perSecond)
    this.#buckets.delete(caller)
    this.#buckets.set(caller, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs })
    if (this.#buckets.size > callersMax) {
      const oldest = this.#buckets.keys().next()
      if (!oldest.done) this.#buckets.delete(oldest.value)
    }
    return tokens >= 1
  }
}
