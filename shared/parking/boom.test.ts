import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type BoomInput,
  type BoomState,
  boomMoveMs,
  boomPosition,
  stepBoom,
  unwatchedBoom,
  vendTriesMax,
} from './boom.ts'

const down = { open: false, closed: true }
const up = { open: true, closed: false }
const between = { open: false, closed: false }
const states = {
  unwatched: { kind: 'unwatched', limits: {} },
  resting: { kind: 'resting', limits: down },
  restingJustAsked: { kind: 'resting', limits: down, askedMs: 0 },
  asked: { kind: 'asked', limits: down, sinceMs: 0, tries: 0 },
  askedAgain: { kind: 'asked', limits: down, sinceMs: 0, tries: 1 },
  open: { kind: 'open', limits: up, sinceMs: 0 },
  rising: { kind: 'open', limits: between, sinceMs: 0 },
  stuck: { kind: 'stuck', limits: down },
  forced: { kind: 'forced', limits: up },
  staying: { kind: 'staying', limits: up },
  contradictory: { kind: 'contradictory', limits: { open: true, closed: true }, sinceMs: 0, told: false },
  contradictoryTold: { kind: 'contradictory', limits: { open: true, closed: true }, sinceMs: 0, told: true },
} as const satisfies Record<string, BoomState>

/** Each input with the monotonic time at which it comes. */
const inputs = {
  reachesOpen: [{ kind: 'limit', limit: 'open', reached: true }, 1_000],
  leavesOpen: [{ kind: 'limit', limit: 'open', reached: false }, 1_000],
  reachesClosed: [{ kind: 'limit', limit: 'closed', reached: true }, 1_000],
  leavesClosed: [{ kind: 'limit', limit: 'closed', reached: false }, 1_000],
  leavesClosedLate: [{ kind: 'limit', limit: 'closed', reached: false }, 60_000],
  vended: [{ kind: 'vended' }, 1_000],
  tickEarly: [{ kind: 'tick' }, 3_999],
  tickLater: [{ kind: 'tick' }, 4_000],
  tickLate: [{ kind: 'tick' }, 180_000],
} as const satisfies Record<string, readonly [BoomInput, nowMs: number]>

/** The next state, then what is told of it. */
type Expected = readonly [BoomState['kind'], ...string[]]

const table: Record<keyof typeof states, Record<keyof typeof inputs, Expected>> = {
  unwatched: {
    reachesOpen: ['open'],
    leavesOpen: ['resting'],
    reachesClosed: ['resting'],
    leavesClosed: ['open'],
    leavesClosedLate: ['open'],
    vended: ['unwatched'],
    tickEarly: ['unwatched'],
    tickLater: ['unwatched'],
    tickLate: ['unwatched'],
  },
  resting: {
    reachesOpen: ['contradictory'],
    leavesOpen: ['resting'],
    reachesClosed: ['resting'],
    leavesClosed: ['forced', 'began forced'],
    leavesClosedLate: ['forced', 'began forced'],
    vended: ['asked'],
    tickEarly: ['resting'],
    tickLater: ['resting'],
    tickLate: ['resting'],
  },
  restingJustAsked: {
    reachesOpen: ['contradictory'],
    leavesOpen: ['resting'],
    reachesClosed: ['resting'],
    leavesClosed: ['open'],
    leavesClosedLate: ['forced', 'began forced'],
    vended: ['asked'],
    tickEarly: ['resting'],
    tickLater: ['resting'],
    tickLate: ['resting'],
  },
  asked: {
    reachesOpen: ['contradictory'],
    leavesOpen: ['asked'],
    reachesClosed: ['asked'],
    leavesClosed: ['open'],
    leavesClosedLate: ['open'],
    vended: ['asked'],
    tickEarly: ['asked'],
    tickLater: ['asked', 'vend again'],
    tickLate: ['asked', 'vend again'],
  },
  askedAgain: {
    reachesOpen: ['contradictory'],
    leavesOpen: ['asked'],
    reachesClosed: ['asked'],
    leavesClosed: ['open'],
    leavesClosedLate: ['open'],
    vended: ['asked'],
    tickEarly: ['asked'],
    tickLater: ['stuck', 'began stuck'],
    tickLate: ['stuck', 'began stuck'],
  },
  open: {
    reachesOpen: ['open'],
    leavesOpen: ['open'],
    reachesClosed: ['contradictory'],
    leavesClosed: ['open'],
    leavesClosedLate: ['open'],
    vended: ['open'],
    tickEarly: ['open'],
    tickLater: ['open'],
    tickLate: ['staying', 'began open'],
  },
  rising: {
    reachesOpen: ['open'],
    leavesOpen: ['open'],
    reachesClosed: ['resting'],
    leavesClosed: ['open'],
    leavesClosedLate: ['open'],
    vended: ['open'],
    tickEarly: ['open'],
    tickLater: ['open'],
    tickLate: ['staying', 'began open'],
  },
  stuck: {
    reachesOpen: ['contradictory', 'ended stuck'],
    leavesOpen: ['stuck'],
    reachesClosed: ['stuck'],
    leavesClosed: ['open', 'ended stuck'],
    leavesClosedLate: ['open', 'ended stuck'],
    vended: ['stuck'],
    tickEarly: ['stuck'],
    tickLater: ['stuck'],
    tickLate: ['stuck'],
  },
  forced: {
    reachesOpen: ['forced'],
    leavesOpen: ['forced'],
    reachesClosed: ['contradictory', 'ended forced'],
    leavesClosed: ['forced'],
    leavesClosedLate: ['forced'],
    vended: ['forced'],
    tickEarly: ['forced'],
    tickLater: ['forced'],
    tickLate: ['forced'],
  },
  staying: {
    reachesOpen: ['staying'],
    leavesOpen: ['staying'],
    reachesClosed: ['contradictory', 'ended open'],
    leavesClosed: ['staying'],
    leavesClosedLate: ['staying'],
    vended: ['staying'],
    tickEarly: ['staying'],
    tickLater: ['staying'],
    tickLate: ['staying'],
  },
  contradictory: {
    reachesOpen: ['contradictory'],
    leavesOpen: ['resting'],
    reachesClosed: ['contradictory'],
    leavesClosed: ['open'],
    leavesClosedLate: ['open'],
    vended: ['contradictory'],
    tickEarly: ['contradictory', 'began limits'],
    tickLater: ['contradictory', 'began limits'],
    tickLate: ['contradictory', 'began limits'],
  },
  contradictoryTold: {
    reachesOpen: ['contradictory'],
    leavesOpen: ['resting', 'ended limits'],
    reachesClosed: ['contradictory'],
    leavesClosed: ['open', 'ended limits'],
    leavesClosedLate: ['open', 'ended limits'],
    vended: ['contradictory'],
    tickEarly: ['contradictory'],
    tickLater: ['contradictory'],
    tickLate: ['contradictory'],
  },
}

const pairs = <A extends string, B>(of: Record<A, B>) => Object.entries(of) as [A, B][]

describe('a boom', () => {
  for (const [stateName, row] of pairs(table)) {
    test.each(pairs(row))(`${stateName} × %s`, (inputName, expected) => {
      const [input, nowMs] = inputs[inputName]
      const { boom, began, ended, vendAgain } = stepBoom(states[stateName], input, nowMs)
      const said = [began && `began ${began}`, ended && `ended ${ended}`, vendAgain && 'vend again']
      expect([boom.kind, ...said.filter((word) => word !== undefined)]).toEqual(expected)
    })
  }

  test('a vend is repeated at most once, whatever the switches say, and never without a vend', () => {
    const input = fc.oneof(
      fc.record({
        kind: fc.constant('limit' as const),
        limit: fc.constantFrom('open' as const, 'closed' as const),
        reached: fc.boolean(),
      }),
      fc.record({ kind: fc.constantFrom('vended' as const, 'tick' as const) }),
    )
    fc.assert(
      fc.property(fc.array(input, { maxLength: 80 }), (said) => {
        let boom: BoomState = unwatchedBoom
        let asked = 0
        let again = 0
        for (const [index, one] of said.entries()) {
          const next = stepBoom(boom, one, index * boomMoveMs)
          if (one.kind === 'vended') asked += 1
          if (next.vendAgain) again += 1
          boom = next.boom
          expect(again).toBeLessThanOrEqual(asked * vendTriesMax)
        }
      }),
    )
  })

  test.each([
    [{}, 'unknown'],
    [up, 'up'],
    [down, 'down'],
    [between, 'moving'],
    [{ open: true, closed: true }, 'unknown'],
    [{ open: false }, 'moving'],
    [{ closed: false }, 'moving'],
  ] as const)('%j is %s', (limits, position) => expect(boomPosition(limits)).toBe(position))
})
