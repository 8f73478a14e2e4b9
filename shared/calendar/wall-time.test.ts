import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { dayMs } from './civil.ts'
import { dateAt, dayBounds, firstInstantOfLocal, instantOf, instantsOfLocal } from './wall-time.ts'
import { isTimeZone, offsetAt, offsetSpanAt } from './zone.ts'

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'UTC',
  'Asia/Beirut',
]
const zone = fc.constantFrom(...zones)
// 2020-01-01 to 2035-01-01.
const instant = fc.integer({ min: 1_577_836_800_000, max: 2_051_222_400_000 })
const hour = 3_600_000

function utc(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds
}

describe('offsets', () => {
  it('agrees with Temporal at every instant', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, atMs) => {
        const zoned = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone)
        expect(offsetAt(timeZone, atMs)).toBe(zoned.offsetNanoseconds / 1e6)
        const span = offsetSpanAt(timeZone, atMs)
        expect(span.fromMs).toBeLessThanOrEqual(atMs)
        expect(span.toMs).toBeGreaterThan(atMs)
      }),
    )
  })

  it('changes in the very millisecond of a transition', () => {
    const change = utc('2026-03-29T01:00:00Z')
    expect(offsetAt('Europe/Berlin', change - 1)).toBe(hour)
    expect(offsetAt('Europe/Berlin', change)).toBe(2 * hour)
    expect(offsetSpanAt('Europe/Berlin', change).fromMs).toBe(change)
  })

  it('tells known zones from invented ones', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true)
    expect(isTimeZone('Europe/Atlantis')).toBe(false)
  })
})

describe('wall time to instant', () => {
  const timeZone = 'Europe/Berlin'

  it('finds the one instant of an ordinary wall time', () => {
    expect(instantOf({ timeZone, date: '2026-11-20', time: '09:00' })).toEqual({
      ok: true,
      value: utc('2026-11-20T08:00:00Z'),
    })
  })

  it('refuses a wall time in the gap of spring', () => {
    expect(instantOf({ timeZone, date: '2026-03-29', time: '02:30' })).toEqual({
      ok: false,
      error: { code: 'nonexistent_local_time' },
    })
    expect(instantOf({ timeZone, date: '2026-03-29', time: '03:00' }).ok).toBe(true)
  })

  it('refuses a wall time that exists twice and offers both instants', () => {
    expect(instantOf({ timeZone, date: '2026-10-25', time: '02:30' })).toEqual({
      ok: false,
      error: {
        code: 'ambiguous_local_time',
        instantsMs: [utc('2026-10-25T00:30:00Z'), utc('2026-10-25T01:30:00Z')],
      },
    })
  })

  it('refuses a date that is none', () => {
    expect(instantOf({ timeZone, date: '2026-02-30', time: '09:00' })).toEqual({
      ok: false,
      error: { code: 'bad_date' },
    })
  })

  it('finds every instant again from its own wall clock', () => {
    fc.assert(
      fc.property(zone, instant, (tz, atMs) => {
        expect(instantsOfLocal(tz, atMs + offsetAt(tz, atMs))).toContain(atMs)
      }),
    )
  })

  it('resolves like the disambiguation `compatible` with the end of the gap in place of the shifted time', () => {
    fc.assert(
      fc.property(zone, instant, (tz, raw) => {
        const localMs = Math.floor(raw / 60_000) * 60_000
        const plain = Temporal.Instant.fromEpochMilliseconds(localMs)
          .toZonedDateTimeISO('UTC')
          .toPlainDateTime()
        const exists = instantsOfLocal(tz, localMs).length > 0
        const expected = plain.toZonedDateTime(tz, { disambiguation: exists ? 'earlier' : 'later' })
        const found = firstInstantOfLocal(tz, localMs)
        if (exists) expect(found).toBe(expected.epochMilliseconds)
        else expect(found).toBe(expected.getTimeZoneTransition('previous')?.epochMilliseconds)
      }),
    )
  })
})

describe('days', () => {
  it('lasts 23, 24 or 25 hours by the wall clock', () => {
    const hours = (date: string) => {
      const { fromMs, toMs } = dayBounds(
        'Europe/Berlin',
        Temporal.PlainDate.from('1970-01-01').until(date).days,
      )
      return (toMs - fromMs) / hour
    }
    expect([hours('2026-03-29'), hours('2026-06-01'), hours('2026-10-25')]).toEqual([23, 24, 25])
  })

  it('starts after the gap where midnight does not exist', () => {
    // Lebanon moves its clocks at midnight.
    const day = Temporal.PlainDate.from('1970-01-01').until('2026-03-29').days
    expect(dayBounds('Asia/Beirut', day).fromMs).toBe(utc('2026-03-28T22:00:00Z'))
  })

  it('meets the next day without gap or overlap, and holds its own instants', () => {
    fc.assert(
      fc.property(zone, instant, (tz, atMs) => {
        const day = Math.floor((atMs + offsetAt(tz, atMs)) / dayMs)
        const bounds = dayBounds(tz, day)
        expect(bounds.fromMs).toBeLessThanOrEqual(atMs)
        expect(atMs).toBeLessThan(bounds.toMs)
        expect(dayBounds(tz, day + 1).fromMs).toBe(bounds.toMs)
        expect(dateAt(tz, bounds.fromMs)).toBe(dateAt(tz, atMs))
      }),
    )
  })
})
