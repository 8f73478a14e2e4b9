import { err, ok, type Result } from '@gatehouse/shared/result/result'

/** Idle byte that may stand before a frame, so that line drivers settle. */
export const markByte = 0xff
export const startByte = 0x53
/** Address that every reader answers to; for one reader on the bench. */
export const broadcastAddress = 0x7f
/** From start byte to checksum of a frame that carries nothing. */
export const frameBytesMin = 7
/** Longest frame, bytes: readers send 128 unless told that more fits; a length beyond this is noise. */
export const frameBytesMax = 512
/** Bytes of a message authentication code that travel. */
export const macBytes = 4

const headerBytes = 5
const replyBit = 0x80
const sequenceBits = 0x03
const crcBit = 0x04
const securityBit = 0x08

/** What the security block of a frame says. Types 0x11–0x14 are the handshake, 0x15–0x18 carry a MAC. */
export interface SecurityBlock {
  readonly type: number
  readonly data: Uint8Array
}

/** A frame to be written. */
export interface FrameParts {
  /** 0–126, or 127 for everyone. */
  readonly address: number
  readonly fromReader: boolean
  /** 0 begins anew, then 1, 2, 3, 1… */
  readonly sequence: number
  readonly check: 'crc' | 'checksum'
  readonly security?: SecurityBlock
  readonly code: number
  readonly data: Uint8Array
}

/** One frame as it is on the line; `data` is still encrypted where the security block says so. */
export interface OsdpFrame extends FrameParts {
  readonly mac?: Uint8Array
  /** The bytes that the MAC is taken over: start byte to the end of the data. */
  readonly covered: Uint8Array
}

/** Why bytes are no frame. */
export type FrameRefusal = 'length' | 'check' | 'security_block'

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  return crc
})

/** CRC-16 of a frame (OSDP 2.2 annex C: polynomial 1021, initial value 1D0F). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0x1d0f
  for (const byte of bytes) crc = ((crc << 8) ^ (crcTable[(crc >> 8) ^ byte] ?? 0)) & 0xffff
  return crc
}

/** Two's complement of the sum of all bytes, the check of readers without CRC. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum += byte
  return -sum & 0xff
}

/** Whether frames with this security block end in a MAC. */
export function carriesMac(type: number): boolean {
  return type >= 0x15 && type <= 0x18
}

/**
 * Writes a frame, start byte to check, without a mark before it. `macOf` gives the full MAC of the covered bytes and
 * is needed for security blocks that carry one. The caller keeps the data short enough for `frameBytesMax`.
 */
export function encodeFrame(parts: FrameParts, macOf?: (covered: Uint8Array) => Uint8Array): Uint8Array {
  const { security, data } = parts
  const blockBytes = security ? 2 + security.data.length : 0
  const coveredBytes = headerBytes + blockBytes + 1 + data.length
  const checkBytes = parts.check === 'crc' ? 2 : 1
  const length = coveredBytes + (macOf ? macBytes : 0) + checkBytes
  const bytes = new Uint8Array(length)
  bytes[0] = startByte
  bytes[1] = parts.address | (parts.fromReader ? replyBit : 0)
  bytes[2] = length & 0xff
  bytes[3] = length >> 8
  bytes[4] =
    (parts.sequence & sequenceBits) | (parts.check === 'crc' ? crcBit : 0) | (security ? securityBit : 0)
  if (security) {
    bytes[5] = blockBytes
    bytes[6] = security.type
    bytes.set(security.data, 7)
  }
  bytes[headerBytes + blockBytes] = parts.code
  bytes.set(data, headerBytes + blockBytes + 1)
  if (macOf) bytes.set(macOf(bytes.subarray(0, coveredBytes)).subarray(0, macBytes), coveredBytes)
  const checked = bytes.subarray(0, length - checkBytes)
  const check = parts.check === 'crc' ? crc16(checked) : checksum(checked)
  bytes[length - checkBytes] = check & 0xff
  if (checkBytes === 2) bytes[length - 1] = check >> 8
  return bytes
}

/** The length that a frame's first four bytes state; undefined when no frame begins like this. */
export function statedLength(bytes: Uint8Array): number | undefined {
  const length = (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8)
  return bytes[0] === startByte && length >= frameBytesMin && length <= frameBytesMax ? length : undefined
}

/** Reads exactly one frame, start byte to check. Refuses a wrong length, a wrong check, an impossible security block. */
export function decodeFrame(bytes: Uint8Array): Result<OsdpFrame, FrameRefusal> {
  const control = bytes[4] ?? 0
  const check = control & crcBit ? 'crc' : 'checksum'
  const end = bytes.length - (check === 'crc' ? 2 : 1)
  if (statedLength(bytes) !== bytes.length) return err('length')
  const stated = check === 'crc' ? (bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8) : bytes[end]
  const checked = bytes.subarray(0, end)
  if (stated !== (check === 'crc' ? crc16(checked) : checksum(checked))) return err('check')
  const blockBytes = control & securityBit ? (bytes[headerBytes] ?? 0) : 0
  const type = control & securityBit ? (bytes[headerBytes + 1] ?? 0) : 0
  if (control & securityBit && blockBytes < 2) return err('security_block')
  const withMac = carriesMac(type)
  const codeAt = headerBytes + blockBytes
  const coveredEnd = end - (withMac ? macBytes : 0)
  if (codeAt >= coveredEnd) return err(blockBytes > 0 ? 'security_block' : 'length')
  const address = bytes[1] ?? 0
  return ok({
    address: address & broadcastAddress,
    fromReader: (address & replyBit) !== 0,
    sequence: control & sequenceBits,
    check,
    ...(blockBytes > 0 && { security: { type, data: bytes.slice(headerBytes + 2, codeAt) } }),
    code: bytes[codeAt] ?? 0,
    data: bytes.slice(codeAt + 1, coveredEnd),
    ...(withMac && { mac: bytes.slice(coveredEnd, end) }),
    covered: bytes.slice(0, coveredEnd),
  })
}
