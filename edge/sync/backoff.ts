import { type Random, randomInt } from '@gatehouse/shared/random/random'

const firstMs = 500
const delayMaxMs = 15_000

/** A jittered wait before try number `attempt` (0 = first retry): half fixed, half random, at most 15 s. */
export function retryDelayMs(attempt: number, random: Random): number {
  const full = Math.min(delayMaxMs, firstMs * 2 ** Math.min(attempt, 10))
  return full / 2 + randomInt(random, Math.ceil(full / 2))
}
