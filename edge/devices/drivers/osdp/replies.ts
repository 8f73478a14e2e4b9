import { assertNever } from '@gatehouse/shared/result/result'
import type { Telegram } from './commands.ts'
import type { ReaderCapability, ReaderIdentity } from './reader-keys.ts'

/** Why a reader refused a command (OSDP 2.2 table 47). */
export const nakReasons = {
  1: 'check',
  2: 'length',
  3: 'unknown_command',
  4: 'sequence',
  5: 'no_secure_channel',
  6: 'secure_channel_needed',
  7: 'biometric_type',
  8: 'biometric_format',
  9: 'unable',
} as const
export type NakReason = (typeof nakReasons)[keyof typeof nakReasons] | 'unknown_reason'

/** What a reader may answer. */
export type OsdpReply =
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak'; readonly reason: NakReason }
  | ({ readonly kind: 'identity' } & ReaderIdentity)
  | { readonly kind: 'capabilities'; readonly capabilities: readonly ReaderCapability[] }
  | { readonly kind: 'localStatus'; readonly tamper: boolean; readonly powerFailed: boolean }
  | { readonly kind: 'inputs'; readonly active: readonly boolean[] }
  | { readonly kind: 'outputs'; readonly active: readonly boolean[] }
  /** Per attached reader: 0 in order, 1 not connected, 2 tampered. */
  | { readonly kind: 'readers'; readonly states: readonly number[] }
  /** Bits of a card, the first one highest. */
  | { readonly kind: 'raw'; readonly reader: number; readonly bitCount: number; readonly bits: Uint8Array }
  | {
      readonly kind: 'formatted'
      readonly reader: number
      readonly backwards: boolean
      readonly text: string
    }
  /** Keys 0–9, `*` clears and `#` ends. */
  | { readonly kind: 'keypad'; readonly reader: number; readonly keys: string }
  | { readonly kind: 'communication'; readonly address: number; readonly baudRate: number }
  | {
      readonly kind: 'cryptogram'
      readonly clientId: Uint8Array
      readonly random: Uint8Array
      readonly cryptogram: Uint8Array
    }
  | { readonly kind: 'initialMac'; readonly mac: Uint8Array }
  | { readonly kind: 'busy' }

const codes = {
  ack: 0x40,
  nak: 0x41,
  identity: 0x45,
  capabilities: 0x46,
  localStatus: 0x48,
  inputs: 0x49,
  outputs: 0x4a,
  readers: 0x4b,
  raw: 0x50,
  formatted: 0x51,
  keypad: 0x53,
  communication: 0x54,
  cryptogram: 0x76,
  initialMac: 0x78,
  busy: 0x79,
} as const satisfies Record<OsdpReply['kind'], number>
const kinds: ReadonlyMap<number, OsdpReply['kind']> = new Map(
  Object.entries(codes).map(([kind, code]) => [code, kind as OsdpReply['kind']]),
)

const enterKey = 0x0d
const clearKey = 0x7f

/** Reads a reply after decryption. Undefined: unknown, or data that does not fit. */
export function decodeReply({ code, data }: Telegram): OsdpReply | undefined {
  const kind = kinds.get(code)
  const at = (index: number) => data[index] ?? 0
  switch (kind) {
    case undefined:
      return undefined
    case 'ack':
    case 'busy':
      return { kind }
    case 'nak':
      return data.length >= 1 ? { kind, reason: nakReason(at(0)) } : undefined
    case 'identity':
      return data.length === 12 ? { kind, ...readIdentity(data) } : undefined
    case 'capabilities':
      return data.length % 3 === 0 ? { kind, capabilities: readCapabilities(data) } : undefined
    case 'localStatus':
      return data.length === 2 ? { kind, tamper: at(0) !== 0, powerFailed: at(1) !== 0 } : undefined
    case 'inputs':
    case 'outputs':
      return { kind, active: [...data].map((value) => value !== 0) }
    case 'readers':
      return { kind, states: [...data] }
    case 'raw':
      return readRaw(data)
    case 'formatted':
      return readFormatted(data)
    case 'keypad':
      return readKeypad(data)
    case 'communication':
      return data.length === 5
        ? { kind, address: at(0), baudRate: at(1) + at(2) * 0x100 + at(3) * 0x1_0000 + at(4) * 0x100_0000 }
        : undefined
    case 'cryptogram':
      return data.length === 32
        ? { kind, clientId: data.slice(0, 8), random: data.slice(8, 16), cryptogram: data.slice(16) }
        : undefined
    case 'initialMac':
      return data.length === 16 ? { kind, mac: data.slice() } : undefined
    default:
      return assertNever(kind)
  }
}

function nakReason(code: number): NakReason {
  return Object.hasOwn(nakReasons, code) ? nakReasons[code as keyof typeof nakReasons] : 'unknown_reason'
}

function readIdentity(data: Uint8Array): ReaderIdentity {
  const at = (index: number) => data[index] ?? 0
  return {
    vendor: Buffer.from(data.subarray(0, 3)).toString('hex'),
    model: at(3),
    version: at(4),
    serial: at(5) + at(6) * 0x100 + at(7) * 0x1_0000 + at(8) * 0x100_0000,
    firmware: [...data.subarray(9, 12)].join('.'),
  }
}

function readCapabilities(data: Uint8Array): ReaderCapability[] {
  const capabilities: ReaderCapability[] = []
  for (let at = 0; at < data.length; at += 3) {
    capabilities.push({ function: data[at] ?? 0, level: data[at + 1] ?? 0, count: data[at + 2] ?? 0 })
  }
  return capabilities
}

function readRaw(data: Uint8Array): OsdpReply | undefined {
  const bitCount = (data[2] ?? 0) | ((data[3] ?? 0) << 8)
  const bits = data.slice(4)
  if (data.length < 5 || bitCount === 0 || bits.length !== Math.ceil(bitCount / 8)) return undefined
  return { kind: 'raw', reader: data[0] ?? 0, bitCount, bits }
}

function readFormatted(data: Uint8Array): OsdpReply | undefined {
  if (data.length < 3 || data.length !== 3 + (data[2] ?? 0)) return undefined
  const text = Buffer.from(data.subarray(3)).toString('latin1')
  return { kind: 'formatted', reader: data[0] ?? 0, backwards: data[1] === 1, text }
}

function readKeypad(data: Uint8Array): OsdpReply | undefined {
  if (data.length < 2 || data.length !== 2 + (data[1] ?? 0)) return undefined
  const keys = [...data.subarray(2)].map((key) => {
    if (key === enterKey) return '#'
    if (key === clearKey) return '*'
    return String.fromCharCode(key)
  })
  return keys.every((key) => /[0-9*#]/.test(key))
    ? { kind: 'keypad', reader: data[0] ?? 0, keys: keys.join('') }
    : undefined
}

/** Writes a reply as a reader does. */
export function encodeReply(reply: OsdpReply): Telegram {
  return { code: codes[reply.kind], data: Uint8Array.from(replyData(reply)) }
}

function replyData(reply: OsdpReply): Iterable<number> {
  switch (reply.kind) {
    case 'ack':
    case 'busy':
      return []
    case 'nak':
      return [Number(Object.entries(nakReasons).find(([, reason]) => reason === reply.reason)?.[0] ?? 0)]
    case 'identity': {
      const firmware = reply.firmware.split('.').map(Number)
      return [
        ...Buffer.from(reply.vendor, 'hex'),
        reply.model,
        reply.version,
        ...long(reply.serial),
        ...firmware,
      ]
    }
    case 'capabilities':
      return reply.capabilities.flatMap((can) => [can.function, can.level, can.count])
    case 'localStatus':
      return [reply.tamper ? 1 : 0, reply.powerFailed ? 1 : 0]
    case 'inputs':
    case 'outputs':
      return reply.active.map(Number)
    case 'readers':
      return reply.states
    case 'raw':
      return [reply.reader, 0, ...long(reply.bitCount).slice(0, 2), ...reply.bits]
    case 'formatted':
      return [reply.reader, reply.backwards ? 1 : 0, reply.text.length, ...Buffer.from(reply.text, 'latin1')]
    case 'keypad':
      return [reply.reader, reply.keys.length, ...[...reply.keys].map(keyByte)]
    case 'communication':
      return [reply.address, ...long(reply.baudRate)]
    case 'cryptogram':
      return [...reply.clientId, ...reply.random, ...reply.cryptogram]
    case 'initialMac':
      return reply.mac
    default:
      return assertNever(reply)
  }
}

function keyByte(key: string): number {
  if (key === '#') return enterKey
  return key === '*' ? clearKey : key.charCodeAt(0)
}

const long = (value: number) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]
