/** The only source of chance for product code; built in `main.ts` and passed. */
export interface Random {
  /** Returns `count` random bytes. */
  bytes(count: number): Uint8Array
}

/** A seeded generator (xorshift128) for tests, the demo and simulation; never for secrets. */
export class SeededRandom implements Random {
  #state: [number, number, number, number]

  constructor(seed: number) {
    this.#state = [seed | 0 || 1, 0x9e3779b9, 0x243f6a88, 0xb7e15162]
    for (let round = 0; round < 16; round += 1) this.#next()
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#next() & 0xff)
  }

  // Marsaglia, "Xorshift RNGs", 2003, section 3.1: the 128-bit variant.
  #next(): number {
    const [x, y, z, w] = this.#state
    const t = x ^ (x << 11)
    const next = w ^ (w >>> 19) ^ t ^ (t >>> 8)
    this.#state = [y, z, w, next]
    return next >>> 8
  }
}

/** Draws an integer in `[0, bound)`; `bound` is at most 2^32. */
export function randomInt(random: Random, bound: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4)
  const draw = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  return Math.floor((draw / 0x1_0000_0000) * bound)
}
