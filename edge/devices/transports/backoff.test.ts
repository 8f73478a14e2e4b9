import { SeededRandom } from '@gatehouse/shared/random/random'
import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

const bounds = { firstMs: 200, longestMs: 5_000 }

test('doubles from the first pause to the longest and stays there', () => {
  const random = new SeededRandom(1)
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const bound = Math.min(5_000, 200 * 2 ** attempt)
    const pause = backoffMs(attempt, bounds, random)
    expect(pause).toBeGreaterThanOrEqual(bound / 2)
    expect(pause).toBeLessThanOrEqual(bound)
  }
})

test('spreads links that broke at the same moment', () => {
  const random = new SeededRandom(2)
  const pauses = new Set(Array.from({ length: 50 }, () => backoffMs(4, bounds, random)))
  expect(pauses.size).toBeGreaterThan(25)
})
