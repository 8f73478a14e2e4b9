import { describe, expect, it } from 'vitest'
import { type Key, keyboardRows, pressKey, startsWord } from './layout.ts'

const letters = (kind: 'text' | 'plate' | 'code', language: 'en' | 'de', shifted = false) =>
  keyboardRows(kind, language, shifted)
    .flat()
    .flatMap((key) => (key.kind === 'character' ? [key.character] : []))
const key = (character: string): Key => ({ kind: 'character', character, span: 1 })

describe('keyboard layout', () => {
  it('is QWERTY in English and QWERTZ with umlauts in German', () => {
    expect(letters('text', 'en').slice(0, 6).join('')).toBe('qwerty')
    expect(letters('text', 'de').slice(0, 6).join('')).toBe('qwertz')
    for (const umlaut of ['ä', 'ö', 'ü', 'ß']) expect(letters('text', 'de')).toContain(umlaut)
  })

  it('offers every letter in both languages, and keeps ß one character when shifted', () => {
    for (const language of ['en', 'de'] as const) {
      for (const letter of 'abcdefghijklmnopqrstuvwxyz') expect(letters('text', language)).toContain(letter)
    }
    expect(letters('text', 'de', true)).toContain('ß')
    expect(letters('text', 'de', true)).toContain('Ä')
  })

  it('offers for codes every letter and digit, and no umlaut', () => {
    for (const language of ['en', 'de'] as const) {
      expect(letters('code', language).toSorted().join('')).toBe('-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    }
  })

  it('never repeats a character', () => {
    for (const kind of ['text', 'plate', 'code'] as const) {
      for (const language of ['en', 'de'] as const) {
        const all = letters(kind, language)
        expect(new Set(all).size).toBe(all.length)
      }
    }
  })
})

describe('pressing keys', () => {
  it('types up to the limit and erases whole characters', () => {
    expect(pressKey('AB', key('C'), 3)).toBe('ABC')
    expect(pressKey('ABC', key('D'), 3)).toBe('ABC')
    expect(pressKey('Zoë', { kind: 'erase', span: 1 }, 10)).toBe('Zo')
    expect(pressKey('', { kind: 'erase', span: 1 }, 10)).toBe('')
  })

  it('begins with no space and makes no two in a row', () => {
    const space: Key = { kind: 'space', span: 6 }
    expect(pressKey('', space, 10)).toBe('')
    expect(pressKey('Ada', space, 10)).toBe('Ada ')
    expect(pressKey('Ada ', space, 10)).toBe('Ada ')
  })

  it('asks for a capital at the start of each part of a name', () => {
    expect(['', 'Ada ', 'Anna-'].map(startsWord)).toEqual([true, true, true])
    expect(startsWord('Ada')).toBe(false)
  })
})
