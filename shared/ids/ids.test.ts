import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../random/random.ts'
import { bookingIdSchema, newTimedId } from './ids.ts'

const latestMs = Date.UTC(2999, 0)

describe('timed ids', () => {
  test('sort by the moment they were made, and differ within one', () => {
    const random = new SeededRandom(3)
    fc.assert(
      fc.property(fc.nat({ max: latestMs }), fc.nat({ max: latestMs }), (aMs, bMs) => {
        const a: string = newTimedId(bookingIdSchema, 'bk', { random, wallMs: aMs })
        const b: string = newTimedId(bookingIdSchema, 'bk', { random, wallMs: bMs })
        expect(a).not.toBe(b)
        if (aMs !== bMs) expect(a < b).toBe(aMs < bMs)
      }),
    )
  })

  test('can be made before 1970', () => {
    expect(newTimedId(bookingIdSchema, 'bk', { random: new SeededRandom(3), wallMs: -5 })).toMatch(/^bk_0{9}/)
  })
})
