import { describe, expect, it } from 'vitest'
import {
  addDays,
  foreignZoneName,
  formatCountdown,
  formatMoney,
  formatTime,
  instantOf,
  localDate,
  sinceStyle,
  spanUnit,
  zoneOffsetMinutes,
} from './format.ts'

describe('money', () => {
  it('uses the exponent of the currency', () => {
    expect(formatMoney(1440, 'EUR', 'en-GB')).toBe('€14.40')
    expect(formatMoney(1440, 'JPY', 'en-GB')).toBe('JP¥1,440')
  })
  it('writes German amounts the German way', () => {
    expect(formatMoney(4821000, 'EUR', 'de-DE').replace(/\s/g, ' ')).toBe('48.210,00 €')
  })
  it('marks a deduction with a true minus', () => {
    expect(formatMoney(-360, 'EUR', 'en-GB')).toBe('−€3.60')
  })
})

describe('times', () => {
  it('of the past name their day once they may be of another one', () => {
    const nowMs = Date.UTC(2026, 10, 23, 10)
    expect(sinceStyle(nowMs - 3_600_000, nowMs)).toBe('time')
    expect(sinceStyle(nowMs - 34 * 3_600_000, nowMs)).toBe('dateTime')
  })
  it('names the year of a day that may be in another one', () => {
    const newYearMs = Date.UTC(2027, 0, 1, 12)
    expect(formatTime(newYearMs, 'en-GB', 'fullDate', 'UTC')).toContain('2027')
    expect(formatTime(newYearMs, 'en-GB', 'date', 'UTC')).not.toContain('2027')
  })
  it('finds the instant of a wall time before and after the clocks change', () => {
    expect(instantOf('2026-03-29', 60, 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 0, 0))
    expect(instantOf('2026-03-29', 240, 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 2, 0))
    expect(instantOf('2026-11-20', 0, 'Europe/Berlin')).toBe(Date.UTC(2026, 10, 19, 23, 0))
  })
  it('takes the day of the site, not of the viewer', () => {
    expect(localDate(Date.UTC(2026, 10, 20, 23, 30), 'Europe/Berlin')).toBe('2026-11-21')
  })
  it('names a zone only where the clocks differ', () => {
    const at = Date.UTC(2026, 10, 20, 12)
    const same = Intl.DateTimeFormat().resolvedOptions().timeZone
    expect(foreignZoneName(at, same, 'en-GB')).toBe('')
    const other = zoneOffsetMinutes(at) === 540 ? 'Europe/Berlin' : 'Asia/Tokyo'
    expect(foreignZoneName(at, other, 'en-GB')).not.toBe('')
  })
  it('adds days over the end of a month', () => {
    expect(addDays('2026-11-30', 1)).toBe('2026-12-01')
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
  })
  it('counts down to zero and stays there', () => {
    expect(formatCountdown(271_000)).toBe('04:31')
    expect(formatCountdown(-5)).toBe('00:00')
  })
  it('speaks of the largest unit that helps', () => {
    expect(spanUnit(-720_000)).toEqual({ unit: 'minutes', count: 12 })
    expect(spanUnit(259_200_000)).toEqual({ unit: 'days', count: 3 })
  })
})
