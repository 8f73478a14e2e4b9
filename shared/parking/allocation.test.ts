import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { spaceIdSchema } from '../ids/ids.ts'
import { bayClassSchema } from '../wire/v1/directory.ts'
import { type VehicleClass, vehicleClassSchema } from '../wire/v1/entries.ts'
import { allocateBay, bayClassesFor, type FreeBay } from './allocation.ts'

const closed = { evForAll: false, strategy: 'nearest' } as const
const bay = (id: string, bayClass: FreeBay['bayClass'], distanceMeters = 10, levelFree = 1): FreeBay => ({
  spaceId: spaceIdSchema.parse(id),
  bayClass,
  levelFree,
  distanceMeters,
})

const mayUse: Record<VehicleClass, Record<FreeBay['bayClass'], boolean>> = {
  motorcycle: { motorcycle: true, compact: true, regular: true, large: true, accessible: false, ev: false },
  car: { motorcycle: false, compact: true, regular: true, large: true, accessible: false, ev: false },
  large: { motorcycle: false, compact: false, regular: false, large: true, accessible: false, ev: false },
  ev: { motorcycle: false, compact: true, regular: true, large: true, accessible: false, ev: true },
  accessible: { motorcycle: false, compact: true, regular: true, large: true, accessible: true, ev: false },
}

describe('allocateBay', () => {
  for (const vehicleClass of vehicleClassSchema.options) {
    for (const bayClass of bayClassSchema.options) {
      const allowed = mayUse[vehicleClass][bayClass]
      test(`${vehicleClass} ${allowed ? 'may' : 'never'} uses ${bayClass}`, () => {
        expect(allocateBay(vehicleClass, [bay('b-1', bayClass)], closed)).toBe(allowed ? 'b-1' : undefined)
      })
    }
  }

  test('takes the smallest class that fits before the nearest bay', () => {
    const bays = [bay('near', 'large', 1), bay('far', 'compact', 90), bay('mid', 'regular', 2)]
    expect(allocateBay('car', bays, closed)).toBe('far')
  })

  test('takes the nearest of one class, and the lower id at equal distance', () => {
    expect(allocateBay('car', [bay('b', 'regular', 20), bay('a', 'regular', 5)], closed)).toBe('a')
    expect(allocateBay('car', [bay('b', 'regular', 5), bay('a', 'regular', 5)], closed)).toBe('a')
  })

  test('spreads over levels within the smallest class, then takes the nearest', () => {
    const bays = [
      bay('full-level', 'regular', 1, 0.2),
      bay('far', 'regular', 60, 0.9),
      bay('near', 'regular', 30, 0.9),
      bay('big', 'large', 1, 1),
    ]
    expect(allocateBay('car', bays, { ...closed, strategy: 'spread' })).toBe('near')
    expect(allocateBay('car', bays, closed)).toBe('full-level')
  })

  test('lets cars use chargers last, only where the site allows it', () => {
    const bays = [bay('ev', 'ev', 1), bay('big', 'large', 50)]
    expect(allocateBay('car', bays, { ...closed, evForAll: true })).toBe('big')
    expect(allocateBay('car', bays.slice(0, 1), { ...closed, evForAll: true })).toBe('ev')
  })

  test('finds a bay exactly when one of an allowed class is free', () => {
    const anyBay = fc.record({
      spaceId: fc.nat(50).map((n) => spaceIdSchema.parse(`b-${n}`)),
      bayClass: fc.constantFrom(...bayClassSchema.options),
      distanceMeters: fc.nat(100),
      levelFree: fc.integer({ min: 0, max: 4 }).map((quarters) => quarters / 4),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...vehicleClassSchema.options),
        fc.array(anyBay),
        fc.record({ evForAll: fc.boolean(), strategy: fc.constantFrom('nearest', 'spread') }),
        (vehicleClass, bays, rules) => {
          const classes = bayClassesFor(vehicleClass, rules)
          const usable = bays.filter(({ bayClass }) => classes.includes(bayClass))
          const chosen = allocateBay(vehicleClass, bays, rules)
          expect(chosen === undefined).toBe(usable.length === 0)
          expect(allocateBay(vehicleClass, [...bays].reverse(), rules)).toBe(chosen)
        },
      ),
    )
  })
})
