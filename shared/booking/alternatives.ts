import type { Interval } from '../calendar/opening.ts'
import type { SpaceId } from '../ids/ids.ts'
import {
  bookingAheadMaxMs,
  bookingLengthMaxMs,
  type Calendar,
  refuseInterval,
  slotMs,
} from './availability.ts'

const alternativesMax = 3
const searchMs = 24 * 60 * 60_000

/** Refusals of a hold after which another time or space may be free (RULES, Answers). */
export const offersAlternatives: ReadonlySet<string> = new Set([
  'space_taken',
  'lent',
  'lending_stopped',
  'closed',
  'out_of_service',
  'not_available_then',
  'site_unreachable',
])

/** A space that could stand in for another, with its calendar around the asked time. */
export interface Candidate {
  readonly spaceId: SpaceId
  readonly kind: string
  readonly bayClass?: string | undefined
  readonly levelId: string
  readonly capacity: number
  readonly calendar: Calendar
}

/** A choice that can be booked now: epoch ms, half-open. */
export interface Alternative extends Interval {
  readonly spaceId: SpaceId
}

/** How far around the asked interval (epoch ms) the candidates' occupancies must be known. */
export function alternativesWindow(interval: Interval): Interval {
  return { fromMs: interval.fromMs - searchMs, toMs: interval.toMs + searchMs }
}

/**
 * Offers what can be booked instead: equal spaces at the same time (same kind and class, room for as many),
 * then the same space at the nearest times within a day. Nothing is offered for an interval that no space could take.
 */
export function alternatives(asked: {
  readonly interval: Interval
  readonly candidate: Candidate
  readonly others: readonly Candidate[]
}): Alternative[] {
  const { interval, candidate } = asked
  const lengthMs = interval.toMs - interval.fromMs
  if (lengthMs <= 0 || lengthMs > bookingLengthMaxMs) return []
  if (Math.abs(interval.fromMs - candidate.calendar.nowMs) > bookingAheadMaxMs) return []
  return [...equalSpaces(asked), ...nearestTimes(candidate, interval)]
}

function equalSpaces(asked: Parameters<typeof alternatives>[0]): Alternative[] {
  const { candidate, interval, others } = asked
  const distance = (other: Candidate) =>
    other.capacity - candidate.capacity + (other.levelId === candidate.levelId ? 0 : 0.5)
  return others
    .filter(
      (other) =>
        other.spaceId !== candidate.spaceId &&
        other.kind === candidate.kind &&
        other.bayClass === candidate.bayClass &&
        other.capacity >= candidate.capacity &&
        refuseInterval(other.calendar, interval) === undefined,
    )
    .sort((a, b) => distance(a) - distance(b) || (a.spaceId < b.spaceId ? -1 : 1))
    .slice(0, alternativesMax)
    .map((other) => ({ spaceId: other.spaceId, fromMs: interval.fromMs, toMs: interval.toMs }))
}

function nearestTimes(candidate: Candidate, interval: Interval): Alternative[] {
  const lengthMs = interval.toMs - interval.fromMs
  const starts = new Set<number>()
  for (let shift = slotMs; shift <= searchMs; shift += slotMs) {
    starts.add(interval.fromMs - shift)
    starts.add(interval.fromMs + shift)
  }
  for (const other of candidate.calendar.occupied) {
    starts.add(other.blockToMs)
    starts.add(other.fromMs - candidate.calendar.space.gapMs - lengthMs)
  }
  const away = (startMs: number) => Math.abs(startMs - interval.fromMs)
  const found: Alternative[] = []
  for (const fromMs of [...starts].sort((a, b) => away(a) - away(b) || b - a)) {
    if (found.length === alternativesMax) break
    if (fromMs === interval.fromMs || away(fromMs) > searchMs) continue
    const shifted = { fromMs, toMs: fromMs + lengthMs }
    const meets = found.some((other) => other.fromMs < shifted.toMs && shifted.fromMs < other.toMs)
    if (meets || refuseInterval(candidate.calendar, shifted) !== undefined) continue
    found.push({ spaceId: candidate.spaceId, ...shifted })
  }
  return found
}
