import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { traceFrom, traceIdOf, traceIdSchema, traceparentOf } from './trace.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'

describe('traceparent', () => {
  test('gives its trace id', () => {
    expect(traceIdOf(`00-${traceId}-${parentId}-01`)).toBe(traceId)
  })

  test('of a later version may have further fields', () => {
    expect(traceIdOf(`01-${traceId}-${parentId}-01-what-the-future-brings`)).toBe(traceId)
    expect(traceIdOf(`00-${traceId}-${parentId}-01-more`)).toBeUndefined()
  })

  test.each([
    undefined,
    '',
    'nonsense',
    traceId,
    `ff-${traceId}-${parentId}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${traceId}-${parentId}`,
    `00-${traceId}-${parentId}-01\n${'x'.repeat(10)}`,
    `01-${traceId}-${parentId}-01-${'x'.repeat(10_000)}`,
  ])('that is invalid gives nothing: %s', (header) => {
    expect(traceIdOf(header)).toBeUndefined()
  })

  test('never throws, and reads what it wrote', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => void traceIdOf(text)))
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), (bytes) => {
        const trace = traceFrom(bytes)
        expect(traceIdOf(traceparentOf(trace.traceId, trace.parentId))).toBe(trace.traceId)
      }),
    )
    const zeros = traceFrom(new Uint8Array(24))
    expect(traceIdOf(traceparentOf(zeros.traceId, zeros.parentId))).toBe(zeros.traceId)
  })

  test('an id that is none leaves the message as it is', () => {
    const message = z.object({ body: z.string(), traceId: traceIdSchema })
    for (const wrong of ['', 'X', 7, null, '0'.repeat(32)]) {
      expect(message.parse({ body: 'b', traceId: wrong }).traceId).toBeUndefined()
    }
    expect(message.parse({ body: 'b', traceId })).toEqual({ body: 'b', traceId })
    expect(message.parse({ body: 'b' })).toEqual({ body: 'b' })
  })
})
