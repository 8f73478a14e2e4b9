import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  authorisationMs,
  type LaneState,
  pendingMax,
  pendingOf,
  restoredLane,
  stepLane,
  usesAuthorisation,
} from './lane.ts'
import { type InputName, inputs, nameOf } from './test-lane-inputs.ts'

describe('lane', () => {
  test('after a restart it waits for the passages of what was authorised', () => {
    expect(restoredLane(0)).toEqual({ kind: 'idle' })
    expect(restoredLane(2)).toEqual({ kind: 'vending', pending: 2, approach: false })
  })

  test('every authorisation ends as one passage, back-out or timeout, and every other passage is a tailgate', () => {
    const input = fc.constantFrom(...(Object.keys(inputs) as InputName[]))
    const loops = fc.record({
      safety: fc.constantFrom('trusted' as const, 'lost' as const),
      exit: fc.constantFrom('wired' as const, 'absent' as const),
    })
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), loops, (names, at) => {
        let state: LaneState = { kind: 'idle' }
        let nowMs = 0
        const seen = { authorised: 0, used: 0 }
        for (const name of names) {
          nowMs += name === 'tickLate' ? authorisationMs : 100
          if (name === 'authorised' && pendingOf(state) < pendingMax) seen.authorised += 1
          const step = stepLane(state, inputs[name], { nowMs, ...at })
          seen.used += step.facts.filter(
            (fact) => nameOf(fact) !== 'tailgate' && usesAuthorisation(fact),
          ).length
          state = step.state
          expect(pendingOf(state)).toBe(seen.authorised - seen.used)
          expect(pendingOf(state)).toBeLessThanOrEqual(pendingMax)
        }
      }),
    )
  })

  const drive = (...names: InputName[]) => {
    let state: LaneState = { kind: 'idle' }
    return names.flatMap((name, index) => {
      const at = { nowMs: index * 200, safety: 'trusted', exit: 'wired' } as const
      const step = stepLane(state, inputs[name], at)
      state = step.state
      return step.facts.map(nameOf)
    })
  }
  test.each<[string, InputName[], string[]]>([
    [
      'drives through in order',
      [
        'approachCovered',
        'authorised',
        'safetyCovered',
        'approachCleared',
        'exitCovered',
        'safetyCleared',
        'exitCleared',
      ],
      ['passage'],
    ],
    [
      'is shorter than the gap to the exit loop',
      ['approachCovered', 'authorised', 'approachCleared', 'safetyCovered', 'safetyCleared', 'exitCovered'],
      ['passage'],
    ],
    [
      'is short, and the next one has pulled up behind it',
      ['authorised', 'safetyCovered', 'approachCovered', 'safetyCleared', 'exitCovered', 'exitCleared'],
      ['passage'],
    ],
    [
      'rolls back from under the boom, and then passes',
      [
        'approachCovered',
        'authorised',
        'safetyCovered',
        'safetyCleared',
        'safetyCovered',
        'exitCovered',
        'approachCleared',
        'safetyCleared',
      ],
      ['passage'],
    ],
    [
      'comes in against the direction',
      ['exitCovered', 'safetyCovered', 'exitCleared', 'approachCovered', 'safetyCleared', 'approachCleared'],
      ['wrong_way'],
    ],
    ['comes against the direction and goes back', ['exitCovered', 'safetyCovered', 'safetyCleared'], []],
  ])('a vehicle that %s', (_, names, facts) => {
    expect(drive(...names)).toEqual(facts)
  })
})
