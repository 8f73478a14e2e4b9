import { err, ok, type Result } from '@gatehouse/shared/result/result'

/**
 * Modbus RTU frames of a relay board, master's side: what to send, and how to find the answer in a stream of bytes
 * that may come in any pieces, late, or between garbage. Pure: bytes in, bytes and events out.
 * Source: MODBUS over Serial Line V1.02 §2.5; MODBUS Application Protocol V1.1b3 §6.1, §6.2, §6.4, §6.5, §7.
 */

/** A question to one board. Addresses are zero-based as on the wire. */
export type ModbusRequest =
  | { readonly kind: 'readOutputs'; readonly unit: number; readonly address: number; readonly count: number }
  | { readonly kind: 'readInputs'; readonly unit: number; readonly address: number; readonly count: number }
  | { readonly kind: 'readLevels'; readonly unit: number; readonly address: number; readonly count: number }
  | { readonly kind: 'writeOutput'; readonly unit: number; readonly address: number; readonly value: number }

/** What the board answered: bits or 16-bit levels from the first address on, an echo of a write, or an exception code. */
export type ModbusReply =
  | { readonly kind: 'bits'; readonly bits: readonly boolean[] }
  | { readonly kind: 'levels'; readonly levels: readonly number[] }
  | { readonly kind: 'written' }
  | { readonly kind: 'exception'; readonly code: number }

const functionCodes = { readOutputs: 1, readInputs: 2, readLevels: 4, writeOutput: 5 } as const
const exceptionBit = 0x80
const exceptionLength = 5
/** A frame has at most 256 bytes; twice that holds one frame behind as much garbage. */
export const replyBufferMax = 512

/** Computes the CRC of Modbus RTU: polynomial A001 reflected, initial value FFFF, sent low byte first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  }
  return crc
}

/** Appends the CRC to `body`. */
export function sealFrame(body: readonly number[]): Uint8Array {
  const frame = new Uint8Array(body.length + 2)
  frame.set(body)
  const crc = crc16(frame.subarray(0, body.length))
  frame[body.length] = crc & 0xff
  frame[body.length + 1] = crc >>> 8
  return frame
}

/** Makes the frame of a request. */
export function encodeRequest(request: ModbusRequest): Uint8Array {
  const { unit, address } = request
  const value = request.kind === 'writeOutput' ? request.value : request.count
  return sealFrame([
    unit,
    functionCodes[request.kind],
    address >>> 8,
    address & 0xff,
    value >>> 8,
    value & 0xff,
  ])
}

/** Board facts needed to time a pulse; see the register map of its profile. */
export interface FlashMap {
  readonly outputs: number
  readonly flashOnAddress: number
  readonly flashUnitMs: number
  readonly flashUnitsMax: number
}

/**
 * Makes the request that switches `channel` (1-based) on for `pulseMs` and off again by the board's own clock, so
 * that the pulse ends when this process dies. The length is rounded up to the board's unit.
 * Source: Waveshare Modbus RTU Relay (D), "Relay flash on": FC05 at 0200 + channel, value × 100 ms.
 */
export function flashOn(
  map: FlashMap,
  pulse: { readonly unit: number; readonly channel: number; readonly pulseMs: number },
): Result<ModbusRequest, 'no_such_channel' | 'pulse_too_long'> {
  const { unit, channel, pulseMs } = pulse
  if (!Number.isInteger(channel) || channel < 1 || channel > map.outputs) return err('no_such_channel')
  const value = Math.max(1, Math.ceil(pulseMs / map.flashUnitMs))
  if (!Number.isFinite(value) || value > map.flashUnitsMax) return err('pulse_too_long')
  return ok({ kind: 'writeOutput', unit, address: map.flashOnAddress + channel - 1, value })
}

/**
 * Makes the request that switches `channel` (1-based) off, also while the board times a pulse.
 * Source: Modbus application protocol 1.1b3 §6.5: FC05 with 0000 is off.
 */
export function switchOff(
  map: Pick<FlashMap, 'outputs'> & { readonly coilAddress: number },
  { unit, channel }: { readonly unit: number; readonly channel: number },
): Result<ModbusRequest, 'no_such_channel'> {
  if (!Number.isInteger(channel) || channel < 1 || channel > map.outputs) return err('no_such_channel')
  return ok({ kind: 'writeOutput', unit, address: map.coilAddress + channel - 1, value: 0 })
}

/** One attempt to find a reply: the reply and the bytes skipped before it, or that more bytes are needed. */
type Search =
  | { readonly kind: 'found'; readonly reply: ModbusReply; readonly at: number; readonly length: number }
  | { readonly kind: 'partial'; readonly at: number }
  | { readonly kind: 'nothing' }

/**
 * Looks for the answer to one request in arriving bytes. Bytes that cannot belong to it are skipped and counted;
 * a false start inside garbage does not hide the true frame behind it.
 */
export class ReplySearch {
  readonly #request: ModbusRequest
  #buffer: Uint8Array = new Uint8Array(0)
  #skipped = 0

  constructor(request: ModbusRequest) {
    this.#request = request
  }

  /** Bytes seen so far that belonged to no valid answer. */
  get skipped(): number {
    return this.#skipped
  }

  /** Bytes that wait for the rest of a frame. */
  get pending(): number {
    return this.#buffer.length
  }

  /** Takes bytes; gives the reply once it is complete, with its check verified. */
  receive(bytes: Uint8Array): ModbusReply | undefined {
    this.#buffer = joinBytes(this.#buffer, bytes)
    const search = searchReply(this.#buffer, this.#request)
    if (search.kind === 'found') {
      this.#skipped += search.at
      this.#buffer = this.#buffer.subarray(search.at + search.length)
      return search.reply
    }
    const keepFrom = search.kind === 'partial' ? search.at : this.#buffer.length
    const surplus = Math.max(keepFrom, this.#buffer.length - replyBufferMax)
    this.#skipped += surplus
    this.#buffer = this.#buffer.slice(surplus)
    return undefined
  }
}

function searchReply(buffer: Uint8Array, request: ModbusRequest): Search {
  let firstPartial: number | undefined
  for (let at = 0; at < buffer.length; at += 1) {
    const length = replyLength(buffer, at, request)
    if (length === undefined) continue
    if (length === 'unknown' || at + length > buffer.length) {
      firstPartial ??= at
      continue
    }
    const frame = buffer.subarray(at, at + length)
    if (!hasValidCrc(frame)) continue
    return { kind: 'found', at, length, reply: readReply(frame, request) }
  }
  return firstPartial === undefined ? { kind: 'nothing' } : { kind: 'partial', at: firstPartial }
}

/** How long a reply starting here would be; undefined when none can start here. */
function replyLength(buffer: Uint8Array, at: number, request: ModbusRequest): number | 'unknown' | undefined {
  const code = functionCodes[request.kind]
  if (buffer[at] !== request.unit) return undefined
  const found = buffer[at + 1]
  if (found === undefined) return 'unknown'
  if (found === (code | exceptionBit)) return exceptionLength
  if (found !== code) return undefined
  if (request.kind === 'writeOutput') {
    const echo = encodeRequest(request)
    const seen = buffer.subarray(at, Math.min(at + 6, buffer.length))
    return seen.every((byte, index) => byte === echo[index]) ? echo.length : undefined
  }
  const dataBytes = request.kind === 'readLevels' ? request.count * 2 : Math.ceil(request.count / 8)
  const announced = buffer[at + 2]
  if (announced === undefined) return 'unknown'
  return announced === dataBytes ? 5 + dataBytes : undefined
}

function hasValidCrc(frame: Uint8Array): boolean {
  const crc = crc16(frame.subarray(0, frame.length - 2))
  return frame[frame.length - 2] === (crc & 0xff) && frame[frame.length - 1] === crc >>> 8
}

function readReply(frame: Uint8Array, request: ModbusRequest): ModbusReply {
  if (((frame[1] ?? 0) & exceptionBit) !== 0) return { kind: 'exception', code: frame[2] ?? 0 }
  if (request.kind === 'writeOutput') return { kind: 'written' }
  if (request.kind === 'readLevels') {
    const word = (index: number) => ((frame[3 + index * 2] ?? 0) << 8) | (frame[4 + index * 2] ?? 0)
    return { kind: 'levels', levels: Array.from({ length: request.count }, (_, index) => word(index)) }
  }
  const bits = Array.from(
    { length: request.count },
    (_, index) => (((frame[3 + (index >> 3)] ?? 0) >> (index & 7)) & 1) === 1,
  )
  return { kind: 'bits', bits }
}

function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}
