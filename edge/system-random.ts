import { randomBytes } from 'node:crypto'
import type { Random } from '@gatehouse/shared/random/random'

/** Chance from the operating system; fit for ids, codes and secrets. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
}
