import { instantOf, localDate, zoneOffsetMinutes } from '@gatehouse/shared/ui/format.ts'

const halfHourMs = 30 * 60_000
const minuteMs = 60_000
const startsMax = 11

/** Lengths that are offered, in milliseconds: shorter ones for desks and rooms, longer ones for bays. */
export function durationsMs(siteKind: 'coworking' | 'parking'): readonly number[] {
  const hours = siteKind === 'parking' ? [1, 2, 4, 8, 24] : [0.5, 1, 2, 4, 8]
  return hours.map((hour) => hour * 2 * halfHourMs)
}

/**
 * The later starts of today that are offered: the next three half hours, then whole hours until midnight of the
 * site's zone, at most eleven.
 */
export function laterStartsMs(nowMs: number, timeZone: string): number[] {
  const offsetMs = zoneOffsetMinutes(nowMs, timeZone) * minuteMs
  const midnightMs = instantOf(localDate(nowMs, timeZone), 24 * 60, timeZone)
  const nextHalfHour = (Math.floor((nowMs + offsetMs) / halfHourMs) + 1) * halfHourMs - offsetMs
  const starts: number[] = []
  for (let startMs = nextHalfHour; startMs < midnightMs && starts.length < startsMax; ) {
    starts.push(startMs)
    const half = (startMs + offsetMs) % (2 * halfHourMs) !== 0
    startMs += starts.length < 3 || half ? halfHourMs : 2 * halfHourMs
  }
  return starts
}

/** The interval that is asked for: from the whole minute now, or from the chosen start. */
export function wishedInterval(
  wish: { readonly startMs?: number; readonly durationMs: number },
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = wish.startMs ?? Math.floor(nowMs / minuteMs) * minuteMs
  return { fromMs, toMs: fromMs + wish.durationMs }
}
