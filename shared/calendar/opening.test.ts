import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayNumber } from './civil.ts'
import { holidaysFrom, isOpen, isOpenThroughout, type Opening, openIntervals } from './opening.ts'
import { dayBounds, instantOf } from './wall-time.ts'

const timeZone = 'Europe/Berlin'
const everyDay = [1, 2, 3, 4, 5, 6, 7]

function at(date: string, time: string): number {
  const result = instantOf({ timeZone, date, time })
  if (!result.ok) expect.fail(`${date} ${time} names no single instant`)
  return result.value
}
function daily(from: string, to: string): Opening[] {
  return everyDay.map((weekday) => ({ weekday, from, to }))
}
function day(date: string): number {
  return dayNumber(date) ?? expect.fail('bad date')
}

describe('opening hours', () => {
  it('opens in the first and closes in the last instant of the half-open window', () => {
    const site = { timeZone, openingHours: [{ weekday: 5, from: '08:00', to: '18:00' }] }
    // 2026-11-20 is a Friday.
    expect(isOpen(site, at('2026-11-20', '08:00') - 1)).toBe(false)
    expect(isOpen(site, at('2026-11-20', '08:00'))).toBe(true)
    expect(isOpen(site, at('2026-11-20', '18:00') - 1)).toBe(true)
    expect(isOpen(site, at('2026-11-20', '18:00'))).toBe(false)
    expect(isOpen(site, at('2026-11-21', '12:00'))).toBe(false)
  })

  it('counts the part after midnight to the day it opened', () => {
    const site = { timeZone, openingHours: [{ weekday: 5, from: '20:00', to: '02:00' }] }
    expect(isOpen(site, at('2026-11-21', '01:59'))).toBe(true)
    expect(isOpen(site, at('2026-11-21', '02:00'))).toBe(false)
    // The night from Thursday to Friday was never opened.
    expect(isOpen(site, at('2026-11-20', '01:00'))).toBe(false)
    expect(openIntervals(site, day('2026-11-21'))).toEqual([
      { fromMs: at('2026-11-21', '00:00'), toMs: at('2026-11-21', '02:00') },
    ])
  })

  it('takes 00:00–24:00 as always, across days and changes of the clock', () => {
    const site = { timeZone, openingHours: daily('00:00', '24:00') }
    fc.assert(
      fc.property(
        fc.integer({ min: 1_577_836_800_000, max: 2_051_222_400_000 }),
        fc.integer({ min: 1, max: 5 * 86_400_000 }),
        (fromMs, length) => isOpenThroughout(site, { fromMs, toMs: fromMs + length }),
      ),
    )
    expect(openIntervals(site, day('2026-10-25'))).toEqual([dayBounds(timeZone, day('2026-10-25'))])
  })

  it('joins windows that touch and keeps a lunch break', () => {
    const site = {
      timeZone,
      openingHours: [...daily('13:00', '18:00'), ...daily('08:00', '12:00'), ...daily('18:00', '19:00')],
    }
    expect(openIntervals(site, day('2026-11-20'))).toEqual([
      { fromMs: at('2026-11-20', '08:00'), toMs: at('2026-11-20', '12:00') },
      { fromMs: at('2026-11-20', '13:00'), toMs: at('2026-11-20', '19:00') },
    ])
    const across = { fromMs: at('2026-11-20', '11:00'), toMs: at('2026-11-20', '14:00') }
    expect(isOpenThroughout(site, across)).toBe(false)
  })

  it('opens at the end of the gap when its opening time does not exist', () => {
    const site = { timeZone, openingHours: daily('02:30', '06:00') }
    expect(openIntervals(site, day('2026-03-29'))).toEqual([
      { fromMs: at('2026-03-29', '03:00'), toMs: at('2026-03-29', '06:00') },
    ])
  })

  it('is never open with an empty window or without hours', () => {
    expect(isOpen({ timeZone, openingHours: daily('09:00', '09:00') }, at('2026-11-20', '09:00'))).toBe(false)
    expect(isOpen({ timeZone, openingHours: [] }, at('2026-11-20', '09:00'))).toBe(false)
  })

  it('answers `isOpen` as its intervals say', () => {
    const site = { timeZone, openingHours: [...daily('22:00', '03:00'), ...daily('09:15', '17:45')] }
    fc.assert(
      fc.property(
        fc.integer({ min: 20_454, max: 22_000 }),
        fc.integer({ min: 0, max: 25 * 60 }),
        (number, minute) => {
          const bounds = dayBounds(timeZone, number)
          const atMs = bounds.fromMs + minute * 60_000
          fc.pre(atMs < bounds.toMs)
          const inside = openIntervals(site, number).some((span) => span.fromMs <= atMs && atMs < span.toMs)
          expect(isOpen(site, atMs)).toBe(inside)
        },
      ),
    )
  })
})

describe('holidays', () => {
  const closed = { date: '2026-12-25', name: 'Christmas Day', hours: [] }
  const short = { date: '2026-12-31', name: 'New Year’s Eve', hours: [{ from: '20:00', to: '03:00' }] }
  const site = { timeZone, openingHours: daily('22:00', '02:00'), holidays: [short, closed] }

  it('override the weekday: closed that day, but open to the end of what opened the day before', () => {
    expect(isOpen(site, at('2026-12-25', '01:59'))).toBe(true)
    expect(isOpen(site, at('2026-12-25', '02:00'))).toBe(false)
    expect(isOpen(site, at('2026-12-25', '23:00'))).toBe(false)
    expect(isOpen(site, at('2026-12-26', '01:00'))).toBe(false)
    expect(isOpen(site, at('2026-12-26', '22:00'))).toBe(true)
  })

  it('have hours of their own, past midnight too', () => {
    expect(isOpen(site, at('2026-12-31', '20:00') - 1)).toBe(false)
    expect(
      isOpenThroughout(site, { fromMs: at('2026-12-31', '20:00'), toMs: at('2027-01-01', '03:00') }),
    ).toBe(true)
    expect(isOpen(site, at('2027-01-01', '03:00'))).toBe(false)
  })

  it('may open on a weekday that is closed', () => {
    const sunday = { ...site, openingHours: [], holidays: [{ ...short, date: '2026-12-27' }] }
    expect(isOpen(sunday, at('2026-12-27', '21:00'))).toBe(true)
  })

  it('are told from the date of the site on, in order', () => {
    const lateEvening = at('2026-12-25', '23:59')
    expect(holidaysFrom(site, lateEvening, 5)).toEqual([closed, short])
    expect(holidaysFrom(site, lateEvening + 60_000, 5)).toEqual([short])
    expect(holidaysFrom(site, lateEvening, 1)).toEqual([closed])
  })
})
