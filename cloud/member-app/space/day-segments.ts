import type { DayView } from '@gatehouse/shared/api/views'

type Slot = DayView['slots'][number]

/** Neighbouring half-hours of one state; only free ones keep their slots, to be chosen from. */
export interface DaySegment {
  readonly state: Slot['state']
  readonly fromMs: number
  readonly toMs: number
  readonly slots: readonly Slot[]
}

/**
 * Joins neighbouring slots of the same state, in the order of the day; with `isStale` what the site has lent, and is known
 * for certain, stands apart.
 */
export function daySegments(slots: readonly Slot[], isStale = false): readonly DaySegment[] {
  const segments: DaySegment[] = []
  for (const slot of slots) {
    const last = segments.at(-1)
    const isAlike = !isStale || slot.state !== 'free' || slot.lent === last?.slots[0]?.lent
    if (last && last.state === slot.state && last.toMs === slot.fromMs && isAlike) {
      segments[segments.length - 1] = { ...last, toMs: slot.toMs, slots: [...last.slots, slot] }
    } else {
      segments.push({ state: slot.state, fromMs: slot.fromMs, toMs: slot.toMs, slots: [slot] })
    }
  }
  return segments
}

/** Tells whether every half-hour that `[fromMs, toMs)` touches is free; a day that is not loaded is not free. */
export function isFreeFor(slots: readonly Slot[], fromMs: number, toMs: number): boolean {
  const touched = slots.filter((slot) => slot.fromMs < toMs && slot.toMs > fromMs)
  const covered = touched.reduce(
    (sum, slot) => sum + Math.min(slot.toMs, toMs) - Math.max(slot.fromMs, fromMs),
    0,
  )
  const lastMs = slots.at(-1)?.toMs ?? 0
  const withinDay = Math.min(toMs, lastMs) - fromMs
  return touched.every((slot) => slot.state === 'free') && withinDay > 0 && covered === withinDay
}
