import { referenceCode } from '@gatehouse/shared/booking/reference'
import { samplePasses, show, signPass } from '@gatehouse/shared/passes/testing/sample-passes'
import { describe, expect, test } from 'vitest'
import { noKeys, takeKey } from './scanned-keys.ts'

function type(keys: readonly string[], everyMs: number) {
  let at = 1_000
  let state = noKeys
  const codes: unknown[] = []
  for (const key of keys) {
    at += everyMs
    const taken = takeKey(state, key, at)
    state = taken.keys
    if (taken.code !== undefined) codes.push(taken.code)
  }
  return codes
}

describe('keys of a scanner', () => {
  test('make a pass when it types one and ends it, whatever it does with Shift', () => {
    expect(type(['G', 'H', 'P', '0', 'A', 'Enter'], 5)).toEqual([{ kind: 'pass', text: 'GHP0A' }])
    expect(type(['Shift', 'G', 'Shift', 'H', 'p', '0', 'Tab'], 5)).toEqual([{ kind: 'pass', text: 'GHP0' }])
  })

  test('make the reference of a booking, as its code was drawn', () => {
    const code = referenceCode('HH-7Q2M4')
    expect(type([...code, 'Enter'], 5)).toEqual([{ kind: 'reference', text: 'HH-7Q2M4' }])
    expect(type([...'GHB7Q', 'Enter'], 5)).toEqual([])
  })

  test('tell the receipt of a booking from a ticket or receipt of a stay', () => {
    for (const [kind, read] of [
      ['booking_receipt', 'receipt'],
      ['receipt', 'paper'],
      ['ticket', 'paper'],
    ] as const) {
      const text = show(signPass(samplePasses[kind]), 0)
      expect(type([...text, 'Enter'], 2)).toEqual([{ kind: read, text }])
    }
  })

  test('are forgotten after a pause, an end or another sign', () => {
    expect(type(['G', 'H', 'P', '0', 'Enter'], 400)).toEqual([])
    expect(type(['1', 'G', 'H', 'P', 'Enter', 'Enter'], 5)).toEqual([])
    expect(type(['x', '-', 'G', 'H', 'P', '7', 'Enter'], 5)).toEqual([{ kind: 'pass', text: 'GHP7' }])
  })

  test('are not gathered beyond the longest pass', () => {
    expect(type([...'GHP', ...'A'.repeat(2_000), 'Enter'], 1)).toEqual([])
  })
})
