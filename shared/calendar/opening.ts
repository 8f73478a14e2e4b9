import type { SiteStatus } from '../wire/v1/directory.ts'
import { dateOf, dayMs, minuteMs, minuteOfDay, weekdayOf } from './civil.ts'
import { dayBounds, firstInstantOfLocal, localMsOf } from './wall-time.ts'

/** Opening hours of one weekday (1 = Monday), wall times `HH:MM`; a `to` before `from` crosses midnight. */
export interface Opening {
  readonly weekday: number
  readonly from: string
  readonly to: string
}

/** A date `YYYY-MM-DD` with hours of its own, which replace those of its weekday; none of them means closed. */
export interface Holiday {
  readonly date: string
  readonly name: string
  readonly hours: readonly Omit<Opening, 'weekday'>[]
}

/** A half-open stretch of instants, epoch ms. */
export interface Interval {
  readonly fromMs: number
  readonly toMs: number
}

/** What opening hours need: the site's zone, its weekly hours, and its holidays, which override them (RULES, Time). */
export interface OpeningHours {
  readonly timeZone: string
  readonly openingHours: readonly Opening[]
  readonly holidays?: readonly Holiday[] | undefined
  /** Of the site as a whole; `open` where absent. */
  readonly status?: SiteStatus | undefined
}

/** Tells whether a site sells at all: one that is closed for good or for long, or not open yet, does not. */
export function isInBusiness({ status = 'open' }: Pick<OpeningHours, 'status'>): boolean {
  return status === 'open'
}

/** Joins intervals that touch or overlap, in order of time. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = []
  for (const next of [...intervals].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1)
    if (last && next.fromMs <= last.toMs) {
      merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) }
    } else {
      merged.push(next)
    }
  }
  return merged
}

/** The holiday of a day of the site's calendar (day number, see `dayNumber`), if it is one. */
export function holidayOn(site: Pick<OpeningHours, 'holidays'>, day: number): Holiday | undefined {
  if (site.holidays === undefined || site.holidays.length === 0) return undefined
  const date = dateOf(day)
  return site.holidays.find((holiday) => holiday.date === date)
}

/** The holidays from the site's date at `nowMs` (epoch ms) on, in order, at most `max`. */
export function holidaysFrom(site: OpeningHours, nowMs: number, max: number): readonly Holiday[] {
  const today = dateOf(Math.floor(localMsOf(site.timeZone, nowMs) / dayMs))
  return (site.holidays ?? [])
    .filter(({ date }) => date >= today)
    .sort((a, b) => (a.date < b.date ? -1 : 1))
    .slice(0, max)
}

// Everything that opened on one day, also what reaches past its midnight. A wall time that
// does not exist moves to the end of the gap; one that exists twice is its first.
function openedOn(site: OpeningHours, day: number): Interval[] {
  const weekday = weekdayOf(day)
  const hours = holidayOn(site, day)?.hours ?? site.openingHours.filter((each) => each.weekday === weekday)
  return hours
    .map((opening) => {
      const from = minuteOfDay(opening.from)
      const to = minuteOfDay(opening.to)
      const end = to < from ? to + 1440 : to
      return {
        fromMs: firstInstantOfLocal(site.timeZone, day * dayMs + from * minuteMs),
        toMs: firstInstantOfLocal(site.timeZone, day * dayMs + end * minuteMs),
      }
    })
    .filter((interval) => interval.fromMs < interval.toMs)
}

/** When the site is open within `[fromMs, toMs)`, clipped to it, joined and in order. */
export function openWithin(site: OpeningHours, within: Interval): Interval[] {
  // One day earlier, for what opened there and runs past midnight.
  const first = Math.floor(localMsOf(site.timeZone, within.fromMs) / dayMs) - 1
  const last = Math.floor(localMsOf(site.timeZone, within.toMs) / dayMs)
  const opened: Interval[] = []
  for (let day = first; day <= last; day += 1) opened.push(...openedOn(site, day))
  return mergeIntervals(opened)
    .map((interval) => ({
      fromMs: Math.max(interval.fromMs, within.fromMs),
      toMs: Math.min(interval.toMs, within.toMs),
    }))
    .filter((interval) => interval.fromMs < interval.toMs)
}

/** When the site is open on a day of its calendar (day number, see `dayNumber`), clipped to that day. */
export function openIntervals(site: OpeningHours, day: number): Interval[] {
  return openWithin(site, dayBounds(site.timeZone, day))
}

/** Tells whether the site is in business and open at an instant (epoch ms). */
export function isOpen(site: OpeningHours, atMs: number): boolean {
  return isInBusiness(site) && openWithin(site, { fromMs: atMs, toMs: atMs + 1 }).length > 0
}

/** Tells whether the site is open during the whole of a non-empty interval. */
export function isOpenThroughout(site: OpeningHours, interval: Interval): boolean {
  const [only, ...others] = openWithin(site, interval)
  return others.length === 0 && only?.fromMs === interval.fromMs && only.toMs === interval.toMs
}
