import type { Clock } from '@gatehouse/shared/clock/clock'

/** Least time between two incidents of one kind at one reader, milliseconds: a person on the wire fills no ledger. */
export const sameAlarmMs = 10 * 60_000
/** An alarm that lasts is told again after this, milliseconds: once a day. */
export const lastingAlarmMs = 24 * 3_600_000
/** Readers and kinds that are remembered. */
const alarmsMax = 1_000

interface Told {
  readonly deviceId: string
  readonly alarm: string
  readonly atMs: number
  isOver: boolean
}

/** Lets an alarm of a reader through when it is news. */
export class ReaderAlarms {
  readonly #clock: Clock
  readonly #told = new Map<string, Told>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Whether `alarm` at `deviceId` is news; asking counts as telling. It is after a day, or after ten minutes when it was
   * over in between.
   */
  isNews(deviceId: string, alarm: string): boolean {
    const atMs = this.#clock.now().monotonicMs
    const key = `${deviceId}/${alarm}`
    const before = this.#told.get(key)
    if (before && atMs - before.atMs < (before.isOver ? sameAlarmMs : lastingAlarmMs)) return false
    this.#told.delete(key)
    this.#told.set(key, { deviceId, alarm, atMs, isOver: false })
    const [oldest] = this.#told.keys()
    if (this.#told.size > alarmsMax && oldest !== undefined) this.#told.delete(oldest)
    return true
  }

  /** The case is closed again. */
  closed(deviceId: string): void {
    this.#end((told) => told.deviceId === deviceId && told.alarm === 'tampered')
  }

  /** The reader is online, so it is trusted again; its case may still be open. */
  trusted(deviceId: string): void {
    this.#end((told) => told.deviceId === deviceId && told.alarm !== 'tampered')
  }

  #end(isMeant: (told: Told) => boolean): void {
    for (const told of this.#told.values()) if (isMeant(told)) told.isOver = true
  }
}
