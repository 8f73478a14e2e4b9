import { err, ok, type Result } from '../result/result.ts'
import { dateOf, dayMs, dayNumber, minuteMs, minuteOfDay } from './civil.ts'
import { offsetAt, offsetSpanAt } from './zone.ts'

/** Why a wall time names no single instant; an ambiguous one offers both. */
export type WallTimeRefusal =
  | { readonly code: 'nonexistent_local_time' }
  | { readonly code: 'ambiguous_local_time'; readonly instantsMs: readonly [number, number] }
  | { readonly code: 'bad_date' }

/** Epoch ms read as if the zone's wall clock were UTC. */
export function localMsOf(timeZone: string, atMs: number): number {
  return atMs + offsetAt(timeZone, atMs)
}

/** The site's date `YYYY-MM-DD` at an instant (epoch ms). */
export function dateAt(timeZone: string, atMs: number): string {
  return dateOf(Math.floor(localMsOf(timeZone, atMs) / dayMs))
}

/** The instants at which the wall clock shows `localMs`, in order: none in a gap, two in an overlap. */
export function instantsOfLocal(timeZone: string, localMs: number): readonly number[] {
  const before = offsetAt(timeZone, localMs - dayMs)
  const after = offsetAt(timeZone, localMs + dayMs)
  const offsets = before === after ? [before] : [before, after]
  return offsets
    .map((offset) => localMs - offset)
    .filter((instant) => localMsOf(timeZone, instant) === localMs)
    .sort((a, b) => a - b)
}

/** The first instant at or after which the wall clock shows `localMs` or later: a gap gives its end, an overlap its first. */
export function firstInstantOfLocal(timeZone: string, localMs: number): number {
  const [first] = instantsOfLocal(timeZone, localMs)
  if (first !== undefined) return first
  // In a gap the earlier offset still holds just before it, so the stretch there ends at the gap.
  const before = localMs - dayMs - offsetAt(timeZone, localMs - dayMs)
  return offsetSpanAt(timeZone, before).toMs
}

/**
 * Finds the instant (epoch ms) of a date `YYYY-MM-DD` and wall time `HH:MM` in a zone, for a single booking.
 * Refuses `nonexistent_local_time`, `ambiguous_local_time` (both instants offered) and `bad_date` (RULES, Time).
 */
export function instantOf(wall: {
  readonly timeZone: string
  readonly date: string
  readonly time: string
}): Result<number, WallTimeRefusal> {
  const day = dayNumber(wall.date)
  if (day === undefined) return err({ code: 'bad_date' })
  const local = day * dayMs + minuteOfDay(wall.time) * minuteMs
  const [first, second] = instantsOfLocal(wall.timeZone, local)
  if (first === undefined) return err({ code: 'nonexistent_local_time' })
  if (second !== undefined) return err({ code: 'ambiguous_local_time', instantsMs: [first, second] })
  return ok(first)
}

/** The instants `[fromMs, toMs)` of a day number in a zone: 23, 24 or 25 hours, by the wall clock. */
export function dayBounds(timeZone: string, day: number): { readonly fromMs: number; readonly toMs: number } {
  return {
    fromMs: firstInstantOfLocal(timeZone, day * dayMs),
    toMs: firstInstantOfLocal(timeZone, (day + 1) * dayMs),
  }
}
