import { setTimeout as sleep } from 'node:timers/promises'

/** Lets one loop rest until somebody rings, or until a time has passed. */
export class Wakeup {
  #ringing = false
  #wake: (() => void) | undefined
  #pause = new AbortController()
  #cancelled = false

  /** Ends the current wait; a ring while nobody waits is kept for the next one. */
  ring(): void {
    this.#ringing = true
    this.#wake?.()
  }

  /** Waits for a ring. */
  async wait(): Promise<void> {
    if (!this.#ringing) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
    this.#ringing = false
  }

  /** Waits `ms` milliseconds; `endPause` and `cancel` end it early. */
  async pause(ms: number): Promise<void> {
    if (this.#cancelled) return
    try {
      await sleep(ms, undefined, { signal: this.#pause.signal })
    } catch {
      // Ended early: the loop looks at its own state next.
    }
  }

  /** Ends the pause that is under way. */
  endPause(): void {
    this.#pause.abort()
    this.#pause = new AbortController()
  }

  /** Ends every wait, now and later. */
  cancel(): void {
    this.#cancelled = true
    this.endPause()
    this.ring()
  }
}
