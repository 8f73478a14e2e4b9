import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chatterEdgesMax, type LoopHealth, type LoopInput, stepLoop } from './loop-health.ts'

const full = Array.from({ length: chatterEdgesMax }, () => 1_000)
const states = {
  unheard: { kind: 'unheard' },
  clear: { kind: 'clear', edges: [] },
  clearJustNow: { kind: 'clear', edges: [1_000], sinceMs: 1_000 },
  clearBusy: { kind: 'clear', edges: full },
  covered: { kind: 'covered', edges: [1_000], sinceMs: 1_000 },
  coveredBusy: { kind: 'covered', edges: full, sinceMs: 1_000 },
  settling: { kind: 'settling', edges: [1_000], sinceMs: 1_000 },
  stuck: { kind: 'stuck' },
  chatteringTold: { kind: 'chattering', told: true, raw: false, sinceMs: 1_000 },
  chatteringClear: { kind: 'chattering', told: false, raw: false, sinceMs: 1_000 },
} as const satisfies Record<string, LoopHealth>

/** Each input with the monotonic time at which it comes. */
const inputs = {
  coversAtOnce: [{ kind: 'edge', covered: true }, 1_100],
  clearsAtOnce: [{ kind: 'edge', covered: false }, 1_100],
  covers: [{ kind: 'edge', covered: true }, 5_000],
  clears: [{ kind: 'edge', covered: false }, 5_000],
  tickSoon: [{ kind: 'tick' }, 1_200],
  tickLater: [{ kind: 'tick' }, 11_000],
  tickLate: [{ kind: 'tick' }, 121_000],
} as const satisfies Record<string, readonly [LoopInput, nowMs: number]>

/** The next state, then what is told of it. */
type Expected = readonly [LoopHealth['kind'], ...string[]]

const table: Record<keyof typeof states, Record<keyof typeof inputs, Expected>> = {
  unheard: {
    coversAtOnce: ['covered', 'tells covered'],
    clearsAtOnce: ['clear', 'tells clear'],
    covers: ['covered', 'tells covered'],
    clears: ['clear', 'tells clear'],
    tickSoon: ['unheard'],
    tickLater: ['unheard'],
    tickLate: ['unheard'],
  },
  clear: {
    coversAtOnce: ['covered', 'tells covered'],
    clearsAtOnce: ['clear'],
    covers: ['covered', 'tells covered'],
    clears: ['clear'],
    tickSoon: ['clear'],
    tickLater: ['clear'],
    tickLate: ['clear'],
  },
  clearJustNow: {
    coversAtOnce: ['settling'],
    clearsAtOnce: ['clear'],
    covers: ['covered', 'tells covered'],
    clears: ['clear'],
    tickSoon: ['clear'],
    tickLater: ['clear'],
    tickLate: ['clear'],
  },
  clearBusy: {
    coversAtOnce: ['chattering', 'began chatter'],
    clearsAtOnce: ['clear'],
    covers: ['chattering', 'began chatter'],
    clears: ['clear'],
    tickSoon: ['clear'],
    tickLater: ['clear'],
    tickLate: ['clear'],
  },
  covered: {
    coversAtOnce: ['covered'],
    clearsAtOnce: ['clear', 'tells clear'],
    covers: ['covered'],
    clears: ['clear', 'tells clear'],
    tickSoon: ['covered'],
    tickLater: ['covered'],
    tickLate: ['stuck', 'began stuck'],
  },
  coveredBusy: {
    coversAtOnce: ['covered'],
    clearsAtOnce: ['chattering', 'began chatter'],
    covers: ['covered'],
    clears: ['chattering', 'began chatter'],
    tickSoon: ['covered'],
    tickLater: ['covered'],
    tickLate: ['stuck', 'began stuck'],
  },
  settling: {
    coversAtOnce: ['settling'],
    clearsAtOnce: ['clear'],
    covers: ['settling'],
    clears: ['clear'],
    tickSoon: ['settling'],
    tickLater: ['covered', 'tells covered'],
    tickLate: ['covered', 'tells covered'],
  },
  stuck: {
    coversAtOnce: ['stuck'],
    clearsAtOnce: ['clear', 'tells clear', 'ended stuck'],
    covers: ['stuck'],
    clears: ['clear', 'tells clear', 'ended stuck'],
    tickSoon: ['stuck'],
    tickLater: ['stuck'],
    tickLate: ['stuck'],
  },
  chatteringTold: {
    coversAtOnce: ['chattering'],
    clearsAtOnce: ['chattering'],
    covers: ['chattering'],
    clears: ['chattering'],
    tickSoon: ['chattering'],
    tickLater: ['clear', 'tells clear', 'ended chatter'],
    tickLate: ['clear', 'tells clear', 'ended chatter'],
  },
  chatteringClear: {
    coversAtOnce: ['chattering'],
    clearsAtOnce: ['chattering'],
    covers: ['chattering'],
    clears: ['chattering'],
    tickSoon: ['chattering'],
    tickLater: ['clear', 'ended chatter'],
    tickLate: ['clear', 'ended chatter'],
  },
}

const pairs = <A extends string, B>(of: Record<A, B>) => Object.entries(of) as [A, B][]

describe('the health of a loop', () => {
  for (const [stateName, row] of pairs(table)) {
    test.each(pairs(row))(`${stateName} × %s`, (inputName, expected) => {
      const [input, nowMs] = inputs[inputName]
      const { health, told, began, ended } = stepLoop(states[stateName], input, { nowMs, stuckMs: 120_000 })
      const said = told === undefined ? [] : [told ? 'tells covered' : 'tells clear']
      const faults = [...(began ? [`began ${began}`] : []), ...(ended ? [`ended ${ended}`] : [])]
      expect([health.kind, ...said, ...faults]).toEqual(expected)
    })
  }

  test('whatever a loop does, what is told alternates, a fault ends before the next begins, and memory is bounded', () => {
    const step = fc.record({ wait: fc.integer({ min: 1, max: 20_000 }), edge: fc.option(fc.boolean()) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let health: LoopHealth = { kind: 'unheard' }
        let nowMs = 0
        let told: boolean | undefined
        let fault: string | undefined
        for (const { wait, edge } of steps) {
          nowMs += wait
          const input: LoopInput = edge === null ? { kind: 'tick' } : { kind: 'edge', covered: edge }
          const next = stepLoop(health, input, { nowMs, stuckMs: 120_000 })
          if (next.told !== undefined) expect(next.told).not.toBe(told)
          told = next.told ?? told
          if (next.ended !== undefined) expect(next.ended).toBe(fault)
          if (next.ended !== undefined) fault = undefined
          if (next.began !== undefined) expect(fault).toBeUndefined()
          fault = next.began ?? fault
          health = next.health
          expect('edges' in health ? health.edges.length : 0).toBeLessThanOrEqual(chatterEdgesMax)
        }
      }),
    )
  })
})
