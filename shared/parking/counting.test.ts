import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { correctedCount, countPassage, freePlaces, isFull, quietBeforeCorrectionMs } from './counting.ts'

const thresholds = { fullAtFree: 2, reopenAtFree: 5 }
const complete = { inside: 3, bays: 10, bayReports: 10, baysOccupied: 4, quietMs: quietBeforeCorrectionMs }

describe('counting', () => {
  test('shows neither less than 0 nor more than capacity, whatever passes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('entry' as const, 'exit' as const)),
        fc.nat(5),
        (moves, capacity) => {
          let inside = 0
          for (const move of moves) {
            inside = countPassage(inside, move)
            const free = freePlaces({ inside, capacity })
            expect(free).toBeGreaterThanOrEqual(0)
            expect(free).toBeLessThanOrEqual(capacity)
          }
        },
      ),
    )
  })

  test.each([
    [false, 3, false],
    [false, 2, true],
    [true, 4, true],
    [true, 5, false],
    [false, 4, false],
    [true, 0, true],
  ])('FULL was %s, %i free: FULL is %s', (was, free, expected) => {
    expect(isFull(was, free, thresholds)).toBe(expected)
  })

  test('complete, healthy sensors correct a count in a quiet garage', () => {
    expect(correctedCount(complete)).toBe(4)
  })

  test.each([
    ['one sensor is silent', { bayReports: 9 }],
    ['a car is still on its way', { quietMs: quietBeforeCorrectionMs - 1 }],
    ['they agree', { baysOccupied: 3 }],
    ['the zone has no bays', { bays: 0, bayReports: 0 }],
  ])('leaves the count when %s', (_name, change) => {
    expect(correctedCount({ ...complete, ...change })).toBeUndefined()
  })
})
