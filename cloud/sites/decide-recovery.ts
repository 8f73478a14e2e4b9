import type { RecoverAnswer } from '@gatehouse/shared/wire/v1/sync'

/**
 * Whether a life whose books are older than its own past may go on as the next one (ARCHITECTURE §5).
 *
 *   asked ─ same machine, newest life, nobody else heard ─▶ granted
 *     └──── anything else ─▶ waiting ─ a person allows ─▶ granted on the next call
 *                                    └ a person refuses ─▶ refused: it stays fenced
 *   granted ─ asked again, nothing told under the new life yet ─▶ granted, the same one (answers can be lost)
 */
export interface RecoveryFacts {
  readonly incarnation: number
  readonly currentIncarnation: number
  /** What was decided before for this life. */
  readonly before: 'none' | 'waiting' | 'allowed' | 'refused' | 'granted'
  /** Present when it was granted: the life it was given, and whether that life has told anything. */
  readonly granted?: { readonly incarnation: number; readonly isUsed: boolean } | undefined
  /** Whether the hardware is the one that was admitted; `unknown` when either side cannot tell. */
  readonly machine: 'same' | 'other' | 'unknown'
  /** Another boot of this life was heard a moment ago. */
  readonly otherHolder: boolean
}

/** Why a person must choose. */
export type RecoveryDoubt = 'older_life' | 'other_machine' | 'unknown_machine' | 'other_holder'

/** `give`: admit a next life. `again`: answer with the one that was given. */
export type RecoveryDecision =
  | { readonly kind: 'give' }
  | { readonly kind: 'again'; readonly incarnation: number }
  | { readonly kind: Extract<RecoverAnswer['state'], 'waiting'>; readonly why: RecoveryDoubt }
  | { readonly kind: Extract<RecoverAnswer['state'], 'refused'> }

/** Decides a call for the next life; the diagram above is the whole rule. */
export function decideRecovery(facts: RecoveryFacts): RecoveryDecision {
  const { incarnation, currentIncarnation, before, granted } = facts
  if (before === 'refused') return { kind: 'refused' }
  if (granted && granted.incarnation === currentIncarnation && !granted.isUsed) {
    return { kind: 'again', incarnation: granted.incarnation }
  }
  if (before === 'allowed') return { kind: 'give' }
  const doubt = doubtOf(facts, incarnation < currentIncarnation)
  return doubt === undefined ? { kind: 'give' } : { kind: 'waiting', why: doubt }
}

function doubtOf({ machine, otherHolder }: RecoveryFacts, isOlder: boolean): RecoveryDoubt | undefined {
  if (isOlder) return 'older_life'
  if (machine === 'other') return 'other_machine'
  if (machine === 'unknown') return 'unknown_machine'
  return otherHolder ? 'other_holder' : undefined
}
