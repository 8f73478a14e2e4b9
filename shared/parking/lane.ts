import { assertNever } from '../result/result.ts'

/**
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
 */
export type LaneState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'presented' }
  | {
      readonly kind: 'vending'
      readonly pending: number
      readonly approach: boolean
      /** When it was authorised, monotonic; absent after a restart: such an authorisation does not time out. */
      readonly sinceMs?: number
    }
  | { readonly kind: 'withdrawing'; readonly pending: number; readonly sinceMs: number }
  | { readonly kind: 'passing'; readonly pending: number; readonly approach: boolean }

export type LaneInput =
  | { readonly kind: 'approach'; readonly covered: boolean }
  | { readonly kind: 'safety'; readonly covered: boolean }
  | { readonly kind: 'authorised' }
  /** What stands on the approach loop is not the vehicle that was authorised last. */
  | { readonly kind: 'other_stands' }
  | { readonly kind: 'tick' }

/** What happened at the lane and must become a command. */
export type LaneFact =
  | { readonly kind: 'passage'; readonly authorised: boolean }
  | { readonly kind: 'back_out' }
  | { readonly kind: 'timeout' }

export interface LaneStep {
  readonly state: LaneState
  readonly facts: readonly LaneFact[]
}

/** A vehicle between the loops shows on neither for a moment; a back-out is believed after this long. */
export const backOutConfirmMs = 1_500
/** An authorised vehicle that was never seen on a loop loses its authorisation after this long. */
export const authorisationMs = 60_000
/** More cars than this are not authorised ahead of their passage. */
export const pendingMax = 4

export const idleLane: LaneState = { kind: 'idle' }

/** The lane after a restart: loops unknown, `pending` durable authorisations without a passage. */
export function restoredLane(pending: number): LaneState {
  return pending > 0 ? { kind: 'vending', pending, approach: false } : idleLane
}

/** Applies one input at monotonic `nowMs`. */
export function stepLane(state: LaneState, input: LaneInput, nowMs: number): LaneStep {
  switch (input.kind) {
    case 'approach':
      return quiet(input.covered ? approachCovered(state) : approachCleared(state, nowMs))
    case 'safety':
      return input.covered ? quiet(safetyCovered(state)) : safetyCleared(state, nowMs)
    case 'authorised':
      return quiet(authorised(state, nowMs))
    case 'other_stands':
      return otherStands(state)
    case 'tick':
      return tick(state, nowMs)
    default:
      return assertNever(input)
  }
}

/** Whether a vehicle is known to stand at or in the lane. */
export function isOccupied(state: LaneState): boolean {
  return (
    state.kind === 'presented' || state.kind === 'passing' || (state.kind === 'vending' && state.approach)
  )
}

function quiet(state: LaneState): LaneStep {
  return { state, facts: [] }
}

function approachCovered(state: LaneState): LaneState {
  switch (state.kind) {
    case 'idle':
    case 'presented':
      return { kind: 'presented' }
    case 'vending':
    case 'passing':
      return { ...state, approach: true }
    case 'withdrawing':
      return { kind: 'vending', pending: state.pending, approach: true, sinceMs: state.sinceMs }
    default:
      return assertNever(state)
  }
}

function approachCleared(state: LaneState, nowMs: number): LaneState {
  switch (state.kind) {
    case 'idle':
    case 'presented':
      return idleLane
    case 'vending':
      return state.approach ? { kind: 'withdrawing', pending: state.pending, sinceMs: nowMs } : state
    case 'withdrawing':
      return state
    case 'passing':
      return { ...state, approach: false }
    default:
      return assertNever(state)
  }
}

function safetyCovered(state: LaneState): LaneState {
  switch (state.kind) {
    case 'idle':
      return { kind: 'passing', pending: 0, approach: false }
    case 'presented':
      return { kind: 'passing', pending: 0, approach: true }
    case 'vending':
      return { kind: 'passing', pending: state.pending, approach: state.approach }
    case 'withdrawing':
      return { kind: 'passing', pending: state.pending, approach: false }
    case 'passing':
      return state
    default:
      return assertNever(state)
  }
}

function safetyCleared(state: LaneState, nowMs: number): LaneStep {
  if (state.kind !== 'passing') return quiet(state)
  const facts: LaneFact[] = [{ kind: 'passage', authorised: state.pending > 0 }]
  return { state: afterOne({ pending: state.pending, approach: state.approach, nowMs }), facts }
}

/** The state after one authorisation was used up or lost. */
function afterOne(left: {
  readonly pending: number
  readonly approach: boolean
  readonly nowMs: number
}): LaneState {
  const { approach, nowMs } = left
  const pending = left.pending - 1
  if (pending > 0) return { kind: 'vending', pending, approach, sinceMs: nowMs }
  return approach ? { kind: 'presented' } : idleLane
}

function authorised(state: LaneState, nowMs: number): LaneState {
  switch (state.kind) {
    case 'idle':
    case 'presented':
      return { kind: 'vending', pending: 1, approach: state.kind === 'presented', sinceMs: nowMs }
    case 'vending':
    case 'withdrawing':
    case 'passing':
      return { ...state, pending: Math.min(pendingMax, state.pending + 1) }
    default:
      return assertNever(state)
  }
}

/** Who was authorised before a restart and no longer stands there has passed while nobody watched the loops. */
function otherStands(state: LaneState): LaneStep {
  if (state.kind !== 'vending' || !state.approach || state.sinceMs !== undefined) return quiet(state)
  const gone = Array.from({ length: state.pending }, () => ({ kind: 'passage', authorised: true }) as const)
  return { state: { kind: 'presented' }, facts: gone }
}

function tick(state: LaneState, nowMs: number): LaneStep {
  if (state.kind === 'withdrawing' && nowMs - state.sinceMs >= backOutConfirmMs) {
    const next = afterOne({ pending: state.pending, approach: false, nowMs })
    return { state: next, facts: [{ kind: 'back_out' }] }
  }
  const waitedMs = state.kind === 'vending' && !state.approach ? nowMs - (state.sinceMs ?? nowMs) : 0
  if (state.kind === 'vending' && waitedMs >= authorisationMs) {
    const next = afterOne({ pending: state.pending, approach: false, nowMs })
    return { state: next, facts: [{ kind: 'timeout' }] }
  }
  return quiet(state)
}
