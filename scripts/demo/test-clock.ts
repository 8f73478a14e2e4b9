import type { Clock, Moment } from '@gatehouse/shared/clock/clock'

/** A clock that runs with another one, a settable number of milliseconds ahead of it. */
export class TestClock implements Clock {
  readonly #base: Clock
  #offsetMs = 0

  constructor(base: Clock) {
    this.#base = base
  }

  now(): Moment {
    const moment = this.#base.now()
    return {
      ...moment,
      wallMs: Math.trunc(moment.wallMs + this.#offsetMs),
      monotonicMs: moment.monotonicMs + Math.max(0, this.#offsetMs),
    }
  }

  setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs
  }
}
