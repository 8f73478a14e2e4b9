import type { Clock } from '@gatehouse/shared/clock/clock'
import type { LaneId } from '@gatehouse/shared/ids/ids'
import { isOccupied, type LaneState } from '@gatehouse/shared/parking/lane'
import {
  type ControlFact,
  type ControlInput,
  type LaneControl,
  type LaneTrouble,
  sensingOf,
  startControl,
  stepControl,
} from '@gatehouse/shared/parking/lane-control'

export interface LaneWatchOptions {
  readonly clock: Clock
  /** Authorisations of a lane that saw no passage yet, as the store has them at start. */
  readonly pendingAtStart: (laneId: LaneId) => number
  /** What was wrong with the lane and has not ended, as the store has it at start. */
  readonly troublesAtStart: (laneId: LaneId) => ReadonlySet<LaneTrouble>
  readonly onFact: (laneId: LaneId, fact: ControlFact) => void
}

/** Follows every lane's loops, boom and authorisations, and tells passages, back-outs, timeouts and troubles. */
export class LaneWatch {
  readonly #options: LaneWatchOptions
  readonly #controls = new Map<LaneId, LaneControl>()
  readonly #looped = new Set<LaneId>()

  constructor(options: LaneWatchOptions) {
    this.#options = options
  }

  /** The state for screens. */
  stateOf(laneId: LaneId): LaneState {
    return this.controlOf(laneId).lane
  }

  /** The whole lane as it is known now. */
  controlOf(laneId: LaneId): LaneControl {
    return this.#controls.get(laneId) ?? this.#restore(laneId)
  }

  /** Where the vehicle that is now read stands relative to the one that was authorised last. */
  positionOf(laneId: LaneId): 'front' | 'behind' | 'unknown' {
    const state = this.stateOf(laneId)
    // While one passes, the one that is read is the next; once that is authorised too, it is the one in front.
    if (state.kind === 'passing') return state.pending > 1 ? 'front' : 'behind'
    return state.kind === 'vending' && state.approach ? 'front' : 'unknown'
  }

  /** What an arrival may rest on: `blind` when neither presence nor passage can be seen. */
  sensingOf(laneId: LaneId): 'sound' | 'presence_lost' | 'blind' {
    const { presence, safety } = sensingOf(this.controlOf(laneId))
    if (presence === 'trusted') return 'sound'
    return safety === 'trusted' ? 'presence_lost' : 'blind'
  }

  /** True when the loops say that a vehicle is there, whether or not they can be believed: nobody is trapped for a doubt. */
  isOccupied(laneId: LaneId): boolean {
    return isOccupied(this.stateOf(laneId))
  }

  /** False only when the loops work and say that nobody is there. */
  mayBeOccupied(laneId: LaneId): boolean {
    return !this.#looped.has(laneId) || this.sensingOf(laneId) !== 'sound' || this.isOccupied(laneId)
  }

  /** Takes one observation of one lane. */
  observe(laneId: LaneId, input: ControlInput): void {
    if (input.kind === 'loop' && input.loop === 'approach') this.#looped.add(laneId)
    const { clock, onFact } = this.#options
    const step = stepControl(this.controlOf(laneId), input, clock.now().monotonicMs)
    this.#controls.set(laneId, step.control)
    for (const fact of step.facts) onFact(laneId, fact)
  }

  /** A decision of the store opened this lane; `again` when an older authorisation was used once more. */
  opened(laneId: LaneId, kind: 'opened' | 'again'): void {
    this.observe(laneId, { kind: 'vended' })
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
   * Lets time pass at every lane; called a few times a second.
   */
  tick(): void {
    for (const laneId of this.#controls.keys()) this.observe(laneId, { kind: 'tick' })
  }

  #restore(laneId: LaneId): LaneControl {
    const { pendingAtStart, troublesAtStart } = this.#options
    const control = startControl(pendingAtStart(laneId), troublesAtStart(laneId))
    this.#controls.set(laneId, control)
    return control
  }
}
