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
  const type = sealType(header.fromReader, data.length > 0)
  const encrypted = data.length > 0 ? encryptData(aes, keys, otherMac, data) : data
  let mac = otherMac
  const parts = { ...header, security: { type, data: new Uint8Array(0) }, code, data: encrypted }
  const bytes = encodeFrame(parts, (covered) => {
    mac = frameMac(aes, keys, otherMac, covered)
    return mac
  })
  return { bytes, mac }
}

/**
 * Verifies and decrypts one frame. Refuses `plain_text` (no MAC at all), `mac_failed`, and `data_failed` for data that
 * was signed and cannot be decrypted.
 */
export function openFrame(
  aes: Aes,
  { keys, otherMac }: SealState,
  frame: OsdpFrame,
): Result<
  { readonly telegram: Telegram; readonly mac: Uint8Array },
  'plain_text' | 'mac_failed' | 'data_failed'
> {
  const { security, mac: given, code, data } = frame
  if (security === undefined || given === undefined) return err('plain_text')
  const withData = security.type === sealType(frame.fromReader, true)
  if (!withData && security.type !== sealType(frame.fromReader, false)) return err('mac_failed')
  const mac = frameMac(aes, keys, otherMac, frame.covered)
  if (!startsWith(mac, given)) return err('mac_failed')
  if (!withData) return data.length === 0 ? ok({ telegram: { code, data }, mac }) : err('data_failed')
  const plain = decryptData(aes, keys, otherMac, data)
  return plain ? ok({ telegram: { code, data: plain }, mac }) : err('data_failed')
}

function sealType(fromReader: boolean, withData: boolean): number {
  if (fromReader) return withData ? securityTypes.replyWithData : securityTypes.reply
  return withData ? securityTypes.commandWithData : securityTypes.command
}
