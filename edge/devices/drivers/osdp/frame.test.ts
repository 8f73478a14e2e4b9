import { SeededRandom } from '@gatehouse/shared/random/random'
import { describe, expect, test } from 'vitest'
import { decodeCommand, encodeCommand, type OsdpCommand } from './commands.ts'
import { Deframer } from './deframer.ts'
import { checksum, crc16, decodeFrame, encodeFrame, frameBytesMax } from './frame.ts'
import { decodeReply, encodeReply, type OsdpReply } from './replies.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('check values are those of the specification (annex E)', () => {
  expect(crc16(hex('53 7F 0D 00 04 6E 00 80 25 00 00'))).toBe(0x386e)
  expect(crc16(hex('53 00 09 00 04 61 00'))).toBe(0x66c0)
  expect(checksum(hex('53 7F 0C 00 00 6E 00 80 25 00 00'))).toBe(0x0f)
  expect(checksum(hex('53 00 08 00 00 61 00'))).toBe(0x44)
})

// Frames as the public test suites of other implementations (libosdp, OSDP.Net) have them on the line.
const commandFrames: readonly (readonly [string, number, number, 'crc' | 'checksum', OsdpCommand])[] = [
  ['53 65 08 00 04 60 60 90', 0x65, 0, 'crc', { kind: 'poll' }],
  ['53 65 07 00 00 60 e1', 0x65, 0, 'checksum', { kind: 'poll' }],
  ['53 65 09 00 04 61 00 d9 7a', 0x65, 0, 'crc', { kind: 'id' }],
  ['53-00-09-00-06-62-00-F3-5D', 0, 2, 'crc', { kind: 'capabilities' }],
  [
    '53-00-0D-00-06-6E-01-80-25-00-00-EC-7B',
    0,
    2,
    'crc',
    { kind: 'setCommunication', address: 1, baudRate: 9600 },
  ],
  [
    '53-00-0C-00-02-6E-01-80-25-00-00-8B',
    0,
    2,
    'checksum',
    { kind: 'setCommunication', address: 1, baudRate: 9600 },
  ],
  [
    '53-00-1A-00-06-75-01-10-00-01-02-03-04-05-06-07-00-01-02-03-04-05-06-07-CF-A3',
    0,
    2,
    'crc',
    { kind: 'setKey', key: hex('00 01 02 03 04 05 06 07 00 01 02 03 04 05 06 07') },
  ],
  [
    '53 65 10 00 04 76 01 02 03 04 05 06 07 08 0d 20',
    0x65,
    0,
    'crc',
    { kind: 'challenge', random: hex('01 02 03 04 05 06 07 08') },
  ],
  [
    '53-00-0D-00-06-6A-00-02-02-02-01-59-92',
    0,
    2,
    'crc',
    { kind: 'buzzer', reader: 0, tone: 2, onMs: 200, offMs: 200, count: 1 },
  ],
]

test.each(commandFrames)('%s is written and read', (bytes, address, sequence, check, command) => {
  const frame = encodeFrame({ address, fromReader: false, sequence, check, ...encodeCommand(command) })
  expect(toHex(frame)).toBe(toHex(hex(bytes)))
  const read = decodeFrame(frame)
  expect(read).toMatchObject({ ok: true, value: { address, fromReader: false, sequence, check } })
  expect(read.ok && decodeCommand(read.value)).toEqual(command)
})

const replyFrames: readonly (readonly [string, object, OsdpReply])[] = [
  ['53 e5 07 00 01 40 80', { address: 0x65, sequence: 1, check: 'checksum' }, { kind: 'ack' }],
  ['53 80 08 00 05 40 68 9f', { address: 0, sequence: 1, check: 'crc' }, { kind: 'ack' }],
  ['53 e5 09 00 05 41 01 0e 8f', { address: 0x65, sequence: 1 }, { kind: 'nak', reason: 'check' }],
  [
    '53-80-14-00-06-45-00-0E-E3-10-10-00-00-74-97-23-06-06-1B-88',
    { address: 0, sequence: 2 },
    { kind: 'identity', vendor: '000ee3', model: 16, version: 16, serial: 0x97740000, firmware: '35.6.6' },
  ],
  [
    '53 e5 1b 00 0d 03 14 01 78 a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af ca ba',
    { address: 0x65, security: { type: 0x14, data: hex('01') } },
    { kind: 'initialMac', mac: hex('a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af') },
  ],
  [
    '53 e5 2a 00 09 03 12 01 76 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f 19',
    { address: 0x65, security: { type: 0x12, data: hex('01') } },
    {
      kind: 'cryptogram',
      clientId: hex('10 11 12 13 14 15 16 17'),
      random: hex('18 19 1a 1b 1c 1d 1e 1f'),
      cryptogram: hex('20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f'),
    },
  ],
]

test.each(replyFrames)('%s is read and written', (bytes, header, reply) => {
  const read = decodeFrame(hex(bytes))
  expect(read).toMatchObject({ ok: true, value: { ...header, fromReader: true } })
  if (!read.ok) return
  expect(decodeReply(read.value)).toEqual(reply)
  expect(toHex(encodeFrame({ ...read.value, ...encodeReply(reply) }))).toBe(toHex(hex(bytes)))
})

test.each<readonly [string, OsdpReply]>([
  ['50 05 00 10 00 12 ab', { kind: 'raw', reader: 5, bitCount: 16, bits: hex('12 ab') }],
  [
    '51 05 00 09 74 65 73 74 69 6e 70 75 74',
    { kind: 'formatted', reader: 5, backwards: false, text: 'testinput' },
  ],
  ['53 00 05 31 32 33 7f 0d', { kind: 'keypad', reader: 0, keys: '123*#' }],
  ['48 01 00', { kind: 'localStatus', tamper: true, powerFailed: false }],
  ['49 00 01', { kind: 'inputs', active: [false, true] }],
  ['4a 01', { kind: 'outputs', active: [true] }],
  ['4b 00 02', { kind: 'readers', states: [0, 2] }],
  ['46 09 01 01', { kind: 'capabilities', capabilities: [{ function: 9, level: 1, count: 1 }] }],
  ['54 02 80 25 00 00', { kind: 'communication', address: 2, baudRate: 9600 }],
  ['41 05', { kind: 'nak', reason: 'no_secure_channel' }],
  ['41 77', { kind: 'nak', reason: 'unknown_reason' }],
  ['79', { kind: 'busy' }],
])('reply %s', (bytes, reply) => {
  const [code = 0, ...data] = hex(bytes)
  expect(decodeReply({ code, data: Uint8Array.from(data) })).toEqual(reply)
  if (reply.kind === 'nak' && reply.reason === 'unknown_reason') return
  expect(encodeReply(reply)).toEqual({ code, data: Uint8Array.from(data) })
})

test.each<readonly [string, OsdpCommand]>([
  ['68 03 05 19 00', { kind: 'output', output: 3, code: 5, timerMs: 2500 }],
  [
    '69 02 03 02 01 02 02 00 04 00 00 00 00 00 00',
    { kind: 'led', reader: 2, led: 3, temporary: { color: 'green', onMs: 100, offMs: 200, forMs: 400 } },
  ],
  ['69 00 00 00 00 00 00 00 00 00 01 01 00 01 01', { kind: 'led', reader: 0, led: 0, steady: 'red' }],
  ['6b 00 03 02 01 01 02 48 69', { kind: 'text', reader: 0, text: 'Hi', forSeconds: 2 }],
  ['64', { kind: 'localStatus' }],
  ['65', { kind: 'inputStatus' }],
  ['66', { kind: 'outputStatus' }],
  ['67', { kind: 'readerStatus' }],
  [
    '77 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f',
    { kind: 'prove', cryptogram: hex('000102030405060708090a0b0c0d0e0f') },
  ],
  ['a7 e8 03', { kind: 'keepActive', forMs: 1000 }],
])('command %s', (bytes, command) => {
  const encoded = encodeCommand(command)
  const [code = 0, ...data] = hex(bytes)
  if (command.kind !== 'led') expect(encoded).toEqual({ code, data: Uint8Array.from(data) })
  expect(decodeCommand({ code, data: Uint8Array.from(data) })).toEqual(command)
  expect(decodeCommand(encoded)).toEqual(command)
})

describe('a line', () => {
  const frames = [...commandFrames, ...replyFrames].map(([bytes]) => hex(bytes))

  test('frames are found whatever the split, with marks and noise between them', () => {
    const line = Buffer.concat(frames.flatMap((frame) => [hex('ff 53 53 00 53 ff'), frame]))
    for (const size of [1, 2, 3, 7, 64, line.length]) {
      const deframer = new Deframer()
      const found: Uint8Array[] = []
      for (let at = 0; at < line.length; at += size) {
        found.push(...deframer.receive(line.subarray(at, at + size)).frames.map(({ covered }) => covered))
      }
      expect(found.map(toHex)).toEqual(
        frames.map((frame) => toHex(frame.subarray(0, frame.length - (frame[4]! & 4 ? 2 : 1)))),
      )
    }
  })

  test('a frame that is cut off or damaged is no frame, and the one behind it is found', () => {
    const whole = frames[0]!
    for (let end = 1; end < whole.length; end += 1) {
      expect(decodeFrame(whole.subarray(0, end)).ok).toBe(false)
    }
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = whole.slice()
      damaged[at] = damaged[at]! ^ 0x10
      expect(decodeFrame(damaged).ok).toBe(false)
      const deframer = new Deframer()
      const found = [damaged, whole, new Uint8Array(frameBytesMax)].flatMap(
        (bytes) => deframer.receive(bytes).frames,
      )
      expect(found).toHaveLength(1)
    }
  })

  test('a security block that does not fit its frame is refused', () => {
    for (const length of [0, 1, 4, 200]) {
      const bytes = hex('53 e5 09 00 09 02 16 40 00')
      bytes[5] = length
      bytes[8] = checksum(bytes.subarray(0, 8))
      expect(decodeFrame(bytes)).toEqual({ ok: false, error: 'security_block' })
    }
  })

  test('a million random inputs are read without an exception, within what a frame may hold', () => {
    const random = new SeededRandom(53)
    const noise = random.bytes((1 << 20) + 32)
    const deframer = new Deframer()
    let counted = 0
    for (let input = 0; input < 1_000_000; input += 1) {
      const at = (input * 7) & 0xfffff
      const bytes = noise.slice(at, at + 8 + (input & 15))
      // One in two looks like the start of a frame, one in four states its own length.
      if (input & 1) bytes[0] = 0x53
      if ((input & 3) === 3) bytes.set([bytes.length, 0], 2)
      const { frames: found, garbageBytes } = deframer.receive(bytes)
      counted += garbageBytes + found.length
      for (const frame of found) decodeReply(frame)
      decodeReply({ code: bytes[0] ?? 0, data: bytes.subarray(1) })
      decodeCommand({ code: bytes[0] ?? 0, data: bytes.subarray(1) })
    }
    expect(counted).toBeGreaterThan(0)
    // Whatever was begun ends within one frame, and then the next is understood.
    deframer.receive(new Uint8Array(frameBytesMax))
    expect(deframer.receive(frames[0]!).frames).toHaveLength(1)
  })
})
