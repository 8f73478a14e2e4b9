import { randomFillSync } from 'node:crypto'
import type { Random } from '@gatehouse/shared/random/random'

const poolBytes = 8192
const pool = new Uint8Array(poolBytes)
let used = poolBytes

/** Chance from the operating system, drawn in blocks; fit for ids, codes and secrets. */
export const systemRandom: Random = {
  bytes: (count) => {
    if (count > poolBytes) return randomFillSync(Buffer.alloc(count))
    if (used + count > poolBytes) {
      randomFillSync(pool)
      used = 0
    }
    const bytes = pool.slice(used, used + count)
    // What was given out is not kept.
    pool.fill(0, used, used + count)
    used += count
    return bytes
  },
}
