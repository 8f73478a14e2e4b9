/** After this long without a fresh count the figures are shown as old. */
export const freshMaxMs = 20_000

/** A count as it was answered: when it was taken, by the site's clock, and how old it was on arrival. */
export interface HeardCount {
  readonly asOfMs: number
  /** Age on arrival, milliseconds; below 0 while the site's clock is not known exactly. */
  readonly ageMs: number
  /** When it arrived, by this device's clock. */
  readonly heardMs: number
}

/**
 * Since when the board's figures are old, by the site's clock, or nothing while they can be trusted. Waiting is
 * measured by the device's own clock, so that a moved site clock makes nothing old.
 */
export function staleSinceMs(count: HeardCount, deviceNowMs: number): number | undefined {
  const ageMs = Math.max(0, count.ageMs) + deviceNowMs - count.heardMs
  return ageMs > freshMaxMs ? count.asOfMs : undefined
}
