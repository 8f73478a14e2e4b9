import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DeviceLogger } from './ports/device-logger.ts'

/** Least time between two log lines about the same source, milliseconds. */
const logEveryMs = 60_000

/** Counts what could not be understood and logs it rarely, so that a noisy device cannot fill the disk. */
export class GarbageMeter {
  readonly #clock: Clock
  readonly #logger: DeviceLogger
  readonly #scope: Readonly<Record<string, unknown>>
  #total = 0
  #sinceLog = 0
  #loggedAtMs: number | undefined

  constructor(clock: Clock, logger: DeviceLogger, scope: Readonly<Record<string, unknown>>) {
    this.#clock = clock
    this.#logger = logger
    this.#scope = scope
  }

  /** Everything counted so far. */
  get total(): number {
    return this.#total
  }

  /** Counts `amount` bytes or messages of `reason`. */
  count(amount: number, reason: string): void {
    this.#total += amount
    this.#sinceLog += amount
    const nowMs = this.#clock.now().monotonicMs
    if (this.#loggedAtMs !== undefined && nowMs - this.#loggedAtMs < logEveryMs) return
    this.#loggedAtMs = nowMs
    this.#logger.warn({ ...this.#scope, reason, amount: this.#sinceLog }, 'device input not understood')
    this.#sinceLog = 0
  }
}
