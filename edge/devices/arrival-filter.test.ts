import { expect, test } from 'vitest'
import { ArrivalFilter } from './arrival-filter.ts'

test('lets one reading per arrival through', () => {
  const filter = new ArrivalFilter(10_000)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '1' }, 0)).toBe(true)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '1' }, 100)).toBe(false)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '2' }, 9_000)).toBe(false)
  expect(filter.isNew({ plate: 'B2', arrivalKey: '3' }, 9_100)).toBe(true)
})

test('a car that stands and is read again and again is still the same arrival', () => {
  const filter = new ArrivalFilter(10_000)
  const news = [0, 8_000, 16_000, 24_000].map((atMs) =>
    filter.isNew({ plate: 'A1', arrivalKey: String(atMs) }, atMs),
  )
  expect(news).toEqual([true, false, false, false])
})

test('the same plate after a pause is a new arrival, a late repetition of an old message is not', () => {
  const filter = new ArrivalFilter(10_000)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '1' }, 0)).toBe(true)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '2' }, 10_000)).toBe(true)
  expect(filter.isNew({ plate: 'A1', arrivalKey: '1' }, 60_000)).toBe(false)
})
