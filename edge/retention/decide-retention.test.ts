import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AgedEntry, isAcknowledged, reachOf } from './decide-retention.ts'

const cutoffMs = 1_000
const all = { incarnation: 9, seq: 1 }
const entry = (seq: number, wallMs: number, quality: AgedEntry['quality'] = 'trusted'): AgedEntry => ({
  ...{ incarnation: 1, seq, wallMs, quality },
})

describe('how far entries may be pruned', () => {
  test('reaches the last one at the cutoff, and no further', () => {
    const entries = [entry(1, 10), entry(2, cutoffMs), entry(3, cutoffMs + 1), entry(4, 20)]
    const reach = { upTo: { incarnation: 1, seq: 2 }, goesOn: false }
    expect(reachOf(entries, { cutoffMs, acknowledged: all })).toEqual(reach)
  })

  test('goes on while everything is old', () => {
    expect(reachOf([entry(1, 10)], { cutoffMs, acknowledged: all }).goesOn).toBe(true)
    expect(reachOf([], { cutoffMs, acknowledged: all })).toEqual({ upTo: undefined, goesOn: false })
  })

  test('stops before the first entry that the cloud has not', () => {
    const acknowledged = { incarnation: 1, seq: 2 }
    const reach = reachOf([entry(1, 1), entry(2, 2), entry(3, 3)], { cutoffMs, acknowledged })
    expect(reach).toEqual({ upTo: { incarnation: 1, seq: 2 }, goesOn: false })
  })

  test('a clock that was not trusted makes no entry old: what follows it does', () => {
    const lost = [entry(1, 5), entry(2, 0, 'untrusted'), entry(3, 0, 'untrusted')]
    const bounds = { cutoffMs, acknowledged: all }
    expect(reachOf(lost, bounds).upTo).toEqual({ incarnation: 1, seq: 1 })
    expect(reachOf([...lost, entry(4, 20)], bounds).upTo).toEqual({ incarnation: 1, seq: 4 })
    expect(reachOf([...lost, entry(4, 2_000)], bounds).upTo).toEqual({ incarnation: 1, seq: 1 })
    expect(reachOf([entry(1, 9_999, 'untrusted'), entry(2, 20)], bounds).upTo?.seq).toBe(2)
  })

  test('earlier lives count as acknowledged once the cloud has something of the present one', () => {
    const place = { incarnation: 1, seq: 50 }
    expect(isAcknowledged(place, { incarnation: 2, seq: 0 })).toBe(false)
    expect(isAcknowledged(place, { incarnation: 2, seq: 1 })).toBe(true)
    expect(isAcknowledged({ incarnation: 3, seq: 1 }, { incarnation: 2, seq: 9 })).toBe(false)
  })

  test('no young trusted entry and nothing unacknowledged is ever reached, however clocks jump', () => {
    const moments = fc.record({
      wallMs: fc.integer({ min: 0, max: 2 * cutoffMs }),
      quality: fc.constantFrom<AgedEntry['quality']>('trusted', 'untrusted'),
    })
    fc.assert(
      fc.property(fc.array(moments, { maxLength: 40 }), fc.nat(40), (made, acked) => {
        const entries = made.map(({ wallMs, quality }, index) => entry(index + 1, wallMs, quality))
        const acknowledged = { incarnation: 1, seq: acked }
        const upTo = reachOf(entries, { cutoffMs, acknowledged }).upTo?.seq ?? 0
        expect(upTo).toBeLessThanOrEqual(acked)
        const reached = entries.slice(0, upTo)
        expect(reached.every(({ wallMs, quality }) => quality === 'untrusted' || wallMs <= cutoffMs)).toBe(
          true,
        )
      }),
    )
  })
})
