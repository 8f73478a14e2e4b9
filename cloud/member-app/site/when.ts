import { addDays, instantOf, localDate, zoneOffsetMinutes } from '@gatehouse/shared/ui/format.ts'

/** What the address says about the wished time; everything absent means the next half-hour from now. */
export interface WhenSearch {
  readonly date?: string | undefined
  /** Wall time of the site, `HH:MM`. */
  readonly from?: string | undefined
  readonly minutes?: number | undefined
}

/** A wished time made exact in a site's zone; `[fromMs, toMs)` in epoch milliseconds. */
export interface When {
  readonly date: string
  readonly fromMinutes: number
  readonly minutes: number
  readonly fromMs: number
  readonly toMs: number
}

const halfHour = 30
const dayMinutes = 1_440
export const lengthChoices = [30, 60, 90, 120, 180, 240, 480] as const

/** Writes minutes after midnight as `HH:MM`. */
export function wallTime(minutes: number): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}

function minutesOf(text: string | undefined): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text ?? '')
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined
}

/** Minutes after midnight of an instant in a zone. */
export function minutesAfterMidnight(ms: number, timeZone: string): number {
  const wall = Math.floor(ms / 60_000) + zoneOffsetMinutes(ms, timeZone)
  return ((wall % dayMinutes) + dayMinutes) % dayMinutes
}

/** Reads the wished time from the address; unreadable parts fall back to the half-hour that runs now. */
export function readWhen(search: WhenSearch, nowMs: number, timeZone: string): When {
  const minutes = search.minutes && search.minutes > 0 ? Math.min(search.minutes, dayMinutes) : 60
  const today = localDate(nowMs, timeZone)
  const nextHalfHour = Math.ceil((minutesAfterMidnight(nowMs, timeZone) + 1) / halfHour) * halfHour
  const dated = search.date && /^\d{4}-\d{2}-\d{2}$/.test(search.date) ? search.date : undefined
  const wished = minutesOf(search.from)
  const rolls = wished === undefined && dated === undefined && nextHalfHour >= dayMinutes
  const date = dated ?? (rolls ? addDays(today, 1) : today)
  const later = date === today ? Math.min(nextHalfHour, dayMinutes - halfHour) : 9 * 60
  const fromMinutes = wished ?? (rolls ? 0 : later)
  const fromMs = instantOf(date, fromMinutes, timeZone)
  return { date, fromMinutes, minutes, fromMs, toMs: fromMs + minutes * 60_000 }
}
