import { expect, it } from 'vitest'
import { en } from '../words/en.ts'
import { lineName } from './line-name.ts'

const t = (key: string) => new Map<string, string>(Object.entries(en)).get(key) ?? key

it.each([
  ['head', 'Hash of the last entry'],
  ['bookings checked_in', 'Bookings: checked in'],
  ['takings EUR cash', 'Takings: EUR, cash'],
  ['vouchers spent', 'vouchers spent'],
])('says %s as "%s"', (what, words) => {
  expect(lineName(what, t)).toBe(words)
})
