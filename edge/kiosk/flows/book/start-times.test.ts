import { describe, expect, it } from 'vitest'
import { laterStartsMs, wishedInterval } from './start-times.ts'

const zone = 'Europe/Berlin'
const at = (text: string) => Date.parse(text)
const clockTimes = (starts: readonly number[]) =>
  starts.map((ms) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' }).format(ms))

describe('start times', () => {
  it('are the next half hours, then whole hours, and end with the day', () => {
    expect(clockTimes(laterStartsMs(at('2026-11-20T19:10:00+01:00'), zone))).toEqual([
      '19:30',
      '20:00',
      '20:30',
      '21:00',
      '22:00',
      '23:00',
    ])
    expect(laterStartsMs(at('2026-11-20T23:45:00+01:00'), zone)).toEqual([])
  })

  it('are never more than fit the screen', () => {
    expect(laterStartsMs(at('2026-11-20T00:05:00+01:00'), zone)).toHaveLength(11)
  })

  it('make now the whole minute that is running', () => {
    const now = at('2026-11-20T19:10:42+01:00')
    const { fromMs, toMs } = wishedInterval({ durationMs: 3_600_000 }, now)
    expect(clockTimes([fromMs, toMs])).toEqual(['19:10', '20:10'])
    expect(fromMs % 60_000).toBe(0)
  })
})
