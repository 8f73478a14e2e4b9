import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Telegram } from './commands.ts'
import { encodeFrame, type OsdpFrame } from './frame.ts'
import {
  type Aes,
  decryptData,
  encryptData,
  frameMac,
  type SessionKeys,
  securityTypes,
  startsWith,
} from './secure-channel.ts'

/** Where a secured frame goes; `fromReader` decides the kind of its security block. */
export interface SealHeader {
  readonly address: number
  readonly sequence: number
  readonly fromReader: boolean
  readonly check: 'crc' | 'checksum'
}

/** Keys of the session and the last MAC of the other side, from which this frame's chain begins. */
export interface SealState {
  readonly keys: SessionKeys
  readonly otherMac: Uint8Array
}

/** Encrypts and signs one frame; `mac` is the whole MAC, from which the other side's answer goes on. */
export function sealFrame(
  aes: Aes,
  { keys, otherMac }: SealState,
  header: SealHeader,
  { code, data }: Telegram,
): { readonly bytes: Uint8Array; readonly mac: Uint8Array } {
  const hasData = data.length > 0
  const encrypted = hasData ? encryptData(aes, keys, otherMac, data) : data
  return sign(
    aes,
    { keys, otherMac },
    header,
    { code, data: encrypted },
    sealType(header.fromReader, hasData),
  )
}

/** Signs one frame whose data stays readable. */
export function signFrame(
  aes: Aes,
  state: SealState,
  header: SealHeader,
  telegram: Telegram,
): { readonly bytes: Uint8Array; readonly mac: Uint8Array } {
  return sign(aes, state, header, telegram, sealType(header.fromReader, false))
}

function sign(
  aes: Aes,
  { keys, otherMac }: SealState,
  header: SealHeader,
  telegram: Telegram,
  type: number,
): { readonly bytes: Uint8Array; readonly mac: Uint8Array } {
  let mac = otherMac
  const parts = { ...header, security: { type, data: new Uint8Array(0) }, ...telegram }
  const bytes = encodeFrame(parts, (covered) => {
    mac = frameMac(aes, keys, otherMac, covered)
    return mac
  })
  return { bytes, mac }
}

/** A frame whose MAC was right. */
export interface OpenedFrame {
  readonly telegram: Telegram
  readonly mac: Uint8Array
  /** False: what it carries could be read on the line, though not changed. */
  readonly isEncrypted: boolean
}

/**
 * Verifies and decrypts one frame. Refuses `plain_text` (no MAC at all), `mac_failed`, and `data_failed` for data that
 * was signed and cannot be decrypted. Signed data in clear is given as such: some readers send their status so, in the
 * block of a command (libosdp 3.2), and the MAC covers all of it.
 */
export function openFrame(
  aes: Aes,
  { keys, otherMac }: SealState,
  frame: OsdpFrame,
): Result<OpenedFrame, 'plain_text' | 'mac_failed' | 'data_failed'> {
  const { security, mac: given, code, data } = frame
  if (security === undefined || given === undefined) return err('plain_text')
  const mac = frameMac(aes, keys, otherMac, frame.covered)
  if (!startsWith(mac, given)) return err('mac_failed')
  const isEncrypted = encryptedTypes.has(security.type)
  if (!isEncrypted || data.length === 0) return ok({ telegram: { code, data }, mac, isEncrypted })
  const plain = decryptData(aes, keys, otherMac, data)
  return plain ? ok({ telegram: { code, data: plain }, mac, isEncrypted }) : err('data_failed')
}

const encryptedTypes: ReadonlySet<number> = new Set([
  securityTypes.commandWithData,
  securityTypes.replyWithData,
])

function sealType(fromReader: boolean, withData: boolean): number {
  if (fromReader) return withData ? securityTypes.replyWithData : securityTypes.reply
  return withData ? securityTypes.commandWithData : securityTypes.command
}
