/** Writes an amount of minor units with its currency, for example `1440, 'EUR', 'en-GB'` → `€14.40`. */
export function formatMoney(minor: number, currency: string, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(minor / 10 ** digits).replace(/^-/, '−')
}

export type TimeStyle = 'time' | 'timeSeconds' | 'date' | 'fullDate' | 'dateTime' | 'fullDateTime' | 'weekday'

const styles: Readonly<Record<TimeStyle, Intl.DateTimeFormatOptions>> = {
  time: { hour: '2-digit', minute: '2-digit' },
  timeSeconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  date: { weekday: 'short', day: 'numeric', month: 'short' },
  // For days that may be months away, in another year.
  fullDate: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  dateTime: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  fullDateTime: {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit' },
  },
  weekday: { weekday: 'short', day: 'numeric' },
}

/** Writes an instant as wall time of `timeZone` (absent: of the device). */
export function formatTime(ms: number, locale: string, style: TimeStyle, timeZone?: string): string {
  const options = timeZone === undefined ? styles[style] : { ...styles[style], timeZone }
  return new Intl.DateTimeFormat(locale, options).format(ms)
}

/** Longer ago than this a wall time may be of another day. */
const clockOnlyMaxMs = 12 * 3_600_000

/** How an instant of the past is told at `nowMs`: by the clock while it is recent, with its day afterwards. */
export function sinceStyle(sinceMs: number, nowMs: number): 'time' | 'dateTime' {
  return nowMs - sinceMs < clockOnlyMaxMs ? 'time' : 'dateTime'
}

/** Minutes that `timeZone` (absent: the device's) is ahead of UTC at an instant. */
export function zoneOffsetMinutes(ms: number, timeZone?: string): number {
  const wall = new Intl.DateTimeFormat('en-US', {
    ...(timeZone === undefined ? {} : { timeZone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms)
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(wall.find((candidate) => candidate.type === type)?.value ?? 0)
  const asUtc = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return Math.round((asUtc - ms) / 60_000)
}

/** Short name of a zone at an instant, for example `CET`; empty where the viewer's clock agrees with it. */
export function foreignZoneName(ms: number, timeZone: string, locale: string): string {
  if (zoneOffsetMinutes(ms, timeZone) === zoneOffsetMinutes(ms)) return ''
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(ms)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone
}

/** The calendar day of an instant in a zone as `YYYY-MM-DD`. */
export function localDate(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(ms)
}

/** The instant of a wall time (`YYYY-MM-DD`, minutes after midnight) in a zone; in a gap the later side. */
export function instantOf(date: string, minutes: number, timeZone: string): number {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number)
  const asUtc = Date.UTC(year, month - 1, day, 0, minutes)
  const guess = asUtc - zoneOffsetMinutes(asUtc, timeZone) * 60_000
  return asUtc - zoneOffsetMinutes(guess, timeZone) * 60_000
}

/** The calendar day `days` after another, both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10)
}

/** Splits a span into its largest unit, for "12 min". */
export function spanUnit(ms: number): {
  readonly unit: 'seconds' | 'minutes' | 'hours' | 'days'
  readonly count: number
} {
  const seconds = Math.abs(ms) / 1_000
  if (seconds < 60) return { unit: 'seconds', count: Math.round(seconds) }
  if (seconds < 3_600) return { unit: 'minutes', count: Math.round(seconds / 60) }
  if (seconds < 172_800) return { unit: 'hours', count: Math.round(seconds / 3_600) }
  return { unit: 'days', count: Math.round(seconds / 86_400) }
}

/** Writes a countdown as `mm:ss`, never below zero. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`
}

/** The zone of the device, for times of a site whose zone is not loaded yet. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
