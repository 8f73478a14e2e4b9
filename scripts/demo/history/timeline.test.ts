import { ManualClock } from '@gatehouse/shared/clock/clock'
import { describe, expect, it } from 'vitest'
import { Timeline } from './timeline.ts'

describe('a timeline', () => {
  it('runs tasks in the order of their times, and those of one time in the order of planning', async () => {
    const clock = new ManualClock(100)
    const timeline = new Timeline(clock)
    const seen: string[] = []
    const note = (name: string) => async () => {
      seen.push(`${name}@${clock.now().wallMs}`)
    }
    timeline.plan([
      { atMs: 300, run: note('c') },
      { atMs: 200, run: note('a') },
      { atMs: 200, run: note('b') },
    ])
    timeline.at(250, async () => {
      await note('planner')()
      timeline.at(240, note('late'))
      timeline.at(310, note('next'))
    })
    await timeline.runUntil(305)
    expect(seen).toEqual(['a@200', 'b@200', 'planner@250', 'late@250', 'c@300'])
    expect(clock.now().wallMs).toBe(305)
    await timeline.runUntil(400)
    expect(seen.at(-1)).toBe('next@310')
  })
})
