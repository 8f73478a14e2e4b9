import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOf, dayNumber, minuteOfDay, weekdayOf } from './civil.ts'

describe('civil days', () => {
  it('counts from 1970-01-01 and back', () => {
    expect(dayNumber('1970-01-01')).toBe(0)
    expect(dayNumber('2026-11-20')).toBe(20_777)
    expect(dateOf(-1)).toBe('1969-12-31')
  })

  it('agrees with the platform calendar on every date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 200_000 }), (days) => {
        const date = new Date(days * 86_400_000)
        expect(dateOf(days)).toBe(date.toISOString().slice(0, 10))
        expect(weekdayOf(days)).toBe(date.getUTCDay() || 7)
        expect(dayNumber(dateOf(days))).toBe(days)
      }),
    )
  })

  it('knows no 29 February outside leap years and no other word', () => {
    for (const date of ['2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', 'today', '']) {
      expect(dayNumber(date)).toBeUndefined()
    }
    expect(dayNumber('2028-02-29')).toBeDefined()
  })

  it('reads wall times up to 24:00', () => {
    expect([minuteOfDay('00:00'), minuteOfDay('09:30'), minuteOfDay('24:00')]).toEqual([0, 570, 1440])
  })
})
