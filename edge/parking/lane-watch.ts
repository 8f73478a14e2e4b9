import type { Clock } from '@gatehouse/shared/clock/clock'
import type { LaneId } from '@gatehouse/shared/ids/ids'
import {
  idleLane,
  isOccupied,
  type LaneFact,
  type LaneInput,
  type LaneState,
  restoredLane,
  stepLane,
} from '@gatehouse/shared/parking/lane'

export interface LaneWatchOptions {
  readonly clock: Clock
  /** Authorisations of a lane that saw no passage yet, as the store has them at start. */
  readonly pendingAtStart: (laneId: LaneId) => number
  readonly onFact: (laneId: LaneId, fact: LaneFact) => void
}

/** Follows every lane's loops and authorisations, and tells passages, back-outs and timeouts. */
export class LaneWatch {
  readonly #options: LaneWatchOptions
  readonly #states = new Map<LaneId, LaneState>()
  readonly #looped = new Set<LaneId>()
  readonly #exitWired = new Set<LaneId>()

  constructor(options: LaneWatchOptions) {
    this.#options = options
  }

  /** The state for screens. */
  stateOf(laneId: LaneId): LaneState {
    return this.#states.get(laneId) ?? this.#restore(laneId)
  }

  /** Where the vehicle that is now read stands relative to the one that was authorised last. */
  positionOf(laneId: LaneId): 'front' | 'behind' | 'unknown' {
    const state = this.stateOf(laneId)
    // While one passes, the one that is read is the next; once that is authorised too, it is the one in front.
    if (state.kind === 'passing') return state.pending > 1 ? 'front' : 'behind'
    return state.kind === 'vending' && state.approach ? 'front' : 'unknown'
  }

  /** True when the loops say that a vehicle is there. */
  isOccupied(laneId: LaneId): boolean {
    return isOccupied(this.stateOf(laneId))
  }

  /** False only when the loops work and say that nobody is there. */
  mayBeOccupied(laneId: LaneId): boolean {
    return !this.#looped.has(laneId) || this.isOccupied(laneId)
  }

  /** Takes one observation of one lane. */
  observe(laneId: LaneId, input: LaneInput): void {
    if (input.kind === 'approach') this.#looped.add(laneId)
    if (input.kind === 'exit') this.#exitWired.add(laneId)
    const { clock, onFact } = this.#options
    const step = stepLane(this.stateOf(laneId), input, {
      nowMs: clock.now().monotonicMs,
      safety: 'trusted',
      exit: this.#exitWired.has(laneId) ? 'wired' : 'absent',
    })
    this.#states.set(laneId, step.state)
    for (const fact of step.facts) onFact(laneId, fact)
  }

  /** A decision of the store opened this lane; `again` when an older authorisation was used once more. */
  opened(laneId: LaneId, kind: 'opened' | 'again'): void {
    const state = this.stateOf(laneId)
    if (kind === 'again' && 'pending' in state && state.pending > 0) return
    this.observe(laneId, { kind: 'authorised' })
  }

  /**
   * Another vehicle stands where the last authorised one should; not `sure`: that one may be read wrongly. Tells whether
   * that one was authorised before a restart: it has then passed unseen, and its passage is told. Otherwise time tells.
   */
  otherStands(laneId: LaneId, sure: boolean): boolean {
    this.observe(laneId, { kind: 'other_stands', sure })
    return this.stateOf(laneId).kind === 'presented'
  }

  /**
   * Lets time pass at every lane; called a few times a second. A lane whose loops were never heard does not time
   * out: its vehicle may well have passed unseen.
   */
  tick(): void {
    for (const laneId of this.#looped) this.observe(laneId, { kind: 'tick' })
  }

  #restore(laneId: LaneId): LaneState {
    const pending = this.#options.pendingAtStart(laneId)
    const state = pending > 0 ? restoredLane(pending) : idleLane
    this.#states.set(laneId, state)
    return state
  }
}
