import type { ControlFact, LaneTrouble } from '@gatehouse/shared/parking/lane-control'
import { assertNever } from '@gatehouse/shared/result/result'

/** A command that records what happened at a lane, without the lane. */
export interface Recording {
  readonly kind: string
  readonly reason?: 'backed_out' | 'timeout'
  readonly trouble?: LaneTrouble
  readonly active?: boolean
}

/** How a fact is recorded. */
export function recordingOf(fact: Exclude<ControlFact, { kind: 'vend_again' }>): Recording {
  switch (fact.kind) {
    case 'passage':
      return { kind: 'confirmPassage' }
    case 'back_out':
      return { kind: 'backOut', reason: 'backed_out' }
    case 'timeout':
      return { kind: 'backOut', reason: 'timeout' }
    case 'wrong_way':
      return { kind: 'recordWrongWay' }
    case 'trouble':
      return { kind: 'reportLaneTrouble', trouble: fact.trouble, active: fact.active }
    default:
      return assertNever(fact)
  }
}
