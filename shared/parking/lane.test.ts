import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  authorisationMs,
  backOutConfirmMs,
  type LaneFact,
  type LaneInput,
  type LaneState,
  pendingMax,
  restoredLane,
  stepLane,
} from './lane.ts'

const inputs = {
  approachCovered: { kind: 'approach', covered: true },
  approachCleared: { kind: 'approach', covered: false },
  safetyCovered: { kind: 'safety', covered: true },
  safetyCleared: { kind: 'safety', covered: false },
  authorised: { kind: 'authorised' },
  otherStands: { kind: 'other_stands' },
  tickEarly: { kind: 'tick' },
  tickLate: { kind: 'tick' },
} as const satisfies Record<string, LaneInput>
type InputName = keyof typeof inputs

const states = {
  idle: { kind: 'idle' },
  presented: { kind: 'presented' },
  vendingSeen: { kind: 'vending', pending: 1, approach: true, sinceMs: 0 },
  vendingUnseen: { kind: 'vending', pending: 1, approach: false, sinceMs: 0 },
  vendingRestored: { kind: 'vending', pending: 1, approach: false },
  vendingRestoredSeen: { kind: 'vending', pending: 1, approach: true },
  withdrawing: { kind: 'withdrawing', pending: 1, sinceMs: 0 },
  passing: { kind: 'passing', pending: 1, approach: true },
  passingUnauthorised: { kind: 'passing', pending: 0, approach: false },
} as const satisfies Record<string, LaneState>
type StateName = keyof typeof states

type Expected = readonly [LaneState['kind'], pending: number, ...facts: string[]]

const table: Record<StateName, Record<InputName, Expected>> = {
  idle: {
    approachCovered: ['presented', 0],
    approachCleared: ['idle', 0],
    safetyCovered: ['passing', 0],
    safetyCleared: ['idle', 0],
    authorised: ['vending', 1],
    otherStands: ['idle', 0],
    tickEarly: ['idle', 0],
    tickLate: ['idle', 0],
  },
  presented: {
    approachCovered: ['presented', 0],
    approachCleared: ['idle', 0],
    safetyCovered: ['passing', 0],
    safetyCleared: ['presented', 0],
    authorised: ['vending', 1],
    otherStands: ['presented', 0],
    tickEarly: ['presented', 0],
    tickLate: ['presented', 0],
  },
  vendingSeen: {
    approachCovered: ['vending', 1],
    approachCleared: ['withdrawing', 1],
    safetyCovered: ['passing', 1],
    safetyCleared: ['vending', 1],
    authorised: ['vending', 2],
    otherStands: ['vending', 1],
    tickEarly: ['vending', 1],
    tickLate: ['vending', 1],
  },
  vendingUnseen: {
    approachCovered: ['vending', 1],
    approachCleared: ['vending', 1],
    safetyCovered: ['passing', 1],
    safetyCleared: ['vending', 1],
    authorised: ['vending', 2],
    otherStands: ['vending', 1],
    tickEarly: ['vending', 1],
    tickLate: ['idle', 0, 'timeout'],
  },
  vendingRestored: {
    approachCovered: ['vending', 1],
    approachCleared: ['vending', 1],
    safetyCovered: ['passing', 1],
    safetyCleared: ['vending', 1],
    authorised: ['vending', 2],
    otherStands: ['vending', 1],
    tickEarly: ['vending', 1],
    tickLate: ['vending', 1],
  },
  vendingRestoredSeen: {
    approachCovered: ['vending', 1],
    approachCleared: ['withdrawing', 1],
    safetyCovered: ['passing', 1],
    safetyCleared: ['vending', 1],
    authorised: ['vending', 2],
    otherStands: ['presented', 0, 'passage'],
    tickEarly: ['vending', 1],
    tickLate: ['vending', 1],
  },
  withdrawing: {
    approachCovered: ['vending', 1],
    approachCleared: ['withdrawing', 1],
    safetyCovered: ['passing', 1],
    safetyCleared: ['withdrawing', 1],
    authorised: ['withdrawing', 2],
    otherStands: ['withdrawing', 1],
    tickEarly: ['withdrawing', 1],
    tickLate: ['idle', 0, 'back_out'],
  },
  passing: {
    approachCovered: ['passing', 1],
    approachCleared: ['passing', 1],
    safetyCovered: ['passing', 1],
    safetyCleared: ['presented', 0, 'passage'],
    authorised: ['passing', 2],
    otherStands: ['passing', 1],
    tickEarly: ['passing', 1],
    tickLate: ['passing', 1],
  },
  passingUnauthorised: {
    approachCovered: ['passing', 0],
    approachCleared: ['passing', 0],
    safetyCovered: ['passing', 0],
    safetyCleared: ['idle', 0, 'tailgate'],
    authorised: ['passing', 1],
    otherStands: ['passing', 0],
    tickEarly: ['passing', 0],
    tickLate: ['passing', 0],
  },
}

const pendingOf = (state: LaneState) => ('pending' in state ? state.pending : 0)
const nameOf = (fact: LaneFact) => (fact.kind === 'passage' && !fact.authorised ? 'tailgate' : fact.kind)

describe('lane', () => {
  for (const [stateName, row] of Object.entries(table)) {
    for (const [inputName, [kind, pending, ...facts]] of Object.entries(row)) {
      test(`${stateName} × ${inputName} → ${kind} ${facts.join(' ')}`, () => {
        const nowMs = inputName === 'tickLate' ? authorisationMs : backOutConfirmMs - 1
        const step = stepLane(states[stateName as StateName], inputs[inputName as InputName], nowMs)
        expect([step.state.kind, pendingOf(step.state), ...step.facts.map(nameOf)]).toEqual([
          kind,
          pending,
          ...facts,
        ])
      })
    }
  }

  test('after a restart it waits for the passages of what was authorised', () => {
    expect(restoredLane(0)).toEqual({ kind: 'idle' })
    expect(restoredLane(2)).toEqual({ kind: 'vending', pending: 2, approach: false })
  })

  test('every authorisation ends as one passage, back-out or timeout, and every other passage is a tailgate', () => {
    const input = fc.constantFrom(...(Object.keys(inputs) as InputName[]))
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (names) => {
        let state: LaneState = { kind: 'idle' }
        let nowMs = 0
        const seen = { authorised: 0, used: 0 }
        for (const name of names) {
          nowMs += name === 'tickLate' ? authorisationMs : 100
          if (name === 'authorised' && pendingOf(state) < pendingMax) seen.authorised += 1
          const step = stepLane(state, inputs[name], nowMs)
          seen.used += step.facts.filter((fact) => nameOf(fact) !== 'tailgate').length
          state = step.state
          expect(pendingOf(state)).toBe(seen.authorised - seen.used)
          expect(pendingOf(state)).toBeLessThanOrEqual(pendingMax)
        }
      }),
    )
  })
})
