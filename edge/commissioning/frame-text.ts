import { assertNever } from '@gatehouse/shared/result/result'
import type { BusFamily } from '../devices/device-plan.ts'

/** Bytes of a frame that are shown at most. */
const shownBytesMax = 32
const osdpNames: Readonly<Record<number, string>> = {
  ...{ 96: 'POLL', 97: 'ID', 98: 'CAP', 100: 'LSTAT', 101: 'ISTAT', 102: 'OSTAT', 103: 'RSTAT' },
  ...{ 104: 'OUT', 105: 'LED', 106: 'BUZ', 107: 'TEXT', 110: 'COMSET', 117: 'KEYSET', 118: 'CHLNG' },
  ...{ 119: 'SCRYPT', 123: 'ACURXSIZE', 124: 'FILETRANSFER', 128: 'MFG', 167: 'KEEPACTIVE' },
}
const osdpReplies: Readonly<Record<number, string>> = {
  ...{ 64: 'ACK', 65: 'NAK', 69: 'PDID', 70: 'PDCAP', 72: 'LSTATR', 73: 'ISTATR', 74: 'OSTATR' },
  ...{ 75: 'RSTATR', 80: 'RAW', 81: 'FMT', 83: 'KEYPAD', 84: 'COM', 118: 'CCRYPT', 120: 'RMAC_I' },
  ...{ 121: 'BUSY', 144: 'MFGREP' },
}
const securityBit = 0x08
const checkBytes = 2
/** What a printer is asked and answers; anything longer is a paper. */
const questionBytesMax = 4

/**
 * A frame in words for the person who wires a bus. Of readers no payload is shown at all, sealed or not: it holds card
 * numbers, digits and keys. Of scanners' lines each letter and digit is a dot. What is written to signs and what boards
 * say is no secret.
 */
export function frameText(family: BusFamily, direction: 'out' | 'in', bytes: Uint8Array): string {
  switch (family) {
    case 'osdp':
      return osdpText(direction, bytes)
    case 'modbus':
    case 'gpio':
      return hexText(bytes)
    // Each line of the monitor is a bit of a card or a key that was pressed.
    case 'wiegand':
      return `${bytes.length} bytes`
    // A ticket opens the exit for who holds it.
    case 'escpos':
      return bytes.length > questionBytesMax ? `${bytes.length} bytes to print` : hexText(bytes)
    case 'line':
      return lineText(direction, bytes)
    default:
      return assertNever(family)
  }
}

function lineText(direction: 'out' | 'in', bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, shownBytesMax * 2))
    .toString('latin1')
    .trim()
  const plain = [...text].map((one) => (one < ' ' || one > '~' ? '·' : one)).join('')
  return direction === 'in' ? plain.replace(/[0-9A-Za-z]/g, '•') : plain
}

// OSDP 2.2 §5.9: mark, start, address, length LE16, control, security block where the control byte says so, code.
function osdpText(direction: 'out' | 'in', bytes: Uint8Array): string {
  const start = bytes.indexOf(0x53)
  if (start < 0 || bytes.length < start + 6) return `${bytes.length} bytes that begin no frame`
  const address = (bytes[start + 1] ?? 0) & 0x7f
  const length = (bytes[start + 2] ?? 0) | ((bytes[start + 3] ?? 0) << 8)
  const control = bytes[start + 4] ?? 0
  const isSecure = (control & securityBit) !== 0
  const codeAt = start + 5 + (isSecure ? (bytes[start + 5] ?? 0) : 0)
  const code = bytes[codeAt] ?? 0
  const names = direction === 'out' ? osdpNames : osdpReplies
  const name = names[code] ?? `0x${code.toString(16).padStart(2, '0')}`
  const payload = Math.max(0, start + length - codeAt - 1 - checkBytes)
  return [`@${address}`, name, isSecure ? 'secure' : 'clear', payload > 0 ? `+${payload}` : '']
    .filter((part) => part !== '')
    .join(' ')
}

function hexText(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, shownBytesMax)].map((byte) => byte.toString(16).padStart(2, '0'))
  return bytes.length > shownBytesMax ? `${shown.join(' ')} …` : shown.join(' ')
}
