import type { Clock } from '@gatehouse/shared/clock/clock'

/** Least time between two incidents of one kind at one reader, milliseconds: a person on the wire fills no ledger. */
export const sameAlarmMs = 10 * 60_000
/** Readers and kinds that are remembered. */
const alarmsMax = 1_000

/** Lets an alarm of a reader through when it is news. */
export class ReaderAlarms {
  readonly #clock: Clock
  readonly #toldMs = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether `alarm` at `deviceId` was not told within the last ten minutes; asking counts as telling. */
  isNews(deviceId: string, alarm: string): boolean {
    const { monotonicMs } = this.#clock.now()
    const key = `${deviceId}/${alarm}`
    const toldMs = this.#toldMs.get(key)
    if (toldMs !== undefined && monotonicMs - toldMs < sameAlarmMs) return false
    this.#toldMs.delete(key)
    this.#toldMs.set(key, monotonicMs)
    const [oldest] = this.#toldMs.keys()
    if (this.#toldMs.size > alarmsMax && oldest !== undefined) this.#toldMs.delete(oldest)
    return true
  }
}
