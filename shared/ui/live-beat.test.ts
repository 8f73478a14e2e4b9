import { expect, test } from 'vitest'
import { beatAfterMs, beatAnswerMsMax, nextBeat } from './live-beat.ts'

test.each([
  ['waits while messages come', { heardMs: 100, askedMs: undefined }, 99 + beatAfterMs, 'wait'],
  ['asks after a silence', { heardMs: 100, askedMs: undefined }, 100 + beatAfterMs, 'ask'],
  ['asks again after an answer and another silence', { heardMs: 100, askedMs: 90 }, 100 + beatAfterMs, 'ask'],
  ['waits for the answer', { heardMs: 0, askedMs: 100 }, 99 + beatAnswerMsMax, 'wait'],
  ['takes it for lost without one', { heardMs: 0, askedMs: 100 }, 100 + beatAnswerMsMax, 'lost'],
  ['asks first when the device has slept', { heardMs: 0, askedMs: undefined }, 3_600_000, 'ask'],
] as const)('%s', (_what, silence, nowMs, step) => {
  expect(nextBeat(silence, nowMs)).toBe(step)
})

test('a dead connection is noticed within a few seconds', () => {
  expect(beatAfterMs + beatAnswerMsMax).toBeLessThanOrEqual(5_000)
})
