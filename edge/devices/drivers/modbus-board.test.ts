import type { Clock } from '@gatehouse/shared/clock/clock'
import type { RegisterMap } from '@gatehouse/shared/profiles/profile'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LogKeeper } from '../testing/hub-harness.ts'
import type { ByteLinkHandlers } from '../transports/byte-link.ts'
import { createModbusBoards } from './modbus-board.ts'
import { encodeRequest, sealFrame } from './modbus-rtu.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const clock: Clock = {
  now: () => ({ wallMs: 0, bootId: 'test', monotonicMs: Date.now(), quality: 'trusted' }),
}
const registers: RegisterMap = {
  outputs: 8,
  inputs: 8,
  coilAddress: 0,
  inputAddress: 0,
  flashOnAddress: 0x0200,
  flashUnitMs: 100,
  flashUnitsMax: 0x7fff,
}

/** Boards on a link that a test plays by hand; `answer` says what comes back for a frame. */
function boardsOnPaper(answer: (frame: Uint8Array) => Uint8Array | undefined) {
  const sent: string[] = []
  const resets: string[] = []
  const wire: { handlers?: ByteLinkHandlers } = {}
  const boards = createModbusBoards({
    bus: 'paper',
    clock,
    logger: new LogKeeper(),
    openLink: (handlers) => {
      wire.handlers = handlers
      return {
        open: () => handlers.onUp(),
        write: (bytes) => {
          sent.push(Buffer.from(bytes).toString('hex'))
          const reply = answer(bytes)
          if (reply) setTimeout(() => handlers.onBytes(reply), 1)
          return true
        },
        reset: (reason) => resets.push(reason),
        close: async () => {},
      }
    },
  })
  return { boards, sent, resets, wire }
}

const facts = { registers, pollMs: 50, replyTimeoutMs: 150 }

test('a connection on which nobody answers for long is made anew', () => {
  const { boards, resets } = boardsOnPaper(() => undefined)
  boards.setUnits(new Map([[1, facts]]))
  boards.open()
  vi.advanceTimersByTime(4_900)
  expect(resets).toEqual([])
  vi.advanceTimersByTime(2_000)
  expect(resets[0]).toBe('silent')
})

test('a board that is not there is asked rarely, one that answers often', () => {
  const { boards, sent } = boardsOnPaper((frame) => (frame[0] === 1 ? sealFrame([1, 2, 1, 0]) : undefined))
  boards.setUnits(
    new Map([
      [1, facts],
      [2, facts],
    ]),
  )
  boards.open()
  vi.advanceTimersByTime(5_000)
  const from = sent.length
  vi.advanceTimersByTime(10_000)
  const asked = sent.slice(from)
  expect(asked.filter((frame) => frame.startsWith('02')).length).toBeLessThanOrEqual(10)
  expect(asked.filter((frame) => frame.startsWith('01')).length).toBeGreaterThan(100)
})

test('a board that refuses a pulse fails it; one that refuses questions is offline with the reason', async () => {
  const { boards } = boardsOnPaper((frame) => sealFrame([1, (frame[1] ?? 0) | 0x80, 1]))
  boards.setUnits(new Map([[1, facts]]))
  const presences: object[] = []
  boards.onPresence(1, (presence) => presences.push(presence))
  boards.open()
  const outcome = boards.pulse({ unit: 1, channel: 1 }, 500)
  await vi.advanceTimersByTimeAsync(100)
  expect(await outcome).toEqual({ outcome: 'failed', detail: 'board_refused' })
  expect(presences).toEqual([{ online: false, detail: 'board_refused' }])
})

test('a board without inputs is asked for its relays', () => {
  const { boards, sent } = boardsOnPaper(() => sealFrame([1, 1, 1, 0]))
  boards.setUnits(new Map([[1, { ...facts, registers: { ...registers, inputs: 0 } }]]))
  boards.open()
  vi.advanceTimersByTime(10)
  const question = encodeRequest({ kind: 'readOutputs', unit: 1, address: 0, count: 8 })
  expect(sent[0]).toBe(Buffer.from(question).toString('hex'))
})

test('a pulse for a board that nobody declared fails without a byte on the line', async () => {
  const { boards, sent } = boardsOnPaper(() => undefined)
  boards.open()
  expect(await boards.pulse({ unit: 7, channel: 1 }, 500)).toEqual({
    outcome: 'failed',
    detail: 'no_such_board',
  })
  expect(sent).toEqual([])
})

test('an answer that comes too late neither confirms the next pulse nor is lost from the count', async () => {
  const { boards, wire } = boardsOnPaper(() => undefined)
  boards.setUnits(new Map([[1, { ...facts, pollMs: 60_000 }]]))
  boards.open()
  await vi.advanceTimersByTimeAsync(400)
  const first = boards.pulse({ unit: 1, channel: 1 }, 500)
  await vi.advanceTimersByTimeAsync(150)
  expect(await first).toEqual({ outcome: 'unknown', detail: 'no_reply' })
  const second = boards.pulse({ unit: 1, channel: 1 }, 500)
  const echo = encodeRequest({ kind: 'writeOutput', unit: 1, address: 0x0200, value: 5 })
  wire.handlers?.onBytes(echo)
  await vi.advanceTimersByTimeAsync(400)
  expect(await second).toEqual({ outcome: 'unknown', detail: 'no_reply' })
  expect(boards.garbage()).toBeGreaterThanOrEqual(8)
})
