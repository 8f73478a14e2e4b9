import { expect, test } from 'vitest'
import { CodeFilter, codesMax, codesMs, sameCodeMs } from './code-filter.ts'

test('a code that is held before the scanner comes once, and again after a pause', () => {
  const filter = new CodeFilter()
  const seenMs = [0, sameCodeMs - 1, 2 * sameCodeMs - 2, 3 * sameCodeMs - 2]
  expect(seenMs.map((atMs) => filter.judge('GHP1', atMs))).toEqual(['new', 'same', 'same', 'new'])
})

test('another code is another one at once, also between two looks at the first', () => {
  const filter = new CodeFilter()
  expect(['GHP1', 'GHP2', 'GHP1'].map((text, at) => filter.judge(text, at))).toEqual(['new', 'new', 'new'])
})

test('a scanner that shows ever new codes is held back until some time has passed', () => {
  const filter = new CodeFilter()
  const judge = (n: number, atMs: number) => filter.judge(`GHP${n}`, atMs)
  expect(Array.from({ length: codesMax }, (_, n) => judge(n, n))).toEqual(Array(codesMax).fill('new'))
  expect(judge(90, codesMs - 1)).toBe('too_often')
  expect([judge(90, codesMs), judge(91, codesMs)]).toEqual(['new', 'too_often'])
})
