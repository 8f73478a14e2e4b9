import { expect, test } from 'vitest'
import { tariffIdSchema } from '../ids/ids.ts'
import { isUnpriced, unpriced } from './unpriced.ts'

test('a price that nobody named is told from one of nothing', () => {
  expect(isUnpriced(unpriced)).toBe(true)
  expect(isUnpriced({ ...unpriced, currency: 'EUR' })).toBe(false)
})

test('a row of an earlier release, which named the tariff otherwise, is still told', () => {
  expect(isUnpriced({ ...unpriced, tariffId: tariffIdSchema.parse('unknown') })).toBe(true)
})
