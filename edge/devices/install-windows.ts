import type { Clock } from '@gatehouse/shared/clock/clock'

/** Longest time for which a reader may be given a key, milliseconds. An endless window is a known way in. */
export const installWindowMaxMs = 15 * 60_000

/**
 * Which readers may be given a key, and until when. Inside its window a reader is trusted with the key that everybody
 * knows, so a person opens it and it ends by itself; a restart of the edge ends it as well.
 */
export class InstallWindows {
  readonly #clock: Clock
  readonly #untilMs = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Opens one for `forMs` milliseconds; false for a time that is none or too long. */
  open(deviceId: string, forMs: number): boolean {
    if (!(forMs > 0 && forMs <= installWindowMaxMs)) return false
    this.#untilMs.set(deviceId, this.#clock.now().monotonicMs + forMs)
    return true
  }

  isOpen(deviceId: string): boolean {
    const untilMs = this.#untilMs.get(deviceId)
    return untilMs !== undefined && this.#clock.now().monotonicMs < untilMs
  }

  close(deviceId: string): void {
    this.#untilMs.delete(deviceId)
  }
}
