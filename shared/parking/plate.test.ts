import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchPlate, mayBeMisread, normalisePlate } from './plate.ts'

const open = (...plates: string[]) => plates.map((plate) => ({ id: plate, plate }))
const plates = fc.array(fc.constantFrom(...'ABDEFHKMRTVY0123458OQISZ'), { minLength: 4, maxLength: 8 })
const plate = plates.map((chars) => chars.join(''))

describe('normalisePlate', () => {
  test.each([
    ['hh-ab 123', 'HHAB123'],
    ['m·ü 44', 'MU44'],
    ['x', undefined],
    ['', undefined],
    ['ABCDEFGHIJKLM', undefined],
    ['Ж123', '123'],
  ])('reads %s as %s', (text, expected) => {
    expect(normalisePlate(text)).toBe(expected)
  })

  test('is idempotent', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = normalisePlate(text)
        expect(once === undefined ? undefined : normalisePlate(once)).toBe(once)
      }),
    )
  })
})

describe('matchPlate', () => {
  test.each([
    ['prefers exact over a look-alike', 'HHO123', ['HHO123', 'HH0123'], 'HHO123', 'exact'],
    ['takes one look-alike of a group', 'HHO123', ['HHQ123'], 'HHQ123', 'look_alike'],
    ['takes one look-alike of a pair', 'KK111', ['HK111'], 'HK111', 'look_alike'],
    ['prefers a look-alike over an edit', 'HHB12', ['HH812', 'HHX12'], 'HH812', 'look_alike'],
    ['takes a missing character', 'HH123', ['HHA123'], 'HHA123', 'edit'],
    ['takes a character too many', 'HHAA123', ['HHA123'], 'HHA123', 'edit'],
    ['takes a wrong character', 'HHX123', ['HHA123'], 'HHA123', 'edit'],
  ] as const)('%s', (_name, read, candidates, id, by) => {
    expect(matchPlate(read, open(...candidates))).toEqual({ kind: 'one', id, by })
  })

  test('pairs are not transitive: E and P are an edit, not look-alikes', () => {
    expect(matchPlate('EE11', open('PE11'))).toEqual({ kind: 'one', id: 'PE11', by: 'edit' })
  })

  test('a tie goes to a person', () => {
    expect(matchPlate('HHO1', open('HH01', 'HHD1'))).toEqual({
      kind: 'tie',
      ids: ['HH01', 'HHD1'],
      by: 'look_alike',
    })
  })

  test('two differences match nothing', () => {
    expect(matchPlate('HHO01', open('HH00Q'))).toEqual({ kind: 'none' })
    expect(matchPlate('ABC', [])).toEqual({ kind: 'none' })
  })

  test('a damaged read finds its own plate when no other is near', () => {
    fc.assert(
      fc.property(plate, fc.nat(), fc.constantFrom('drop', 'add', 'change'), (own, at, damage) => {
        const index = at % own.length
        const tail = damage === 'add' ? own.slice(index) : own.slice(index + 1)
        const read = own.slice(0, index) + (damage === 'drop' ? '' : 'W') + tail
        expect(matchPlate(read, open(own))).toMatchObject({ kind: 'one', id: own })
      }),
    )
  })

  test('two wrong characters of a long plate may be a bad read of who is expected, a stranger is not', () => {
    expect(mayBeMisread('HHAB128', 'HHAS123')).toBe(true)
    expect(mayBeMisread('HHAB12', 'HHAB1234')).toBe(true)
    expect(mayBeMisread('HHCD456', 'HHAB123')).toBe(false)
    expect(mayBeMisread('HH12', 'HH13')).toBe(false)
  })

  test('matching is symmetric', () => {
    fc.assert(
      fc.property(plate, plate, (a, b) => {
        const there = matchPlate(a, open(b))
        const back = matchPlate(b, open(a))
        expect(there.kind === 'one' ? there.by : there.kind).toBe(back.kind === 'one' ? back.by : back.kind)
      }),
    )
  })
})
