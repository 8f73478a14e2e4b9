import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeRequest,
  flashOn,
  type ModbusRequest,
  ReplySearch,
  replyBufferMax,
  sealFrame,
} from './modbus-rtu.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'))
const readInputs: ModbusRequest = { kind: 'readInputs', unit: 1, address: 0, count: 8 }
const readOutputs: ModbusRequest = { kind: 'readOutputs', unit: 1, address: 0, count: 8 }
const board = { outputs: 8, flashOnAddress: 0x0200, flashUnitMs: 100, flashUnitsMax: 0x7fff }
const flash700 = { kind: 'writeOutput', unit: 1, address: 0x0200, value: 7 } as const

describe('frames as the board maker publishes them', () => {
  test.each([
    ['read all inputs', readInputs, '01 02 00 00 00 08 79 CC'],
    ['read all relays', readOutputs, '01 01 00 00 00 08 3D CC'],
    ['relay 1 on', { kind: 'writeOutput', unit: 1, address: 0, value: 0xff00 }, '01 05 00 00 FF 00 8C 3A'],
    ['relay 1 on for 700 ms', flash700, '01 05 02 00 00 07 8D B0'],
  ] as [string, ModbusRequest, string][])('%s', (_what, request, frame) => {
    expect(encodeRequest(request)).toEqual(hex(frame))
  })

  test('inputs in an answer', () => {
    expect(new ReplySearch(readInputs).receive(hex('01 02 01 00 A1 88'))).toEqual({
      kind: 'bits',
      bits: Array(8).fill(false),
    })
    expect(new ReplySearch(readInputs).receive(sealFrame([1, 2, 1, 0b1000_0001]))).toEqual({
      kind: 'bits',
      bits: [true, false, false, false, false, false, false, true],
    })
  })

  test('an exception', () => {
    expect(new ReplySearch(readInputs).receive(sealFrame([1, 0x82, 2]))).toEqual({
      kind: 'exception',
      code: 2,
    })
  })
})

describe('the length of a pulse', () => {
  test('is rounded up to what the board can time', () => {
    expect(flashOn(board, { unit: 1, channel: 1, pulseMs: 700 })).toEqual({ ok: true, value: flash700 })
    expect(flashOn(board, { unit: 1, channel: 3, pulseMs: 701 })).toMatchObject({
      value: { address: 0x0202, value: 8 },
    })
    expect(flashOn(board, { unit: 1, channel: 1, pulseMs: 1 })).toMatchObject({ value: { value: 1 } })
  })

  test('is refused beyond the board, as is a channel that it lacks', () => {
    expect(flashOn(board, { unit: 1, channel: 1, pulseMs: 0x8000 * 100 })).toMatchObject({
      error: 'pulse_too_long',
    })
    expect(flashOn(board, { unit: 1, channel: 1, pulseMs: Number.NaN })).toMatchObject({
      error: 'pulse_too_long',
    })
    for (const channel of [0, 9, 1.5]) {
      expect(flashOn(board, { unit: 1, channel, pulseMs: 500 })).toMatchObject({ error: 'no_such_channel' })
    }
  })
})

const requests: ModbusRequest[] = [readInputs, readOutputs, flash700]
const answerOf = (request: ModbusRequest) =>
  request.kind === 'writeOutput'
    ? encodeRequest(request)
    : sealFrame([request.unit, request.kind === 'readInputs' ? 2 : 1, 1, 0x55])

describe.each(requests)('an answer to $kind', (request) => {
  const answer = answerOf(request)

  test('is found when it comes byte by byte, and not before its last byte', () => {
    const search = new ReplySearch(request)
    const found = [...answer].map((byte) => search.receive(Uint8Array.of(byte)) !== undefined)
    expect(found).toEqual([...answer].map((_, index) => index === answer.length - 1))
    expect(search.skipped).toBe(0)
  })

  test('is found behind garbage, also such as looks like its own beginning', () => {
    for (const garbage of ['00', 'ff ff ff', '01', '01 02', '01 02 01', '01 05 02', '01 01 01 55', '01 82']) {
      const search = new ReplySearch(request)
      expect(search.receive(Uint8Array.of(...hex(garbage), ...answer)), garbage).toBeDefined()
      expect(search.skipped, garbage).toBe(hex(garbage).length)
    }
  })

  test('with one wrong bit anywhere is no answer', () => {
    for (let bit = 0; bit < answer.length * 8; bit += 1) {
      const broken = Uint8Array.from(answer)
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(new ReplySearch(request).receive(broken)).toBeUndefined()
    }
  })

  test('cut short at any byte is no answer, and the next whole one is found', () => {
    for (let length = 0; length < answer.length; length += 1) {
      const search = new ReplySearch(request)
      expect(search.receive(answer.subarray(0, length))).toBeUndefined()
      expect(search.receive(answer)).toBeDefined()
    }
  })

  test('is found behind any garbage in any pieces, and the buffer stays bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 6 }), (pieces) => {
        const search = new ReplySearch(request)
        for (const piece of pieces) {
          if (search.receive(piece)) return
          expect(search.pending).toBeLessThanOrEqual(replyBufferMax)
        }
        expect(search.receive(answer)).toBeDefined()
      }),
    )
  })
})

test('the answer of another board, of another question, and an echo of another pulse are not taken', () => {
  expect(new ReplySearch(readInputs).receive(sealFrame([2, 2, 1, 0]))).toBeUndefined()
  expect(new ReplySearch(readInputs).receive(sealFrame([1, 1, 1, 0]))).toBeUndefined()
  expect(new ReplySearch(readInputs).receive(sealFrame([1, 2, 2, 0, 0]))).toBeUndefined()
  expect(new ReplySearch(flash700).receive(encodeRequest({ ...flash700, value: 8 }))).toBeUndefined()
  expect(new ReplySearch(flash700).receive(encodeRequest({ ...flash700, address: 0x0201 }))).toBeUndefined()
})
