import type { Clock, Moment } from '@gatehouse/shared/clock/clock'
import type { VirtualTime } from './virtual-time.ts'

/** A machine that heard the time before 2026 was never set. */
const releaseMs = Date.UTC(2026, 0, 1)

/** The clock of one machine: true time, but offset, drifting, or never set. */
export class SiteClock implements Clock {
  readonly #time: VirtualTime
  #boots = 0
  #bootedMs: number
  #offsetMs = 0
  #driftPerMillion = 0
  #driftFromMs: number
  readonly #name: string

  constructor(name: string, time: VirtualTime) {
    this.#name = name
    this.#time = time
    this.#bootedMs = time.nowMs
    this.#driftFromMs = time.nowMs
    this.boot()
  }

  now(): Moment {
    const { nowMs } = this.#time
    const wallMs = Math.max(0, nowMs + this.#offsetMs + this.#drifted())
    return {
      wallMs,
      bootId: `${this.#name}-boot-${this.#boots}`,
      monotonicMs: nowMs - this.#bootedMs,
      quality: wallMs < releaseMs ? 'untrusted' : 'trusted',
    }
  }

  /** Whether wall time is the true time, and stays so. */
  get isRight(): boolean {
    return this.#offsetMs === 0 && this.#driftPerMillion === 0
  }

  /** The machine starts: monotonic time begins again. */
  boot(): void {
    this.#boots += 1
    this.#bootedMs = this.#time.nowMs
  }

  /** Wall time jumps away from the truth. */
  jump(byMs: number): void {
    this.#offsetMs += byMs
  }

  /** Wall time runs wrong by so many parts in a million. */
  drift(perMillion: number): void {
    this.#offsetMs += this.#drifted()
    this.#driftFromMs = this.#time.nowMs
    this.#driftPerMillion = perMillion
  }

  /** The battery is empty: the clock starts at 1970. */
  lose(): void {
    this.drift(0)
    this.#offsetMs = -this.#time.nowMs
  }

  /** The time is set right. */
  set(): void {
    this.drift(0)
    this.#offsetMs = 0
  }

  #drifted(): number {
    return Math.round(((this.#time.nowMs - this.#driftFromMs) * this.#driftPerMillion) / 1_000_000)
  }
}
