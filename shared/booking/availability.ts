import { minuteMs } from '../calendar/civil.ts'
import { type Interval, isInBusiness, isOpenThroughout, type OpeningHours } from '../calendar/opening.ts'
import { dayBounds } from '../calendar/wall-time.ts'
import type { BookingId } from '../ids/ids.ts'

/** Availability is listed in slots of this length. */
export const slotMs = 30 * minuteMs
/** A booking may start this long ago, so that a visitor can walk into a running slot. */
export const lateStartMaxMs = 15 * minuteMs
export const bookingLengthMaxMs = 31 * 24 * 60 * minuteMs
export const bookingAheadMaxMs = 400 * 24 * 60 * minuteMs

/** What makes a space bookable; `gapMs` is the largest of its buffer rules (RULES, Booking). */
export interface BookableSpace {
  readonly bookable: boolean
  readonly outOfService: boolean
  readonly gapMs: number
  /** When it can be used at all, epoch ms, half-open; without one there is no bound on that side. */
  readonly availableFromMs?: number | undefined
  readonly availableToMs?: number | undefined
}

/** A booking that occupies a space: interval `[fromMs, toMs)`, block `[fromMs, blockToMs)`, epoch ms. */
export interface Occupancy {
  readonly bookingId: BookingId
  readonly fromMs: number
  readonly toMs: number
  readonly blockToMs: number
  /** Present while it is only held; from this instant on it keeps nobody out. */
  readonly holdUntilMs?: number
  /** The end of the block from `fromMs` on is only held, for an extension that is not paid yet. */
  readonly added?: { readonly fromMs: number; readonly holdUntilMs: number }
}

/** An occupancy that keeps others out of its whole block or, once its hold is over, of nothing. */
export type OccupiedPart = Omit<Occupancy, 'added'> & { readonly isAdded?: true }

function partsOfOccupancy({ added, ...occupancy }: Occupancy): OccupiedPart[] {
  if (added === undefined) return [occupancy]
  const { fromMs, holdUntilMs } = added
  return [
    { ...occupancy, blockToMs: fromMs },
    { ...occupancy, fromMs, toMs: occupancy.blockToMs, holdUntilMs, isAdded: true },
  ]
}

/** Everything that says whether an interval of a space can be booked now. */
export interface Calendar {
  readonly site: OpeningHours
  readonly space: BookableSpace
  readonly occupied: readonly Occupancy[]
  /** What of the space, or of what it is combined of, is the other tier's to sell; nothing when absent. */
  readonly lent?: readonly Interval[]
  /** The site sells only what it never lends, which this space is not (ARCHITECTURE §2). */
  readonly lendingStopped?: boolean
  readonly nowMs: number
}

/** Why an interval cannot be booked. */
export type IntervalRefusal =
  | 'reversed'
  | 'too_long'
  | 'in_the_past'
  | 'too_far_ahead'
  | 'not_bookable'
  | 'out_of_service'
  | 'not_available_then'
  | 'site_closed'
  | 'closed'
  | 'space_taken'
  | 'lent'
  | 'lending_stopped'

/** A slot of the day as listed. */
export interface Slot extends Interval {
  readonly state: 'free' | 'held' | 'taken' | 'gap' | 'closed' | 'past'
  /** Taken for this tier alone: the other one may sell it. */
  readonly lent?: true
}

/** Tells whether a hold has run out at `nowMs`; other occupancies never do. */
export function holdIsOver(occupancy: Pick<Occupancy, 'holdUntilMs'>, nowMs: number): boolean {
  return occupancy.holdUntilMs !== undefined && nowMs >= occupancy.holdUntilMs
}

/** The occupancies whose block meets `[fromMs, toMs + gap)`, holds that ran out included. */
export function conflicts(calendar: Calendar, interval: Interval): OccupiedPart[] {
  const blockToMs = interval.toMs + calendar.space.gapMs
  return calendar.occupied
    .flatMap(partsOfOccupancy)
    .filter((other) => other.fromMs < blockToMs && interval.fromMs < other.blockToMs)
}

/**
 * Says why `[fromMs, toMs)` cannot be booked, or nothing when it can. Listing and booking both ask here,
 * so that every listed slot is bookable (RULES, Booking). Gaps may lie outside opening hours.
 */
export function refuseInterval(calendar: Calendar, interval: Interval): IntervalRefusal | undefined {
  const { fromMs, toMs } = interval
  const { space, nowMs } = calendar
  if (fromMs >= toMs) return 'reversed'
  if (toMs - fromMs > bookingLengthMaxMs) return 'too_long'
  if (toMs <= nowMs || fromMs < nowMs - lateStartMaxMs) return 'in_the_past'
  if (toMs > nowMs + bookingAheadMaxMs) return 'too_far_ahead'
  if (!isInBusiness(calendar.site)) return 'site_closed'
  if (!space.bookable) return 'not_bookable'
  if (space.outOfService) return 'out_of_service'
  if (!isAvailable(space, interval)) return 'not_available_then'
  if (conflicts(calendar, interval).some((other) => !holdIsOver(other, nowMs))) return 'space_taken'
  if (!isOpenThroughout(calendar.site, interval)) return 'closed'
  if (calendar.lendingStopped === true) return 'lending_stopped'
  if (lentInTheWay(calendar, interval).length > 0) return 'lent'
  return undefined
}

/** What is lent and meets `[fromMs, toMs + gap)`: a block must not reach into it (ARCHITECTURE §2). */
export function lentInTheWay<L extends Interval>(
  { lent = [], space }: { readonly lent?: readonly L[]; readonly space: Pick<BookableSpace, 'gapMs'> },
  interval: Interval,
): readonly L[] {
  const blockToMs = interval.toMs + space.gapMs
  return lent.filter((loan) => loan.fromMs < blockToMs && interval.fromMs < loan.toMs)
}

/** Tells whether a space can be used at all during the whole of an interval. */
export function isAvailable(
  { availableFromMs, availableToMs }: Pick<BookableSpace, 'availableFromMs' | 'availableToMs'>,
  { fromMs, toMs }: Interval,
): boolean {
  return (
    (availableFromMs === undefined || fromMs >= availableFromMs) &&
    (availableToMs === undefined || toMs <= availableToMs)
  )
}

/** Lists the slots of one day (day number) of the site's calendar with the state of each. */
export function daySlots(calendar: Calendar, day: number): Slot[] {
  const bounds = dayBounds(calendar.site.timeZone, day)
  const slots: Slot[] = []
  for (let fromMs = bounds.fromMs; fromMs < bounds.toMs; fromMs += slotMs) {
    const interval = { fromMs, toMs: Math.min(fromMs + slotMs, bounds.toMs) }
    slots.push({ ...interval, ...slotState(calendar, interval) })
  }
  return slots
}

function slotState(calendar: Calendar, slot: Interval): Pick<Slot, 'state' | 'lent'> {
  const refusal = refuseInterval(calendar, slot)
  if (refusal === undefined) return { state: 'free' }
  if (refusal === 'lent') return { state: 'taken', lent: true }
  if (refusal === 'in_the_past') return { state: 'past' }
  if (refusal !== 'space_taken') return { state: 'closed' }
  return { state: takenState(calendar, slot) }
}

function takenState(calendar: Calendar, slot: Interval): Slot['state'] {
  const inside = conflicts(calendar, slot).filter(
    (other) => !holdIsOver(other, calendar.nowMs) && other.fromMs < slot.toMs && slot.fromMs < other.toMs,
  )
  if (inside.some((other) => other.holdUntilMs === undefined)) return 'taken'
  return inside.length > 0 ? 'held' : 'gap'
}
