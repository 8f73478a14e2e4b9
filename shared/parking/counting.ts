/** FULL at `fullAtFree` free or fewer, open again at `reopenAtFree` or more. */
export interface FullThresholds {
  readonly fullAtFree: number
  readonly reopenAtFree: number
}

/** Free places as shown: never below 0, never above capacity, whatever was counted. */
export function freePlaces(count: { readonly inside: number; readonly capacity: number }): number {
  return Math.min(count.capacity, Math.max(0, count.capacity - count.inside))
}

/** The FULL state after `free` changed; between the thresholds it stays as it was. */
export function isFull(wasFull: boolean, free: number, thresholds: FullThresholds): boolean {
  if (free <= thresholds.fullAtFree) return true
  if (free >= thresholds.reopenAtFree) return false
  return wasFull
}

/** One vehicle more or fewer inside; a count never goes below 0. */
export function countPassage(inside: number, direction: 'entry' | 'exit'): number {
  return direction === 'entry' ? inside + 1 : Math.max(0, inside - 1)
}

export interface SensorPicture {
  /** Vehicles inside as the lanes counted them. */
  readonly inside: number
  /** Bays of the zone. */
  readonly bays: number
  /** Bays whose sensor is healthy and has reported. */
  readonly bayReports: number
  readonly baysOccupied: number
  /** Milliseconds since any vehicle last passed or was authorised: cars between lane and bay are seen by neither. */
  readonly quietMs: number
}

/** How long nothing must have moved before bay sensors may correct a lane count. */
export const quietBeforeCorrectionMs = 10 * 60_000

/** The corrected count when complete, healthy bay sensors disagree with the lanes; `undefined` when it stands. */
export function correctedCount(picture: SensorPicture): number | undefined {
  const complete = picture.bays > 0 && picture.bayReports === picture.bays
  if (!complete || picture.quietMs < quietBeforeCorrectionMs) return undefined
  return picture.baysOccupied === picture.inside ? undefined : picture.baysOccupied
}
