import { describe, expect, test } from 'vitest'
import { noKeys, takeKey } from './scanned-keys.ts'

function type(keys: readonly string[], everyMs: number) {
  let at = 1_000
  let state = noKeys
  const passes: string[] = []
  for (const key of keys) {
    at += everyMs
    const taken = takeKey(state, key, at)
    state = taken.keys
    if (taken.pass !== undefined) passes.push(taken.pass)
  }
  return passes
}

describe('keys of a scanner', () => {
  test('make a pass when it types one and ends it, whatever it does with Shift', () => {
    expect(type(['G', 'H', 'P', '0', 'A', 'Enter'], 5)).toEqual(['GHP0A'])
    expect(type(['Shift', 'G', 'Shift', 'H', 'p', '0', 'Tab'], 5)).toEqual(['GHP0'])
  })

  test('are forgotten after a pause, an end or another sign', () => {
    expect(type(['G', 'H', 'P', '0', 'Enter'], 400)).toEqual([])
    expect(type(['1', 'G', 'H', 'P', 'Enter', 'Enter'], 5)).toEqual([])
    expect(type(['x', '-', 'G', 'H', 'P', '7', 'Enter'], 5)).toEqual(['GHP7'])
  })

  test('are not gathered beyond the longest pass', () => {
    expect(type([...'GHP', ...'A'.repeat(2_000), 'Enter'], 1)).toEqual([])
  })
})
