import type { Clock } from '@gatehouse/shared/clock/clock'
import type { LaneId } from '@gatehouse/shared/ids/ids'
import type { DepartureCredential } from './departing-session.ts'

/** Who was read this long ago has gone elsewhere. */
const nextMsMax = 2 * 60_000

/**
 * The vehicle behind the one that an exit has just let out: cameras look past the front one and read a plate once, so it
 * would never be asked about again.
 */
export class NextInLine {
  readonly #clock: Clock
  readonly #lanes = new Map<LaneId, { readonly by: DepartureCredential; readonly readMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps what was read last; one vehicle per lane. */
  keep(laneId: LaneId, by: DepartureCredential): void {
    this.#lanes.set(laneId, { by, readMs: this.#clock.now().monotonicMs })
  }

  /** Gives it once. */
  take(laneId: LaneId): DepartureCredential | undefined {
    const next = this.#lanes.get(laneId)
    this.#lanes.delete(laneId)
    const isFresh = next !== undefined && this.#clock.now().monotonicMs - next.readMs <= nextMsMax
    return isFresh ? next.by : undefined
  }
}
