import { SeededRandom } from '@gatehouse/shared/random/random'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retryDelayMs } from './backoff.ts'

describe('the wait before another try', () => {
  test('doubles from half a second and ends at fifteen, at least half of it always', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.integer(), (attempt, seed) => {
        const full = Math.min(15_000, 500 * 2 ** attempt)
        const delayMs = retryDelayMs(attempt, new SeededRandom(seed))
        expect(delayMs).toBeGreaterThanOrEqual(full / 2)
        expect(delayMs).toBeLessThan(full + 1)
      }),
    )
  })

  test('spreads sites that lost the cloud at the same moment', () => {
    const waits = Array.from({ length: 50 }, (_, seed) => retryDelayMs(5, new SeededRandom(seed)))
    expect(new Set(waits).size).toBeGreaterThan(40)
  })
})
