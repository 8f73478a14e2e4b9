import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyOfBurst } from './keypad-burst.ts'
import {
  closestUs,
  usualFrameGapUs,
  WiegandDecoder,
  type WiegandEdge,
  type WiegandFrame,
} from './wiegand-decoder.ts'

type Bit = 0 | 1

/** Bits one after the other from `fromUs`. */
function edgesOf(bits: readonly Bit[], fromUs = 0, stepUs = 1_000): WiegandEdge[] {
  return bits.map((bit, at) => ({ bit, atUs: fromUs + at * stepUs }))
}

/** What comes out of edges, the pause at the end included. */
function decode(edges: readonly WiegandEdge[]): WiegandFrame[] {
  const decoder = new WiegandDecoder()
  return [...edges.map((edge) => decoder.receive(edge)), decoder.pause()].flatMap((frame) => frame ?? [])
}
const bits = (text: string) => [...text].map(Number) as Bit[]
const card = bits('01110001111100001000000000')

test('every card between two pauses comes out as it was sent', () => {
  const frame = fc.array(fc.constantFrom<Bit>(0, 1), { minLength: 1, maxLength: 256 })
  const steps = fc.integer({ min: closestUs, max: 20_000 })
  fc.assert(
    fc.property(fc.array(fc.tuple(frame, steps), { minLength: 1, maxLength: 4 }), (frames) => {
      let fromUs = 5
      const edges = frames.flatMap(([sent, stepUs]) => {
        const made = edgesOf(sent, fromUs, stepUs)
        fromUs = (made.at(-1)?.atUs ?? 0) + usualFrameGapUs + 1
        return made
      })
      expect(decode(edges)).toEqual(frames.map(([sent]) => ({ kind: 'bits', bits: sent })))
    }),
    { numRuns: 40 },
  )
})

test('a pause as long as the gap still belongs to the card; one microsecond more ends it', () => {
  const [first, second] = edgesOf([1, 0], 0, usualFrameGapUs)
  expect(decode([first, second] as WiegandEdge[])).toHaveLength(1)
  expect(decode([first, { bit: 0, atUs: usualFrameGapUs + 1 }] as WiegandEdge[])).toHaveLength(2)
})

test('a missing bit is a shorter card, which no format of that length takes for another', () => {
  const edges = edgesOf(card).filter((_, at) => at !== 7)
  expect(decode(edges)).toMatchObject([{ kind: 'bits', bits: { length: 25 } }])
})

const spoilt = (reason: string) => [{ kind: 'spoilt', reason }]
test.each([
  [
    'both wires at once',
    [...edgesOf(card), { bit: 0, atUs: 40_000 }, { bit: 1, atUs: 40_020 }],
    'wiegand_both_lines',
  ],
  ['bounce', [...edgesOf(card), { bit: 0, atUs: 25_020 }], 'wiegand_too_close'],
  ['time that runs back', [...edgesOf(card), { bit: 0, atUs: 10 }], 'wiegand_time_ran_back'],
  ['more bits than any card has', edgesOf(Array<Bit>(257).fill(1)), 'wiegand_too_long'],
  ['endless bits', edgesOf(Array<Bit>(10_000).fill(0)), 'wiegand_too_long'],
] as const)('%s spoils the whole card, and it is told once', (_what, edges, reason) => {
  expect(decode(edges)).toEqual(spoilt(reason))
})

test('a card after a spoilt one is read', () => {
  const after = edgesOf(card, 1_000_000)
  expect(decode([{ bit: 0, atUs: 0 }, { bit: 1, atUs: 1 }, ...after])).toEqual([
    ...spoilt('wiegand_both_lines'),
    { kind: 'bits', bits: card },
  ])
})

test('no edges make it throw or hold more than one card', () => {
  const edge = fc.record({ bit: fc.constantFrom<Bit>(0, 1), atUs: fc.double() })
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 600 }), (edges) => {
      for (const frame of decode(edges))
        if (frame.kind === 'bits') expect(frame.bits.length).toBeLessThan(257)
    }),
  )
})

describe('a key of a keypad', () => {
  test.each([...'0123456789*#'].map((key, number) => [key, number] as const))('%s', (key, number) => {
    const low = bits(number.toString(2).padStart(4, '0'))
    const high = bits((15 - number).toString(2).padStart(4, '0'))
    expect(keyOfBurst(low)).toEqual({ ok: true, value: key })
    expect(keyOfBurst([...high, ...low])).toEqual({ ok: true, value: key })
  })

  test('is refused when it is none or its halves do not match; other counts of bits are no key', () => {
    expect(keyOfBurst(bits('1100'))).toEqual({ ok: false, error: 'key_unknown' })
    expect(keyOfBurst(bits('00110011'))).toEqual({ ok: false, error: 'key_check' })
    for (const count of [0, 1, 3, 5, 7, 9, 26]) expect(keyOfBurst(Array<Bit>(count).fill(0))).toBeUndefined()
  })
})
