/** What is known of a vehicle at the loop behind the boom. */
export type ExitMark =
  /** It came through. */
  | { readonly kind: 'leaving' }
  /** It did not: it stands there against the direction, or waits for another lane. */
  | { readonly kind: 'beyond' }
  /** The safety loop was cleared and it should come there now; `owed`: only then its passage is told. */
  | { readonly kind: 'awaited'; readonly owed: boolean; readonly sinceMs: number }

/** What a lane's loops and authorisations amount to. Times are monotonic milliseconds. */
export type LaneState = { readonly exit?: ExitMark } & (
  | { readonly kind: 'idle' }
  | { readonly kind: 'presented' }
  | {
      readonly kind: 'vending'
      readonly pending: number
      readonly approach: boolean
      /** When it was authorised; absent after a restart: such an authorisation does not time out. */
      readonly sinceMs?: number
      /** The approach was clear for a moment since. */
      readonly left?: boolean
      /** Since when somebody else is said to stand there. */
      readonly otherMs?: number
    }
  | { readonly kind: 'withdrawing'; readonly pending: number; readonly sinceMs: number }
  /** `through`: the vehicle under the boom was seen behind it. */
  | {
      readonly kind: 'passing'
      readonly pending: number
      readonly approach: boolean
      readonly through: boolean
    }
  /** Somebody comes against the direction. */
  | { readonly kind: 'opposing'; readonly pending: number; readonly approach: boolean }
)

export type LaneInput =
  | { readonly kind: 'approach'; readonly covered: boolean }
  | { readonly kind: 'safety'; readonly covered: boolean }
  | { readonly kind: 'exit'; readonly covered: boolean }
  | { readonly kind: 'authorised' }
  /** What stands on the approach loop is not the vehicle that was authorised last; not `sure`: it may be read wrongly. */
  | { readonly kind: 'other_stands'; readonly sure: boolean }
  | { readonly kind: 'tick' }

/** What happened at the lane and must become a command, or says something of a loop. */
export type LaneFact =
  | { readonly kind: 'passage'; readonly authorised: boolean }
  | { readonly kind: 'back_out' }
  | { readonly kind: 'timeout' }
  /** Somebody came in where one goes out, or the reverse. */
  | { readonly kind: 'wrong_way' }
  /** A vehicle passed that the safety loop, or the exit loop, did not see. */
  | { readonly kind: 'safety_missed' }
  | { readonly kind: 'exit_missed' }

/** Whether the fact ends one authorisation, or would if there was one. */
export function usesAuthorisation({ kind }: { readonly kind: string }): boolean {
  return kind === 'passage' || kind === 'back_out' || kind === 'timeout'
}

export interface LaneStep {
  readonly state: LaneState
  readonly facts: readonly LaneFact[]
}

/** When an input comes, monotonic, and which loops can be believed then. */
export interface LaneMoment {
  readonly nowMs: number
  /** `lost`: passages are told by the approach alone. */
  readonly safety: 'trusted' | 'lost'
  /** `absent`: not wired, not heard yet, or not believed. */
  readonly exit: 'wired' | 'absent'
}

export const idleLane: LaneState = { kind: 'idle' }

/** The lane after a restart: loops unknown, `pending` durable authorisations without a passage. */
export function restoredLane(pending: number): LaneState {
  return pending > 0 ? { kind: 'vending', pending, approach: false } : idleLane
}

/** Whether a vehicle is known to stand at or in the lane. */
export function isOccupied(state: LaneState): boolean {
  return (
    state.kind === 'presented' || state.kind === 'passing' || (state.kind === 'vending' && state.approach)
  )
}

/** How many vehicles are authorised and have not passed. */
export function pendingOf(state: LaneState): number {
  return 'pending' in state ? state.pending : 0
}

/** The state with another mark of the exit loop, or with none. */
export function withExit(state: LaneState, exit: ExitMark | undefined): LaneState {
  const { exit: _, ...rest } = state
  return exit === undefined ? rest : { ...rest, exit }
}

/** The state while nobody is under the boom. */
export function resumed(pending: number, approach: boolean, { nowMs }: Pick<LaneMoment, 'nowMs'>): LaneState {
  if (pending > 0) return { kind: 'vending', pending, approach, sinceMs: nowMs }
  return { kind: approach ? 'presented' : 'idle' }
}

/** The state after one authorisation was used up or lost. */
export function afterOne(
  state: LaneState,
  at: Pick<LaneMoment, 'nowMs'>,
  more: { readonly approach?: boolean } = {},
): LaneState {
  const approach = more.approach ?? (state.kind === 'presented' || ('approach' in state && state.approach))
  return withExit(resumed(Math.max(0, pendingOf(state) - 1), approach, at), state.exit)
}
