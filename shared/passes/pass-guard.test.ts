import { describe, expect, test } from 'vitest'
import { guardPass, guardSlot, type PassUse } from './pass-guard.ts'

const rotating = { singlePassage: false }
const single = { singlePassage: true }
const use = (last: PassUse | undefined, window: number) => ({ direction: 'in' as const, window, last })

describe('a pass with rotating presentations', () => {
  test('is used once per window, and never with an earlier one', () => {
    const last: PassUse = { slot: 'any', window: 7 }
    expect(guardPass(rotating, use(undefined, 7))).toEqual({ ok: true, value: last })
    for (const window of [6, 7]) {
      expect(guardPass(rotating, use(last, window))).toEqual({ ok: false, error: 'presentation_used' })
    }
    expect(guardPass(rotating, use(last, 8))).toEqual({ ok: true, value: { slot: 'any', window: 8 } })
  })
})

describe('a pass for a single passage', () => {
  test('is used once in each direction', () => {
    expect([guardSlot(single, 'in'), guardSlot(single, 'out'), guardSlot(rotating, 'out')]).toEqual([
      'in',
      'out',
      'any',
    ])
    expect(guardPass(single, use(undefined, 0))).toEqual({ ok: true, value: { slot: 'in', window: 0 } })
    const last: PassUse = { slot: 'in', window: 0 }
    expect(guardPass(single, use(last, 9))).toEqual({ ok: false, error: 'pass_used' })
  })
})
