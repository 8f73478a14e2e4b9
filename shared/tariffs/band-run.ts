import { minuteMs, minuteOfDay } from '../calendar/civil.ts'
import { offsetSpanAt } from '../calendar/zone.ts'
import type { Tariff } from './tariff.ts'

export type Band = Tariff['bands'][number]

/** A longest stretch `[fromMs, toMs)` of a stay in which one band applies. */
export interface BandRun {
  readonly band: Band
  readonly fromMs: number
  readonly toMs: number
}

/** From `minute` of the week (0 = Monday 00:00) until the next one, `band` applies; none: it costs nothing. */
interface WeekPart {
  readonly minute: number
  readonly band: Band | undefined
}

const weekMinutes = 7 * 1440
const weekMs = weekMinutes * minuteMs
// 1970-01-01 was a Thursday, three days into its week.
const epochIntoWeekMs = 3 * 1440 * minuteMs

const weekOf = new WeakMap<Tariff, readonly WeekPart[]>()

function windowsOf(band: Band): { from: number; to: number }[] {
  const from = minuteOfDay(band.from)
  const to = minuteOfDay(band.to)
  const length = to < from ? to + 1440 - from : to - from
  return band.weekdays.map((weekday) => {
    const start = (weekday - 1) * 1440 + from
    return { from: start, to: start + length }
  })
}

function covers(band: Band, minute: number): boolean {
  return windowsOf(band).some(
    ({ from, to }) =>
      (from <= minute && minute < to) || (from <= minute + weekMinutes && minute + weekMinutes < to),
  )
}

function weekParts(tariff: Tariff): readonly WeekPart[] {
  const known = weekOf.get(tariff)
  if (known) return known
  const edges = tariff.bands
    .flatMap(windowsOf)
    .flatMap(({ from, to }) => [from % weekMinutes, to % weekMinutes])
  const minutes = [...new Set([0, ...edges])].sort((a, b) => a - b)
  // The first band in the tariff's order that covers a minute applies.
  const parts = minutes.map((minute) => ({ minute, band: tariff.bands.find((band) => covers(band, minute)) }))
  weekOf.set(tariff, parts)
  return parts
}

function partIndexAt(parts: readonly WeekPart[], minute: number): number {
  let index = parts.length - 1
  while (index > 0 && (parts[index]?.minute ?? 0) > minute) index -= 1
  return index
}

/**
 * Cuts a stay `[fromMs, toMs)` into runs of one band each, by the wall clock of the zone; hours that
 * exist twice count twice, hours that do not exist do not count. Time without a band is left out.
 */
export function bandRuns(stay: {
  readonly tariff: Tariff
  readonly timeZone: string
  readonly fromMs: number
  readonly toMs: number
}): BandRun[] {
  const parts = weekParts(stay.tariff)
  const runs: BandRun[] = []
  let atMs = stay.fromMs
  while (atMs < stay.toMs) {
    const span = offsetSpanAt(stay.timeZone, atMs)
    const intoWeekMs = (((atMs + span.offsetMs + epochIntoWeekMs) % weekMs) + weekMs) % weekMs
    const index = partIndexAt(parts, Math.floor(intoWeekMs / minuteMs))
    const band = parts[index]?.band
    const nextMinute = parts[index + 1]?.minute ?? weekMinutes
    const endMs = Math.min(stay.toMs, span.toMs, atMs + nextMinute * minuteMs - intoWeekMs)
    const last = runs.at(-1)
    if (band && last && last.band === band && last.toMs === atMs) {
      runs[runs.length - 1] = { band, fromMs: last.fromMs, toMs: endMs }
    } else if (band) {
      runs.push({ band, fromMs: atMs, toMs: endMs })
    }
    atMs = endMs
  }
  return runs
}
