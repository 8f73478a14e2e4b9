import { describe, expect, it } from 'vitest'
import { givenName, ownWords } from './given-names.ts'

describe('names that an operator gave', () => {
  it('are shown in German where they are common', () => {
    expect(givenName('Christmas Day', 'de')).toBe('1. Weihnachtstag')
  })

  it('stay as they were given in English, and where nothing is known of them', () => {
    expect(givenName('Christmas Day', 'en')).toBe('Christmas Day')
    expect(givenName('P0 Street', 'de')).toBe('P0 Street')
    expect(givenName('constructor', 'de')).toBe('constructor')
  })
})

describe('texts that may come in several languages', () => {
  it('are shown in the language of the reader, else as they were written first', () => {
    expect(ownWords('Desks', { de: 'Schreibtische' }, 'de')).toBe('Schreibtische')
    expect(ownWords('Desks', { de: 'Schreibtische' }, 'en')).toBe('Desks')
    expect(ownWords('Desks', undefined, 'de')).toBe('Desks')
    expect(ownWords('Desks', {}, 'constructor')).toBe('Desks')
  })
})
