import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pendingMax, pendingOf } from './lane.ts'
import {
  type ControlFact,
  type ControlInput,
  type LaneControl,
  type LaneTrouble,
  sensingOf,
  startControl,
  stepControl,
  stuckMs,
  troublesOf,
} from './lane-control.ts'
import { chatterEdgesMax, chatterQuietMs } from './loop-health.ts'

/** A lane that is driven by hand, with its own time. */
class Driven {
  control: LaneControl
  nowMs = 100_000
  readonly facts: string[] = []

  constructor(pending = 0, troubles: readonly LaneTrouble[] = []) {
    this.control = startControl(pending, new Set(troubles))
  }

  do(input: ControlInput, afterMs = 500): this {
    this.nowMs += afterMs
    const { control, facts } = stepControl(this.control, input, this.nowMs)
    this.control = control
    this.facts.push(...facts.map(named))
    return this
  }

  loop(loop: 'approach' | 'safety' | 'exit', covered: boolean, afterMs?: number): this {
    return this.do({ kind: 'loop', loop, covered }, afterMs)
  }

  tick(afterMs?: number): this {
    return this.do({ kind: 'tick' }, afterMs)
  }

  /** Drives up, is let in, and goes away without the safety loop. */
  unseen(): this {
    this.loop('approach', true).do({ kind: 'authorised' }).loop('approach', false)
    return this.tick(2_000)
  }
}

const named = (fact: ControlFact) => {
  if (fact.kind === 'trouble') return `${fact.trouble} ${fact.active ? 'begins' : 'ends'}`
  return fact.kind === 'passage' && !fact.authorised ? 'tailgate' : fact.kind
}

describe('a lane whole', () => {
  test('a safety loop that stays covered is a trouble, who was under the boom has passed, and the approach tells the rest', () => {
    const lane = new Driven().loop('approach', true).do({ kind: 'authorised' }).loop('safety', true)
    lane.loop('approach', false).tick(stuckMs.safety)
    expect(lane.facts).toEqual(['passage', 'safety_stuck begins'])
    expect(sensingOf(lane.control)).toEqual({ safety: 'lost', presence: 'trusted' })
    lane.unseen()
    expect(lane.facts.slice(2)).toEqual(['passage'])
    lane.loop('safety', false)
    expect(lane.facts.slice(3)).toEqual(['safety_stuck ends'])
  })

  test('a loop that flickers is told once, moves nothing, and is believed again after it was quiet', () => {
    const lane = new Driven().loop('approach', true).do({ kind: 'authorised' })
    for (let edge = 0; edge <= chatterEdgesMax * 2; edge += 1) lane.loop('safety', edge % 2 === 0, 200)
    const passages = lane.facts.filter((fact) => fact === 'passage' || fact === 'tailgate').length
    expect(lane.facts).toContain('safety_chatter begins')
    for (let edge = 0; edge < 40; edge += 1) lane.loop('safety', edge % 2 === 1, 200)
    expect(lane.facts.filter((fact) => fact === 'passage' || fact === 'tailgate')).toHaveLength(passages)
    lane.tick(chatterQuietMs)
    expect(lane.facts.at(-1)).toBe('safety_chatter ends')
    expect(troublesOf(lane.control)).toEqual([])
  })

  test('a detector that lets go for a moment makes one passage of one vehicle', () => {
    const lane = new Driven().do({ kind: 'authorised' }).loop('safety', true)
    lane.loop('safety', false).loop('safety', true, 80).loop('safety', false, 60).tick(1_000)
    expect(lane.facts).toEqual(['passage'])
  })

  test('who follows closely and stays on the loop is a tailgate all the same', () => {
    const lane = new Driven().do({ kind: 'authorised' }).loop('safety', true)
    lane.loop('safety', false).loop('safety', true, 100).tick(400).loop('safety', false)
    expect(lane.facts).toEqual(['passage', 'tailgate'])
  })

  test('vehicles that vanish one after another mean a silent safety loop, until it speaks', () => {
    const lane = new Driven().unseen().unseen().unseen().unseen()
    expect(lane.facts).toEqual(['back_out', 'back_out', 'back_out', 'back_out', 'safety_silent begins'])
    lane.unseen()
    expect(lane.facts.at(-1)).toBe('passage')
    lane.loop('safety', true)
    expect(lane.facts.at(-1)).toBe('safety_silent ends')
  })

  test('an exit loop that nobody reaches is silent, and passages count without it', () => {
    const lane = new Driven().loop('exit', false).loop('approach', false)
    for (let car = 0; car < 3; car += 1) {
      lane.do({ kind: 'authorised' }).loop('safety', true).loop('safety', false).tick(11_000)
    }
    expect(lane.facts).toEqual(['passage', 'passage', 'passage', 'exit_silent begins'])
  })

  test('a boom that does not move is asked once more, then told, and moves at last', () => {
    const lane = new Driven().do({ kind: 'limit', limit: 'closed', reached: true }).tick(10_000)
    lane.do({ kind: 'vended' }).do({ kind: 'authorised' }).tick(4_000).tick(4_000).tick(4_000)
    expect(lane.facts).toEqual(['vend_again', 'boom_stuck begins'])
    lane.do({ kind: 'limit', limit: 'closed', reached: false })
    expect(lane.facts.at(-1)).toBe('boom_stuck ends')
  })

  test('a boom that nobody asked is forced until it is down', () => {
    const lane = new Driven().do({ kind: 'limit', limit: 'closed', reached: true }).tick(10_000)
    lane
      .do({ kind: 'limit', limit: 'closed', reached: false })
      .do({ kind: 'limit', limit: 'closed', reached: true })
    expect(lane.facts).toEqual(['boom_forced begins', 'boom_forced ends'])
  })

  test('after a start nothing is asked of the boom, and what was wrong is wrong until it is seen right', () => {
    const lane = new Driven(1, ['boom_stuck', 'approach_stuck', 'safety_silent'])
    lane.do({ kind: 'limit', limit: 'closed', reached: true }).tick(60_000).tick(60_000)
    expect(lane.facts).toEqual([])
    lane.loop('approach', true).loop('approach', false).loop('safety', true)
    lane.do({ kind: 'limit', limit: 'closed', reached: false })
    expect(lane.facts).toEqual(['approach_stuck ends', 'safety_silent ends', 'boom_stuck ends'])
  })

  test('whatever happens, each trouble ends before it begins again and authorisations stay bounded', () => {
    const input = fc.oneof<fc.Arbitrary<ControlInput>[]>(
      fc.record({
        kind: fc.constant('loop' as const),
        loop: fc.constantFrom('approach' as const, 'safety' as const, 'exit' as const),
        covered: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('limit' as const),
        limit: fc.constantFrom('open' as const, 'closed' as const),
        reached: fc.boolean(),
      }),
      fc.record({ kind: fc.constantFrom('tick' as const, 'vended' as const, 'authorised' as const) }),
      fc.record({ kind: fc.constant('other_stands' as const), sure: fc.boolean() }),
    )
    const step = fc.tuple(input, fc.constantFrom(20, 400, 5_000, 200_000))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let control = startControl(0)
        let nowMs = 0
        const active = new Set<LaneTrouble>()
        for (const [one, waitMs] of steps) {
          nowMs += waitMs
          const next = stepControl(control, one, nowMs)
          control = next.control
          for (const fact of next.facts) {
            if (fact.kind !== 'trouble') continue
            expect(active.has(fact.trouble)).toBe(!fact.active)
            if (fact.active) active.add(fact.trouble)
            else active.delete(fact.trouble)
          }
          expect(pendingOf(control.lane)).toBeLessThanOrEqual(pendingMax)
        }
        expect([...active].sort()).toEqual(troublesOf(control).sort())
      }),
    )
  })
})
