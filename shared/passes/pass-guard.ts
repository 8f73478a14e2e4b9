import { err, ok, type Result } from '../result/result.ts'
import type { Pass } from './pass.ts'

/** Which way somebody goes through; readers and kiosks stand outside. */
export type PassDirection = 'in' | 'out'

/** What a site keeps of a pass that was used, per pass and `slot`. */
export interface PassUse {
  /** `in` or `out` of a single passage, `any` of other passes. */
  readonly slot: PassDirection | 'any'
  /** The window of the presentation that was used; 0 for paper. */
  readonly window: number
}

/** Where the use of a pass is kept: per direction when it lets through once, else in one place. */
export function guardSlot(pass: Pick<Pass, 'singlePassage'>, direction: PassDirection): PassUse['slot'] {
  return pass.singlePassage ? direction : 'any'
}

/**
 * Decides whether a pass may be used once more; `last` is its last use in the slot, `window` that of the presentation
 * (0 for paper). Refuses with `pass_used` (single passage) and `presentation_used`: also an earlier window than the
 * last is refused, because it was photographed before and kept. The caller stores the use with its decision.
 */
export function guardPass(
  pass: Pick<Pass, 'singlePassage'>,
  use: { readonly direction: PassDirection; readonly window: number; readonly last: PassUse | undefined },
): Result<PassUse, 'pass_used' | 'presentation_used'> {
  const { direction, window, last } = use
  if (last !== undefined) {
    if (pass.singlePassage) return err('pass_used')
    if (window <= last.window) return err('presentation_used')
  }
  return ok({ slot: guardSlot(pass, direction), window })
}
