import { type BoomFault, type BoomInput, type BoomState, boomFault, stepBoom, unwatchedBoom } from './boom.ts'
import {
  type LaneFact,
  type LaneInput,
  type LaneMoment,
  type LaneState,
  restoredLane,
  stepLane,
} from './lane.ts'
import { isFaulty, type LoopFault, type LoopHealth, type LoopInput, stepLoop } from './loop-health.ts'

export type LaneLoop = 'approach' | 'safety' | 'exit'

/** What is wrong with a lane. `silent`: vehicles pass that the loop does not see. */
export type LaneTrouble = `${LaneLoop}_${LoopFault}` | `${'safety' | 'exit'}_silent` | `boom_${BoomFault}`

/** Every trouble, as the ledger names it. */
export const laneTroubles = [
  'approach_stuck',
  'approach_chatter',
  'safety_stuck',
  'safety_chatter',
  'safety_silent',
  'exit_stuck',
  'exit_chatter',
  'exit_silent',
  'boom_stuck',
  'boom_forced',
  'boom_open',
  'boom_limits',
] as const satisfies readonly LaneTrouble[]

/**
 * One lane whole: its passages, the health of each loop, and its boom. Each part is a machine of its own; this only
 * says what one part means to another.
 */
export interface LaneControl {
  readonly lane: LaneState
  readonly loops: Readonly<Record<LaneLoop, LoopHealth>>
  readonly boom: BoomState
  /** How much speaks against a loop that says nothing; at its limit the loop counts as silent. */
  readonly doubt: { readonly safety: number; readonly exit: number }
}

export type ControlInput =
  | { readonly kind: 'loop'; readonly loop: LaneLoop; readonly covered: boolean }
  | Extract<BoomInput, { kind: 'limit' | 'vended' }>
  | Extract<LaneInput, { kind: 'authorised' | 'other_stands' | 'tick' }>

/** What must become a command; `vend_again`: the boom did not move. */
export type ControlFact =
  | Exclude<LaneFact, { kind: 'safety_missed' | 'exit_missed' }>
  | { readonly kind: 'vend_again' }
  | { readonly kind: 'trouble'; readonly trouble: LaneTrouble; readonly active: boolean }

export interface ControlStep {
  readonly control: LaneControl
  readonly facts: readonly ControlFact[]
}

/** A vehicle waits before a boom for long, but stands under it or behind it only for a moment. */
export const stuckMs: Readonly<Record<LaneLoop, number>> = {
  approach: 30 * 60_000,
  safety: 2 * 60_000,
  exit: 5 * 60_000,
}
/** A back-out may be honest and weighs one; a vehicle that passed unseen weighs two. */
export const doubtMax = { safety: 4, exit: 3 } as const

/** The lane after a start: nothing heard yet, `pending` durable authorisations, and the troubles on record. */
export function startControl(pending: number, troubles: ReadonlySet<LaneTrouble> = new Set()): LaneControl {
  const loop = (name: LaneLoop): LoopHealth => {
    if (troubles.has(`${name}_stuck`)) return { kind: 'stuck' }
    // It has to be quiet for a while first, whenever it was that bad.
    if (troubles.has(`${name}_chatter`)) return { kind: 'chattering', told: false, raw: false, sinceMs: 0 }
    return { kind: 'unheard' }
  }
  return {
    lane: restoredLane(pending),
    loops: { approach: loop('approach'), safety: loop('safety'), exit: loop('exit') },
    boom: startBoom(troubles),
    doubt: {
      safety: troubles.has('safety_silent') ? doubtMax.safety : 0,
      exit: troubles.has('exit_silent') ? doubtMax.exit : 0,
    },
  }
}

function startBoom(troubles: ReadonlySet<LaneTrouble>): BoomState {
  if (troubles.has('boom_stuck')) return { kind: 'stuck', limits: {} }
  if (troubles.has('boom_forced')) return { kind: 'forced', limits: {} }
  if (troubles.has('boom_open')) return { kind: 'staying', limits: {} }
  return troubles.has('boom_limits')
    ? { kind: 'contradictory', limits: {}, sinceMs: 0, told: true }
    : unwatchedBoom
}

/** What is wrong with the lane now. */
export function troublesOf({ loops, boom, doubt }: LaneControl): LaneTrouble[] {
  const found: LaneTrouble[] = []
  for (const name of ['approach', 'safety', 'exit'] as const) {
    const { kind } = loops[name]
    if (kind === 'stuck') found.push(`${name}_stuck`)
    if (kind === 'chattering') found.push(`${name}_chatter`)
  }
  for (const name of ['safety', 'exit'] as const)
    if (doubt[name] >= doubtMax[name]) found.push(`${name}_silent`)
  const fault = boomFault(boom)
  if (fault !== undefined) found.push(`boom_${fault}`)
  return found
}

/** Whether passages are still seen under the boom, and whether presence before it is. */
export function sensingOf({ loops, doubt }: LaneControl): {
  readonly safety: 'trusted' | 'lost'
  readonly presence: 'trusted' | 'lost'
} {
  const lost = isFaulty(loops.safety) || doubt.safety >= doubtMax.safety
  return { safety: lost ? 'lost' : 'trusted', presence: isFaulty(loops.approach) ? 'lost' : 'trusted' }
}

/** Applies one input at monotonic `nowMs`. Pure. */
export function stepControl(before: LaneControl, input: ControlInput, nowMs: number): ControlStep {
  const step = new Stepping(before, nowMs)
  switch (input.kind) {
    case 'loop':
      step.loop(input.loop, { kind: 'edge', covered: input.covered })
      break
    case 'limit':
    case 'vended':
      step.boom(input)
      break
    case 'authorised':
    case 'other_stands':
      step.lane(input)
      break
    case 'tick':
      for (const name of ['approach', 'safety', 'exit'] as const) step.loop(name, input)
      step.boom(input)
      // Where nobody is ever seen to stand, nobody times out: the vehicle may well have passed unseen.
      if (before.loops.approach.kind !== 'unheard') step.lane(input)
  }
  return step.end()
}

/** One input on its way through the parts. */
class Stepping {
  readonly #nowMs: number
  readonly #before: LaneControl
  readonly #facts: ControlFact[] = []
  #control: LaneControl

  constructor(before: LaneControl, nowMs: number) {
    this.#before = before
    this.#control = before
    this.#nowMs = nowMs
  }

  loop(name: LaneLoop, input: LoopInput): void {
    const { loops, doubt } = this.#control
    const step = stepLoop(loops[name], input, { nowMs: this.#nowMs, stuckMs: stuckMs[name] })
    this.#control = { ...this.#control, loops: { ...loops, [name]: step.health } }
    // A loop that speaks is not silent; the other may still be.
    if (step.told === true && name !== 'approach')
      this.#control = { ...this.#control, doubt: { ...doubt, [name]: 0 } }
    if (step.told !== undefined) this.lane({ kind: name, covered: step.told })
    // Who is under a boom whose loop says nothing sensible any more has passed; nobody stands beyond it for sure.
    if (step.began !== undefined && name !== 'approach') this.lane({ kind: name, covered: false })
  }

  boom(input: BoomInput): void {
    const { boom, vendAgain } = stepBoom(this.#control.boom, input, this.#nowMs)
    this.#control = { ...this.#control, boom }
    if (vendAgain === true) this.#facts.push({ kind: 'vend_again' })
  }

  lane(input: LaneInput): void {
    const { state, facts } = stepLane(this.#control.lane, input, this.#moment())
    this.#control = { ...this.#control, lane: state }
    for (const fact of facts) {
      if (fact.kind === 'safety_missed') this.#doubt('safety', 2)
      else if (fact.kind === 'exit_missed') this.#doubt('exit', 1)
      else this.#facts.push(fact)
      if (fact.kind === 'back_out') this.#doubt('safety', 1)
    }
  }

  /** What was begun and ended on the way. */
  end(): ControlStep {
    const was = new Set(troublesOf(this.#before))
    const is = new Set(troublesOf(this.#control))
    for (const trouble of was)
      if (!is.has(trouble)) this.#facts.push({ kind: 'trouble', trouble, active: false })
    for (const trouble of is)
      if (!was.has(trouble)) this.#facts.push({ kind: 'trouble', trouble, active: true })
    return { control: this.#control, facts: this.#facts }
  }

  #doubt(name: 'safety' | 'exit', weight: number): void {
    const { doubt } = this.#control
    this.#control = {
      ...this.#control,
      doubt: { ...doubt, [name]: Math.min(doubtMax[name], doubt[name] + weight) },
    }
  }

  #moment(): LaneMoment {
    const { loops, doubt } = this.#control
    const seesExit = loops.exit.kind !== 'unheard' && !isFaulty(loops.exit) && doubt.exit < doubtMax.exit
    return {
      nowMs: this.#nowMs,
      safety: sensingOf(this.#control).safety,
      exit: seesExit ? 'wired' : 'absent',
    }
  }
}
