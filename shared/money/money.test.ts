import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, containedTax, divideRounded, percentOf } from './money.ts'

const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })
const weights = fc
  .array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 12 })
  .filter((list) => list.some((weight) => weight > 0))

describe('rounding', () => {
  it('rounds halves away from zero', () => {
    expect(divideRounded(5n, 2n)).toBe(3n)
    expect(divideRounded(-5n, 2n)).toBe(-3n)
    expect(divideRounded(4n, 3n)).toBe(1n)
    expect(divideRounded(-4n, 3n)).toBe(-1n)
    expect(divideRounded(0n, 7n)).toBe(0n)
  })

  it('is never further than half a unit away', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.bigInt(1n, 10n ** 9n), (n, d) => {
        const twice = 2n * (divideRounded(n, d) * d - n)
        return (twice < 0n ? -twice : twice) <= d
      }),
    )
  })

  it('treats a negative amount as the mirror of the positive one', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 10_000 }), (value, hundredths) => {
        expect(percentOf(-value, hundredths / 100) + percentOf(value, hundredths / 100)).toBe(0)
      }),
    )
  })

  it('refuses a denominator of 0', () => {
    expect(() => divideRounded(1n, 0n)).toThrow(RangeError)
  })
})

describe('tax inside a total', () => {
  it('finds 19 % and 7 % as a receipt shows them', () => {
    expect(containedTax(1190, 19)).toBe(190)
    expect(containedTax(1000, 19)).toBe(160)
    expect(containedTax(500, 7)).toBe(33)
    expect(containedTax(1000, 0)).toBe(0)
    expect(containedTax(0, 19)).toBe(0)
  })

  it('rebuilds the total within one minor unit from the net', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.integer({ min: 0, max: 100 }),
        (total, rate) => {
          const tax = containedTax(total, rate)
          expect(tax).toBeGreaterThanOrEqual(0)
          expect(tax).toBeLessThanOrEqual(total)
          expect(Math.abs(total - tax + percentOf(total - tax, rate) - total)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})

describe('allocate', () => {
  it('gives ties to the first', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33])
    expect(allocate(-100, [1, 1, 1])).toEqual([-34, -33, -33])
    expect(allocate(5, [3, 7])).toEqual([2, 3])
  })

  it('loses and makes no minor unit', () => {
    fc.assert(
      fc.property(amount, weights, (value, list) => {
        expect(allocate(value, list).reduce((sum, part) => sum + part, 0)).toBe(value)
      }),
    )
  })

  it('keeps each part within one unit of its exact share and gives nothing to weight 0', () => {
    fc.assert(
      fc.property(amount, weights, (value, list) => {
        const sum = list.reduce((total, weight) => total + weight, 0)
        allocate(value, list).forEach((part, index) => {
          const share = (value * (list[index] ?? 0)) / sum
          expect(Math.abs(part - share)).toBeLessThan(1.000001)
          if (list[index] === 0) expect(part).toBe(0)
        })
      }),
    )
  })

  it('refuses weights that cannot share anything', () => {
    expect(() => allocate(1, [])).toThrow(RangeError)
    expect(() => allocate(1, [0, 0])).toThrow(RangeError)
    expect(() => allocate(1, [2, -1])).toThrow(RangeError)
  })
})
