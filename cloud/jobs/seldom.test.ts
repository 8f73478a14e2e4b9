import { ManualClock } from '@gatehouse/shared/clock/clock'
import { expect, it } from 'vitest'
import { seldom } from './seldom.ts'

it('prunes at the first call, goes on while more is left, and then once an hour', async () => {
  const clock = new ManualClock(0)
  const answers: ('more' | 'done')[] = ['more', 'done', 'done']
  let asked = 0
  const prune = seldom(clock, async () => answers[asked++] ?? 'done')
  for (const passedMs of [0, 2_000, 2_000, 3_595_999]) {
    clock.advance(passedMs)
    await prune()
  }
  expect(asked).toBe(2)
  clock.advance(4_001)
  await prune()
  expect(asked).toBe(3)
})
