import { describe, expect, it } from 'vitest'
import { type ExceptionSide, moneyOf, needsSecond, printOf } from './kinds.ts'

const side = (what: string, unit: string, site: number, cloud: number): ExceptionSide => ({
  ...{ what, unit, site, cloud },
  difference: cloud - site,
})

describe('the money in a case', () => {
  it.each([
    [
      'nothing for counts and hashes',
      [side('bookings held', 'count', 3, 9), side('head', 'hash', 0, 1)],
      undefined,
    ],
    ['nothing when the amounts agree', [side('takings EUR cash', 'EUR', 5, 5)], undefined],
    [
      'both directions added up',
      [side('takings EUR cash', 'EUR', 500, 0), side('takings EUR card', 'EUR', 0, 500)],
      { amountMinor: 1_000, currency: 'EUR' },
    ],
    [
      'the currency that differs most',
      [side('takings EUR cash', 'EUR', 500, 0), side('takings CHF cash', 'CHF', 0, 900)],
      { amountMinor: 900, currency: 'CHF' },
    ],
  ])('is %s', (_name, sides, money) => {
    expect(moneyOf(sides)).toEqual(money)
  })
})

describe('a finding', () => {
  it('stays the same while both sides grow alike', () => {
    expect(printOf([side('payments EUR cash', 'count', 2, 1)])).toBe(
      printOf([side('payments EUR cash', 'count', 9, 8)]),
    )
  })

  it('is another one when the difference is', () => {
    expect(printOf([side('takings EUR cash', 'EUR', 2, 1)])).not.toBe(
      printOf([side('takings EUR cash', 'EUR', 3, 1)]),
    )
  })
})

describe('a second person', () => {
  const rule = { aboveMinor: 5_000, kinds: ['clone'] } as const

  it.each([
    ['difference', 5_000, false],
    ['difference', 5_001, true],
    ['difference', undefined, false],
    ['clone', undefined, true],
  ] as const)('for %s of %s: %s', (kind, amountMinor, expected) => {
    expect(needsSecond(rule, { kind, amountMinor })).toBe(expected)
  })
})
