import { dayNumber, minuteOfDay } from './civil.ts'
import type { Holiday } from './opening.ts'

/** A mistake in a site's holidays, and the date it is about. */
export interface HolidayMistake {
  readonly date: string
  readonly why: 'no_such_date' | 'date_twice' | 'hours_overlap'
}

/** Finds what holidays may not say: a date that does not exist or comes twice, and hours of a day that overlap. */
export function holidayMistakes(holidays: readonly Holiday[]): HolidayMistake[] {
  const seen = new Set<string>()
  return holidays.flatMap(({ date, hours }): HolidayMistake[] => {
    const why = mistakeOf({ date, hours }, seen)
    seen.add(date)
    return why === undefined ? [] : [{ date, why }]
  })
}

function mistakeOf(
  { date, hours }: Pick<Holiday, 'date' | 'hours'>,
  seen: ReadonlySet<string>,
): HolidayMistake['why'] | undefined {
  if (dayNumber(date) === undefined) return 'no_such_date'
  if (seen.has(date)) return 'date_twice'
  return overlap(hours) ? 'hours_overlap' : undefined
}

function overlap(hours: Holiday['hours']): boolean {
  const windows = hours
    .map(({ from, to }) => ({ from: minuteOfDay(from), to: minuteOfDay(to) }))
    .map(({ from, to }) => ({ from, to: to < from ? to + 1440 : to }))
    .sort((a, b) => a.from - b.from)
  return windows.some(({ from }, at) => from < (windows[at - 1]?.to ?? 0))
}
