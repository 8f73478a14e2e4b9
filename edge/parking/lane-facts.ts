import type { LaneFact } from '@gatehouse/shared/parking/lane'
import { assertNever } from '@gatehouse/shared/result/result'

/** The command that records what happened at a lane, without the lane; `undefined` when the fact is for the loops' health only. */
export function recordingOf(
  fact: LaneFact,
): { readonly kind: string; readonly reason?: 'backed_out' | 'timeout' } | undefined {
  switch (fact.kind) {
    case 'passage':
      return { kind: 'confirmPassage' }
    case 'back_out':
      return { kind: 'backOut', reason: 'backed_out' }
    case 'timeout':
      return { kind: 'backOut', reason: 'timeout' }
    case 'wrong_way':
      return { kind: 'recordWrongWay' }
    case 'safety_missed':
    case 'exit_missed':
      return undefined
    default:
      return assertNever(fact)
  }
}
