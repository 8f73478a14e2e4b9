/** A code that is seen again within this time, milliseconds, is still the one that is held before the scanner. */
export const sameCodeMs = 2_000
/** Codes of one scanner that are passed on within `codesMs`: more than people can show, fewer than fill a ledger. */
export const codesMax = 10
export const codesMs = 10_000

/** Scanners send a code several times a second for as long as they see it; this lets it through once. */
export class CodeFilter {
  #last: { readonly text: string; readonly atMs: number } | undefined
  #takenMs: readonly number[] = []

  /** Judges a code read at `nowMs` (monotonic milliseconds); only a `new` one is passed on. */
  judge(text: string, nowMs: number): 'new' | 'same' | 'too_often' {
    const isSame = this.#last?.text === text && nowMs - this.#last.atMs < sameCodeMs
    if (isSame) {
      this.#last = { text, atMs: nowMs }
      return 'same'
    }
    const takenMs = this.#takenMs.filter((atMs) => nowMs - atMs < codesMs)
    if (takenMs.length >= codesMax) return 'too_often'
    this.#last = { text, atMs: nowMs }
    this.#takenMs = [...takenMs, nowMs]
    return 'new'
  }
}
