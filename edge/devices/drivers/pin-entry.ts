/** Longest pause between two keys of one PIN, milliseconds. */
export const keyPauseMaxMs = 10_000
/** Digits of a PIN. Longer entries are no PIN. */
export const pinDigitsMin = 3
export const pinDigitsMax = 12

/** Gathers the keys of a reader into PINs: `#` ends one, `*` and a long pause forget what was begun. */
export class PinEntry {
  #digits = ''
  #atMs = 0

  /** Takes keys pressed by `nowMs` (monotonic milliseconds) and gives the PINs that they complete. */
  press(keys: string, nowMs: number): string[] {
    if (nowMs - this.#atMs > keyPauseMaxMs) this.#digits = ''
    this.#atMs = nowMs
    const pins: string[] = []
    for (const key of keys) {
      if (key === '#') {
        if (this.#digits.length >= pinDigitsMin && this.#digits.length <= pinDigitsMax)
          pins.push(this.#digits)
        this.#digits = ''
      } else if (key === '*') this.#digits = ''
      // One digit more than a PIN can have is kept, so that a long entry is none instead of its end.
      else this.#digits = `${this.#digits}${key}`.slice(0, pinDigitsMax + 1)
    }
    return pins
  }

  /** Forgets what was begun. */
  clear(): void {
    this.#digits = ''
  }
}
