import { describe, expect, it } from 'vitest'
import { holidayMistakes } from './holiday-mistakes.ts'

const holiday = (date: string, ...hours: (readonly [string, string])[]) => ({
  date,
  name: 'Day',
  hours: hours.map(([from, to]) => ({ from, to })),
})

describe('holidays', () => {
  it('may follow each other, be closed, and have several hours past midnight', () => {
    const fine = [
      holiday('2026-12-24', ['08:00', '12:00'], ['12:00', '14:00'], ['22:00', '02:00']),
      holiday('2026-12-25'),
      holiday('2028-02-29'),
    ]
    expect(holidayMistakes(fine)).toEqual([])
  })

  it.each([
    ['a date that does not exist', [holiday('2026-02-29')], 'no_such_date'],
    ['a date twice', [holiday('2026-12-25'), holiday('2026-12-25', ['08:00', '12:00'])], 'date_twice'],
    ['hours that overlap', [holiday('2026-12-25', ['10:00', '14:00'], ['08:00', '10:01'])], 'hours_overlap'],
    [
      'hours that overlap past midnight',
      [holiday('2026-12-25', ['20:00', '02:00'], ['23:00', '24:00'])],
      'hours_overlap',
    ],
  ])('may not have %s', (_, holidays, why) => {
    expect(holidayMistakes(holidays).map((mistake) => mistake.why)).toEqual([why])
  })
})
