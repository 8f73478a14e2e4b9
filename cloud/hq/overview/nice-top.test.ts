import { expect, it } from 'vitest'
import { niceTop } from './nice-top.ts'

it.each([
  [0, 0],
  [1, 1],
  [48_196, 50_000],
  [21_000, 40_000],
  [100, 100],
])('rounds the top of a scale from %i to %i', (value, top) => {
  expect(niceTop(value)).toBe(top)
})
