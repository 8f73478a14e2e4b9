import type { LaneFact, LaneInput } from './lane.ts'

/** One input of each kind that a lane can meet. */
export const inputs = {
  approachCovered: { kind: 'approach', covered: true },
  approachCleared: { kind: 'approach', covered: false },
  safetyCovered: { kind: 'safety', covered: true },
  safetyCleared: { kind: 'safety', covered: false },
  exitCovered: { kind: 'exit', covered: true },
  exitCleared: { kind: 'exit', covered: false },
  authorised: { kind: 'authorised' },
  otherStands: { kind: 'other_stands', sure: true },
  otherMayStand: { kind: 'other_stands', sure: false },
  tickEarly: { kind: 'tick' },
  tickLate: { kind: 'tick' },
} as const satisfies Record<string, LaneInput>
export type InputName = keyof typeof inputs

/** A fact by its name; a passage that nobody authorised is a tailgate. */
export const nameOf = (fact: LaneFact) =>
  fact.kind === 'passage' && !fact.authorised ? 'tailgate' : fact.kind
