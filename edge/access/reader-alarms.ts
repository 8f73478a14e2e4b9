import type { Clock } from '@gatehouse/shared/clock/clock'
import type { ReaderTrouble } from './reader-troubles.ts'

/**
 * Least time between an incident at a reader and its end, milliseconds: somebody who plays with the wire or the case fills no
 * ledger, and makes no incident look over that is not.
 */
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

/** A trouble of one reader. */
export interface TroubleOfReader {
  readonly deviceId: string
  readonly trouble: ReaderTrouble
}

/**
 * Lets an alarm of a reader through when it is news, and its end when it has ended for good.
 *
 *   unknown ──isNews──▶ told ──over──▶ over ──10 min after it was told: takeEnded──▶ unknown
 *                        ▲  a day: told again   │
 *                        └──────isNews──────────┘ the same incident goes on
 */
export class ReaderAlarms {
  readonly #clock: Clock
  readonly #told = new Map<string, Told>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether `alarm` at `deviceId` is news; asking counts as telling. */
  isNews(deviceId: string, alarm: string): boolean {
    const atMs = this.#clock.now().monotonicMs
    const key = `${deviceId}/${alarm}`
    const before = this.#told.get(key)
    if (before && atMs - before.atMs < lastingAlarmMs) {
      before.isOver = false
      return false
    }
    this.#told.delete(key)
    this.#told.set(key, { deviceId, alarm, atMs, isOver: false })
    const [oldest] = this.#told.keys()
    if (this.#told.size > alarmsMax && oldest !== undefined) this.#told.delete(oldest)
    return true
  }

  /**
   * A trouble of a reader is over. True when its end is to be told now, because nothing of it was told by this program:
   * the ledger may know of one from before a restart. One that is trusted again may still have an open case.
   */
  over({ deviceId, trouble }: TroubleOfReader): boolean {
    const meant = [...this.#told.values()].filter(
      (told) => told.deviceId === deviceId && troubleOf(told.alarm) === trouble,
    )
    for (const told of meant) told.isOver = true
    return meant.length === 0
  }

  /** Whether something was told of a reader that has no end yet. */
  knows(deviceId: string): boolean {
    return [...this.#told.values()].some((told) => told.deviceId === deviceId)
  }

  /** Troubles that are over and were told long enough ago, for every reason; they are forgotten with this. */
  takeEnded(): TroubleOfReader[] {
    const atMs = this.#clock.now().monotonicMs
    const isDue = (told: Told) => told.isOver && atMs - told.atMs >= sameAlarmMs
    const going = new Set([...this.#told.values()].filter((told) => !isDue(told)).map(keyOfTrouble))
    const ended = new Map<string, TroubleOfReader>()
    for (const [key, told] of this.#told) {
      if (going.has(keyOfTrouble(told))) continue
      this.#told.delete(key)
      ended.set(keyOfTrouble(told), { deviceId: told.deviceId, trouble: troubleOf(told.alarm) })
    }
    return [...ended.values()]
  }
}

function keyOfTrouble({ deviceId, alarm }: Told): string {
  return `${deviceId}/${troubleOf(alarm)}`
}

function troubleOf(alarm: string): ReaderTrouble {
  return alarm === 'tampered' || alarm === 'power_failed' ? alarm : 'untrusted'
}
