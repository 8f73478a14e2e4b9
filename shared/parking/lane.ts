import { assertNever } from '../result/result.ts'
import {
  afterOne,
  type LaneFact,
  type LaneInput,
  type LaneMoment,
  type LaneState,
  type LaneStep,
  pendingOf,
  resumed,
  withExit,
} from './lane-state.ts'

export {
  type ExitMark,
  idleLane,
  isOccupied,
  type LaneFact,
  type LaneInput,
  type LaneMoment,
  type LaneState,
  type LaneStep,
  pendingOf,
  restoredLane,
  usesAuthorisation,
} from './lane-state.ts'

/*
 * One lane as its loops and authorisations tell it. It never closes a boom: closing is the operator's
 * own logic, wired to its loops. It only says when to count, to void and to alarm.
 *
 *          approach covered            authorised
 *   idle ───────────────────▶ presented ─────────▶ vending ◀──────────────┐
 *    ▲ ▲ ◀── approach clear ──────┘   │              │  ▲ approach covered │
 *    │ │                     safety covered          │  │                  │
 *    │ │                              │    approach  ▼  │                  │
 *    │ └── confirmed: back-out ───────┼───── clear ─▶ withdrawing          │
 *    │                                ▼                 │ safety covered   │
 *    └──────── safety clear ──────── passing ◀──────────┘                  │
 *              = passage (unauthorised: tailgate)  └─ more authorised ─────┘
 *
 *   With an exit loop: safety covered while somebody stands beyond the boom ──▶ opposing ── safety clear ──▶
 *   wrong way, or nothing when it went back. A vehicle that clears the safety loop without having reached the exit
 *   loop, while the approach is covered, rolled back unless the exit loop is covered soon.
 */

/** A vehicle between the loops shows on neither for a moment; a back-out is believed after this long. */
export const backOutConfirmMs = 1_500
/** An authorised vehicle that was never seen on a loop loses its authorisation after this long. */
export const authorisationMs = 60_000
/** More cars than this are not authorised ahead of their passage. */
export const pendingMax = 4
/** Who is under the boom reaches the exit loop within this time. */
export const exitConfirmMs = 10_000
/** Somebody else where an authorised vehicle should stand, after the approach was clear once: it passed unseen. */
export const otherAfterLeftMs = 3_000
/** The same without any sign that the authorised vehicle moved. */
export const otherAfterStillMs = 60_000

/** Applies one input. Every cell is answered; the table of `lane.test.ts` states each. */
export function stepLane(state: LaneState, input: LaneInput, at: LaneMoment): LaneStep {
  switch (input.kind) {
    case 'approach':
      return input.covered ? approachCovered(state, at) : quiet(approachCleared(state, at))
    case 'safety':
      return input.covered ? quiet(safetyCovered(state)) : safetyCleared(state, at)
    case 'exit':
      return input.covered ? exitCovered(state, at) : quiet(exitCleared(state))
    case 'authorised':
      return quiet(authorised(state, at))
    case 'other_stands':
      return otherStands(state, input.sure, at)
    case 'tick':
      return tick(state, at)
    default:
      return assertNever(input)
  }
}

function quiet(state: LaneState): LaneStep {
  return { state, facts: [] }
}

function approachCovered(state: LaneState, at: LaneMoment): LaneStep {
  switch (state.kind) {
    case 'idle':
    case 'presented':
      return quiet({ ...state, kind: 'presented' })
    case 'vending':
    case 'passing':
    case 'opposing':
      return quiet({ ...state, approach: true })
    case 'withdrawing': {
      // Nobody sees who passes: in a queue the next one pulls up at once.
      if (at.safety === 'lost') return passed(state, at, { approach: true })
      const { pending, sinceMs, exit } = state
      return quiet(withExit({ kind: 'vending', pending, approach: true, left: true, sinceMs }, exit))
    }
    default:
      return assertNever(state)
  }
}

function approachCleared(state: LaneState, { nowMs }: LaneMoment): LaneState {
  switch (state.kind) {
    case 'idle':
    case 'presented':
      return { ...state, kind: 'idle' }
    case 'vending':
      return state.approach
        ? withExit({ kind: 'withdrawing', pending: state.pending, sinceMs: nowMs }, state.exit)
        : state
    case 'withdrawing':
      return state
    case 'passing':
    case 'opposing':
      return { ...state, approach: false }
    default:
      return assertNever(state)
  }
}

function safetyCovered(state: LaneState): LaneState {
  if (state.kind === 'passing' || state.kind === 'opposing') return state
  const pending = pendingOf(state)
  const approach = state.kind === 'presented' || (state.kind === 'vending' && state.approach)
  if (state.exit?.kind === 'beyond') return { kind: 'opposing', pending, approach, exit: state.exit }
  return withExit({ kind: 'passing', pending, approach, through: false }, state.exit)
}

function safetyCleared(state: LaneState, at: LaneMoment): LaneStep {
  switch (state.kind) {
    case 'idle':
    case 'presented':
    case 'vending':
    case 'withdrawing':
      return quiet(state)
    case 'passing': {
      const { pending, approach } = state
      if (at.exit === 'absent' || state.through || state.exit?.kind === 'leaving') return passed(state, at)
      const sinceMs = at.nowMs
      // Rolled back, or short and not at the exit loop yet while the next one has pulled up: that loop will tell.
      if (approach) {
        return quiet(withExit(resumed(pending, approach, at), { kind: 'awaited', owed: true, sinceMs }))
      }
      const { state: next, facts } = passed(state, at)
      return { state: withExit(next, { kind: 'awaited', owed: false, sinceMs }), facts }
    }
    case 'opposing': {
      const next = withExit(resumed(state.pending, state.approach, at), state.exit)
      return { state: next, facts: state.exit?.kind === 'beyond' ? [] : [{ kind: 'wrong_way' }] }
    }
    default:
      return assertNever(state)
  }
}

function exitCovered(state: LaneState, at: LaneMoment): LaneStep {
  const leaving = { kind: 'leaving' } as const
  if (state.kind === 'passing') return quiet({ ...state, through: true, exit: leaving })
  if (state.kind === 'opposing') return quiet({ ...state, exit: { kind: 'beyond' } })
  const { exit } = state
  if (exit?.kind === 'awaited') {
    const { state: next, facts } = exit.owed ? passed(state, at) : quiet(state)
    return { state: withExit(next, leaving), facts }
  }
  if (exit !== undefined) return quiet(state)
  if (state.kind !== 'withdrawing') return quiet({ ...state, exit: { kind: 'beyond' } })
  // From the approach to beyond the boom without the safety loop: it is the one that says nothing.
  const { state: next, facts } = passed(state, at)
  return { state: withExit(next, leaving), facts: [...facts, { kind: 'safety_missed' }] }
}

function exitCleared(state: LaneState): LaneState {
  return state.exit === undefined || state.exit.kind === 'awaited' ? state : withExit(state, undefined)
}

function authorised(state: LaneState, { nowMs }: LaneMoment): LaneState {
  switch (state.kind) {
    case 'idle':
    case 'presented': {
      const approach = state.kind === 'presented'
      return withExit({ kind: 'vending', pending: 1, approach, sinceMs: nowMs }, state.exit)
    }
    case 'vending':
    case 'withdrawing':
    case 'passing':
    case 'opposing':
      return { ...state, pending: Math.min(pendingMax, state.pending + 1) }
    default:
      return assertNever(state)
  }
}

/**
 * Who was authorised before a restart and surely no longer stands there has passed while nobody watched the loops.
 * Otherwise time tells: it may be read wrongly, or the camera sees the queue.
 */
function otherStands(state: LaneState, sure: boolean, at: LaneMoment): LaneStep {
  if (state.kind !== 'vending' || !state.approach) return quiet(state)
  if (sure && (state.sinceMs === undefined || at.safety === 'lost')) return allPassed(state)
  return quiet({ ...state, otherMs: state.otherMs ?? at.nowMs })
}

function tick(state: LaneState, at: LaneMoment): LaneStep {
  const { nowMs } = at
  if (state.exit?.kind === 'awaited' && nowMs - state.exit.sinceMs >= exitConfirmMs) {
    const { owed } = state.exit
    return { state: withExit(state, undefined), facts: owed ? [] : [{ kind: 'exit_missed' }] }
  }
  if (state.kind === 'withdrawing' && nowMs - state.sinceMs >= backOutConfirmMs) {
    if (at.safety === 'lost') return passed(state, at)
    const next = afterOne(state, at, { approach: false })
    return { state: next, facts: [{ kind: 'back_out' }] }
  }
  if (state.kind !== 'vending') return quiet(state)
  if (!state.approach && nowMs - (state.sinceMs ?? nowMs) >= authorisationMs) {
    return { state: afterOne(state, at), facts: [{ kind: 'timeout' }] }
  }
  const patienceMs = state.left === true ? otherAfterLeftMs : otherAfterStillMs
  if (state.approach && state.otherMs !== undefined && nowMs - state.otherMs >= patienceMs) {
    const { state: next, facts } = allPassed(state)
    return { state: next, facts: [...facts, { kind: 'safety_missed' }] }
  }
  return quiet(state)
}

function passed(state: LaneState, at: LaneMoment, more: { readonly approach?: boolean } = {}): LaneStep {
  const fact: LaneFact = { kind: 'passage', authorised: pendingOf(state) > 0 }
  return { state: afterOne(state, at, more), facts: [fact] }
}

function allPassed(state: Extract<LaneState, { kind: 'vending' }>): LaneStep {
  const gone = Array.from({ length: state.pending }, () => ({ kind: 'passage', authorised: true }) as const)
  return { state: withExit({ kind: 'presented' }, state.exit), facts: gone }
}
