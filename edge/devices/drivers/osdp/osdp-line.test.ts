import { ManualClock } from '@gatehouse/shared/clock/clock'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { address, facts } from '../../testing/osdp-bench.ts'
import type { ByteLinkHandlers } from '../../transports/byte-link.ts'
import { encodeFrame, frameBytesMax } from './frame.ts'
import { createOsdpLine } from './osdp-line.ts'
import { encodeReply } from './replies.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const replyTimeoutMs = 200
const byteMs = 10_000 / 9_600

/** A line at 9600 baud whose one reader was just asked who it is. */
function askedLine() {
  const clock = new ManualClock(0)
  const asked: Uint8Array[] = []
  const refused: (string | undefined)[] = []
  let wire: ByteLinkHandlers | undefined
  const line = createOsdpLine({
    bus: 'readers',
    openLink: (handlers) => {
      wire = handlers
      const write = (bytes: Uint8Array) => asked.push(bytes) > 0
      return { open: () => handlers.onUp(), write, reset: () => {}, close: async () => {} }
    },
    baudRate: 9_600,
    clock,
    random: new SeededRandom(1),
    logger: { info: () => {}, warn: () => {} },
    keys: { read: () => undefined, write: () => false },
    isInstalling: () => false,
  })
  const pass = (ms: number) => {
    clock.advance(ms)
    vi.advanceTimersByTime(ms)
  }
  line.open()
  line.add({
    ...{ deviceId: 'front', address, check: 'crc' as const, pollMs: 50, replyTimeoutMs },
    ...{ fact: () => {}, alarm: () => {}, garbage: () => {} },
    presence: ({ reason }) => void refused.push(reason),
  })
  pass(1)
  return { asked, refused, pass, hear: (bytes: Uint8Array) => wire?.onBytes(bytes) }
}

test('a long answer is waited for while it arrives, and its reader is asked the next thing', () => {
  const { asked, refused, pass, hear } = askedLine()
  const more = Array.from({ length: 150 }, () => ({ function: 3, level: 1, count: 1 }))
  hear(
    encodeFrame({
      address,
      fromReader: true,
      sequence: 0,
      check: 'crc',
      ...encodeReply({ kind: 'identity', ...facts.identity }),
    }),
  )
  pass(1)
  expect(asked).toHaveLength(2)
  const reply = encodeReply({ kind: 'capabilities', capabilities: more })
  const answer = encodeFrame({ address, fromReader: true, sequence: 1, check: 'crc', ...reply })
  expect(answer.length).toBeGreaterThan(400)
  pass(replyTimeoutMs - 20)
  for (let at = 0; at < answer.length; at += 16) {
    hear(answer.subarray(at, at + 16))
    if (at + 16 < answer.length) pass(Math.ceil(16 * byteMs))
  }
  expect(asked).toHaveLength(2)
  // It was understood: a reader that cannot encrypt.
  expect(refused).toEqual(['no_secure_channel'])
})

test('an answer that never ends is waited for as long as the longest frame takes', () => {
  const { refused, pass, hear } = askedLine()
  hear(Uint8Array.of(0x53, 0x80 | address, frameBytesMax & 0xff, frameBytesMax >> 8))
  const longestMs = replyTimeoutMs + (frameBytesMax + 64) * byteMs
  for (let passedMs = 0; passedMs < longestMs + 100; passedMs += 40) {
    hear(Uint8Array.of(0))
    pass(40)
  }
  expect(refused).toEqual(['no_reply'])
})
