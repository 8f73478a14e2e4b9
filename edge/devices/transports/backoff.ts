import { type Random, randomInt } from '@gatehouse/shared/random/random'

/** Bounds of the pause between attempts, milliseconds. Doors hang on it, so the longest pause stays short. */
export interface BackoffBounds {
  readonly firstMs: number
  readonly longestMs: number
}

/** Pauses of device links. A long pause strands a door, so it ends at five seconds. */
export const deviceBackoff: BackoffBounds = { firstMs: 200, longestMs: 5_000 }

/**
 * Draws the pause before attempt `attempt` (0 for the first retry): half fixed and half random of a doubling
 * bound, so that links that broke together do not come back together.
 */
export function backoffMs(attempt: number, bounds: BackoffBounds, random: Random): number {
  const bound = Math.min(bounds.longestMs, bounds.firstMs * 2 ** Math.min(attempt, 16))
  return Math.ceil(bound / 2) + randomInt(random, Math.floor(bound / 2) + 1)
}
