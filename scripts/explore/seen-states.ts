/**
 * A set of texts that keeps 64 bits of each (two FNV-1a sums with different starts): two texts may be taken for one, with a
 * probability of about n² / 2⁶⁵ for n texts, 3 in a million for ten million.
 */
export class SeenStates {
  #high = new Uint32Array(1 << 16)
  #low = new Uint32Array(1 << 16)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds a text; false when it was there. */
  add(text: string): boolean {
    let high = 0x811c9dc5
    let low = 0x01000193
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      high = Math.imul(high ^ code, 0x01000193)
      low = Math.imul(low ^ code, 0x85ebca6b)
      low ^= low >>> 13
    }
    // The pair of zeros marks an empty place.
    const added = this.#place(high >>> 0, low >>> 0 || 1)
    if (added && this.#size * 2 > this.#high.length) this.#grow()
    return added
  }

  #place(high: number, low: number): boolean {
    const mask = this.#high.length - 1
    let at = (high ^ Math.imul(low, 0x9e3779b1)) & mask
    while (this.#low[at] !== 0) {
      if (this.#low[at] === low && this.#high[at] === high) return false
      at = (at + 1) & mask
    }
    this.#high[at] = high
    this.#low[at] = low
    this.#size += 1
    return true
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low]
    this.#high = new Uint32Array(high.length * 2)
    this.#low = new Uint32Array(low.length * 2)
    this.#size = 0
    for (let at = 0; at < low.length; at += 1) {
      const kept = low[at] ?? 0
      if (kept !== 0) this.#place(high[at] ?? 0, kept)
    }
  }
}
