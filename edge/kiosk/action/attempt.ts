import type { Problem } from '@gatehouse/shared/api/problem'

/** One wish of a person and the idempotency key it travels under, however often it is tried. */
export interface Attempt {
  readonly fingerprint: string
  readonly key: string
}

/** How often an unanswered wish is sent again by itself, and the pause before each time, in milliseconds. */
export const retryDelaysMs: readonly number[] = [500, 1_000, 2_000, 4_000, 4_000]

/** The attempt to use for `input`: the last one when it is the same wish and still open, else a new one. */
export function attemptFor(last: Attempt | undefined, input: unknown, newKey: () => string): Attempt {
  const fingerprint = JSON.stringify(input)
  return last?.fingerprint === fingerprint ? last : { fingerprint, key: newKey() }
}

/**
 * True when the answer leaves open whether the wish was carried out, so that only the same key may ask again.
 * A definite refusal is not open: trying again is then a new wish.
 */
export function isOpen(problem: Problem): boolean {
  // The site has let go of the money: cash, or the card once more, is a new wish.
  if (problem.code === 'card_unavailable') return false
  return problem.status === 0 || problem.status === 429 || problem.status >= 500
}
