import { expect, test } from 'vitest'
import { isStorable } from './storable.ts'

test('texts of any language and pairs of surrogates can be stored', () => {
  for (const value of ['Überseebrücke', '日本', '🚗', { a: ['x', 1, null] }, undefined, 7]) {
    expect(isStorable(value)).toBe(true)
  }
})

test('NUL and half a surrogate pair cannot be stored, wherever they stand', () => {
  for (const value of ['\u0000', 'a\u0000b', '\ud83d', '\ude97', { a: [{ '\u0000': 1 }] }, ['\ud800']]) {
    expect(isStorable(value)).toBe(false)
  }
})
