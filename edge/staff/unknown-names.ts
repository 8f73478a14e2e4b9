import { countWrongPin, freshPinGuard, isPinLocked, type PinGuard } from '@gatehouse/shared/access/pin-guard'
import type { Clock } from '@gatehouse/shared/clock/clock'

/** Names that are remembered; the one that was tried first goes. */
const namesMax = 1_000

/** Counts log-ins under names that nobody has as those of real names are counted, so that an answer does not tell them apart. */
export class UnknownNames {
  readonly #clock: Clock
  readonly #guards = new Map<string, PinGuard>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Notes one try; `staff_locked` after too many. */
  tried(name: string): 'staff_wrong' | 'staff_locked' {
    const nowMs = this.#clock.now().monotonicMs
    const guard = this.#guards.get(name) ?? freshPinGuard
    if (isPinLocked(guard, nowMs)) return 'staff_locked'
    const [first] = this.#guards.size >= namesMax ? this.#guards.keys() : []
    if (first !== undefined) this.#guards.delete(first)
    this.#guards.set(name, countWrongPin(guard, nowMs))
    return 'staff_wrong'
  }
}
