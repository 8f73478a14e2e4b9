import { assertNever } from '../result/result.ts'

/**
 * The vehicle that stands at an exit and has not been let out. Nobody is ever trapped (RULES, Parking).
 *
 *          stands, or is refused             callAfter            releaseAfter
 *   clear ───────────────────────▶ standing ──────────▶ called ────────────────▶ released
 *     ▲                               │      (call)       │      (release)          │
 *     └────────── goes, or is let out ┴───────────────────┴─────────────────────────┘
 */
export type ExitWait =
  | { readonly kind: 'clear' }
  | { readonly kind: 'standing'; readonly sinceMs: number; readonly cause: WaitCause }
  | {
      readonly kind: 'called'
      readonly sinceMs: number
      readonly calledMs: number
      readonly cause: WaitCause
    }
  /** The release was asked for; it is asked for once while this vehicle stands. */
  | { readonly kind: 'released' }

/**
 * Why the gate stays shut: nothing was read, nobody is known by what was shown, several are, or the stay that
 * is known has to be paid.
 */
export type WaitCause = 'unread' | 'unknown' | 'several' | 'unpaid'

export type ExitInput =
  /** What the loops say. `unheard`: this lane's loops never spoke, so nobody knows. */
  | { readonly kind: 'tick'; readonly stands: 'yes' | 'no' | 'unheard' }
  | { readonly kind: 'refused'; readonly cause: WaitCause }
  | { readonly kind: 'let_out' }

export interface ExitWaitStep {
  readonly state: ExitWait
  /** `call`: tell people that somebody cannot get out. `release`: open, and record the debt. */
  readonly fact?: 'call' | 'release'
}

/** How long a site lets a vehicle stand at an exit. */
export interface ExitPolicy {
  /** A call that nobody answered ends with an open gate after this long. */
  readonly attendantWaitMs: number
  /** A stay that is known, and can be paid, waits this long from standing there; never less than the above. */
  readonly unpaidWaitMs: number
}

/** What holds where a site says nothing else: 3 minutes, and 15 for who only has to pay. */
export const defaultExitPolicy: ExitPolicy = { attendantWaitMs: 3 * 60_000, unpaidWaitMs: 15 * 60_000 }

/** Cameras need a moment: a vehicle that was not read calls for help only after this long. */
export const unreadCallMs = 30_000

const clear: ExitWait = { kind: 'clear' }

/**
 * Applies one input at monotonic `nowMs`. Each vehicle calls at most once and is released at most once. A lane
 * whose loops were never heard calls, and is never released: nobody knows whether a vehicle is still there.
 */
export function stepExitWait(
  state: ExitWait,
  input: ExitInput,
  at: { readonly nowMs: number; readonly policy: ExitPolicy },
): ExitWaitStep {
  switch (input.kind) {
    case 'let_out':
      return { state: clear }
    case 'refused':
      return due(refused(state, input.cause, at.nowMs), at)
    case 'tick':
      if (input.stands === 'no') return { state: clear }
      if (input.stands === 'unheard') return forgotten(state, at)
      return state.kind === 'clear'
        ? { state: { kind: 'standing', sinceMs: at.nowMs, cause: 'unread' } }
        : due(state, at)
    default:
      return assertNever(input)
  }
}

function refused(state: ExitWait, cause: WaitCause, nowMs: number): ExitWait {
  switch (state.kind) {
    case 'clear':
      return { kind: 'standing', sinceMs: nowMs, cause }
    case 'standing':
    case 'called':
      // Who is known to owe does not get out sooner by showing what nobody knows.
      return state.cause === 'unpaid' ? state : { ...state, cause }
    case 'released':
      return state
    default:
      return assertNever(state)
  }
}

function due(
  state: ExitWait,
  { nowMs, policy }: { readonly nowMs: number; readonly policy: ExitPolicy },
): ExitWaitStep {
  if (state.kind === 'standing' && nowMs - state.sinceMs >= callAfterMs(state.cause, policy)) {
    return { state: { ...state, kind: 'called', calledMs: nowMs }, fact: 'call' }
  }
  if (state.kind === 'called' && nowMs >= releaseAtMs(state, policy)) {
    return { state: { kind: 'released' }, fact: 'release' }
  }
  return { state }
}

function forgotten(
  state: ExitWait,
  { nowMs, policy }: { readonly nowMs: number; readonly policy: ExitPolicy },
): ExitWaitStep {
  const past = (sinceMs: number) => nowMs - sinceMs >= policy.attendantWaitMs
  if (state.kind === 'standing' && past(state.sinceMs)) return { state: clear }
  if (state.kind === 'called' && past(state.calledMs)) return { state: clear }
  return { state }
}

function callAfterMs(cause: WaitCause, policy: ExitPolicy): number {
  switch (cause) {
    case 'unknown':
    case 'several':
      return 0
    case 'unread':
      return unreadCallMs
    case 'unpaid':
      return policy.attendantWaitMs
    default:
      return assertNever(cause)
  }
}

function releaseAtMs(state: Extract<ExitWait, { kind: 'called' }>, policy: ExitPolicy): number {
  const answerMs = state.calledMs + policy.attendantWaitMs
  if (state.cause !== 'unpaid') return answerMs
  return Math.max(state.sinceMs + policy.attendantWaitMs, state.sinceMs + policy.unpaidWaitMs)
}

/** The longest that any vehicle stands before its release is asked for, in milliseconds. */
export function standingMsMax(policy: ExitPolicy): number {
  return Math.max(unreadCallMs + policy.attendantWaitMs, 2 * policy.attendantWaitMs, policy.unpaidWaitMs)
}
