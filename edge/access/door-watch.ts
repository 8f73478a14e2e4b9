import { type DoorObservation, type DoorSession, observeDoor } from '@gatehouse/shared/access/door-session'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DoorId } from '@gatehouse/shared/ids/ids'
import type { DirectoryReader } from '../sync/directory.ts'

const heldOpenDefaultMs = 60_000

export interface DoorWatchOptions {
  readonly directory: DirectoryReader
  readonly clock: Clock
  /** Called when a door's reported state changes. */
  readonly onReport: (doorId: DoorId, state: 'closed' | 'open' | 'held_open' | 'forced') => void
}

/** Follows every door's contact and releases; tells opened, closed, held open and forced doors. */
export class DoorWatch {
  readonly #options: DoorWatchOptions
  readonly #sessions = new Map<DoorId, DoorSession>()

  constructor(options: DoorWatchOptions) {
    this.#options = options
  }

  /** The state for screens; `locked` and `unlocked` are finer than what the ledger records. */
  stateOf(doorId: DoorId): DoorSession['kind'] {
    return this.#sessions.get(doorId)?.kind ?? 'unknown'
  }

  /** Takes one observation of one door. */
  observe(doorId: DoorId, observation: DoorObservation): void {
    const { directory, clock, onReport } = this.#options
    const heldOpenMs = directory.site()?.settings.heldOpenMs ?? heldOpenDefaultMs
    const before = this.#sessions.get(doorId) ?? { kind: 'unknown' }
    const step = observeDoor(before, observation, { atMs: clock.now().monotonicMs, heldOpenMs })
    this.#sessions.set(doorId, step.session)
    if (step.report) onReport(doorId, step.report)
  }

  /** Lets time pass at every door; called a few times a second. */
  tick(): void {
    for (const doorId of this.#sessions.keys()) this.observe(doorId, { kind: 'ticked' })
  }
}
