import { expect, test } from 'vitest'
import { ArrivalFilter } from './arrival-filter.ts'

test('lets one reading per arrival through', () => {
  const filter = new ArrivalFilter({ sameArrivalMs: 10_000, sameVehicleMs: 60_000 })
  expect(filter.isNew({ plate: 'A1', arrivalKey: '1' }, 0)).toBe(true)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '1' }, 100)).toBe(false)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '2' }, 9_000)).toBe(false)
  expect(filter.isNew({ plate: 'B2', arrivalKey: '3' }, 9_100)).toBe(true)
})

test('a car that stands and is read again and again is still the same arrival', () => {
  const filter = new ArrivalFilter({ sameArrivalMs: 10_000, sameVehicleMs: 60_000 })
  const news = [0, 8_000, 16_000, 24_000].map((atMs) =>
    filter.isNew({ plate: 'A1', arrivalKey: String(atMs) }, atMs),
  )
  expect(news).toEqual([true, false, false, false])
})

test('the same plate after a pause is a new arrival, a late repetition of an old message is not', () => {
  const filter = new ArrivalFilter({ sameArrivalMs: 10_000, sameVehicleMs: 60_000 })
  expect(filter.isNew({ plate: 'A1', arrivalKey: '1' }, 0)).toBe(true)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '2' }, 10_000)).toBe(true)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '1' }, 60_000)).toBe(false)
})

test('a vehicle that the camera follows comes again only with another plate', () => {
  const filter = new ArrivalFilter({ sameArrivalMs: 1_000, sameVehicleMs: 60_000 })
  const seen = (plate: string, atMs: number, vehicle = 'cam/7') =>
    filter.isNew({ plate, vehicle, arrivalKey: `${vehicle}/${atMs}` }, atMs)
  expect([seen('A1', 0), seen('A1', 5_000), seen('A2', 6_000), seen('A1', 9_000)]).toEqual([
    true,
    false,
    true,
    false,
  ])
  expect(seen('A1', 9_500, 'cam/8')).toBe(false)
  expect(seen('A1', 20_000, 'cam/9')).toBe(true)
  expect(seen('A1', 80_000)).toBe(true)
})

test('remembers no more than it must', () => {
  const filter = new ArrivalFilter({ sameArrivalMs: 1_000, sameVehicleMs: 60_000 })
  for (let n = 0; n < 1_000; n += 1) {
    filter.isNew({ plate: `P${n}`, vehicle: `v${n}`, arrivalKey: `k${n}` }, n)
  }
  expect(filter.isNew({ plate: 'P0', vehicle: 'v0', arrivalKey: 'k0' }, 2_000)).toBe(true)
})
