import type { Clock } from '@gatehouse/shared/clock/clock'

/** How often rows are looked for that have been kept for weeks. */
const everyMs = 3_600_000

/**
 * Runs `prune` at the first call and then once an hour, however often it is called; again at the next call while the
 * answer is that more is left.
 */
export function seldom(clock: Clock, prune: () => Promise<'more' | 'done'>): () => Promise<void> {
  let nextMonotonicMs = Number.NEGATIVE_INFINITY
  return async () => {
    const { monotonicMs } = clock.now()
    if (monotonicMs < nextMonotonicMs) return
    if ((await prune()) === 'done') nextMonotonicMs = monotonicMs + everyMs
  }
}
