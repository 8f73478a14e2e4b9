import { canonicalJson } from '@gatehouse/shared/ledger/chain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalForm } from './canonical-form.ts'

const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)])

describe('canonicalForm', () => {
  it('says canonical only where plain writing gives the very bytes of RFC 8785', () => {
    const anyJson = fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.stringify(value))
    fc.assert(
      fc.property(anyJson, (text) => {
        const value: unknown = JSON.parse(text)
        if (canonicalForm(value, 64) === 'canonical') expect(JSON.stringify(value)).toBe(canonicalJson(value))
      }),
      { numRuns: 500 },
    )
  })

  it('knows whatever is in its canonical form already, unless keys are whole numbers', () => {
    const names = fc.string({ unit: 'binary' }).filter((name) => !/^\d+$/.test(name))
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ unit: 'binary' }),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(names, tie('value')),
      ),
    }))
    fc.assert(
      fc.property(tree.value, (value) => {
        const sent: unknown = JSON.parse(canonicalJson(value))
        expect(canonicalForm(sent, 64)).toBe('canonical')
      }),
    )
  })

  it.each([
    ['{"b":1,"a":2}', 'other'],
    ['[{"a":{"b":1,"a":2}}]', 'other'],
    // As text "10" sorts before "9"; an object keeps whole numbers by their value.
    ['{"10":1,"9":2}', 'other'],
    ['{"a":[1,{"b":null}],"c":"x"}', 'canonical'],
  ])('reads %s as %s', (text, form) => {
    expect(canonicalForm(JSON.parse(text), 64)).toBe(form)
  })

  it('knows no form of what nests deeper than it may, wherever it is', () => {
    expect(canonicalForm(deep(64), 64)).toBe('canonical')
    expect(canonicalForm(deep(65), 64)).toBe('none')
    expect(canonicalForm({ b: 1, a: deep(65) }, 64)).toBe('none')
  })

  it('knows no form of a number that is read as infinite', () => {
    expect(canonicalForm(JSON.parse('{"b":[1e400],"a":1}'), 64)).toBe('none')
  })
})
