import type { Random } from '../random/random.ts'

// Crockford base 32: read aloud and typed without confusion.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const dataLength = 7

/** Doubles in GF(32) with the primitive polynomial x^5 + x^2 + 1. */
function double(value: number): number {
  return value < 16 ? value << 1 : (value << 1) ^ 0b100101
}

// Σ α^i·x_i over GF(32): a single wrong character or two swapped neighbours always change the sum.
function checkOf(data: string): string {
  let sum = 0
  for (const char of data) sum = double(sum ^ alphabet.indexOf(char))
  return alphabet.charAt(sum)
}

/** Makes a ticket code such as `7Q2M-X4TA`: 35 random bits and a check character. */
export function newTicket(random: Random): string {
  const data = Array.from(random.bytes(dataLength), (byte) => alphabet.charAt(byte & 31)).join('')
  const code = data + checkOf(data)
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/**
 * Reads what a person typed or a scanner sent as a ticket code, in its written form.
 * `O` reads as `0`, `I` and `L` as `1`; `undefined` when it is no ticket or has a typing error.
 */
export function readTicket(text: string): string | undefined {
  const code = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  if (code.length !== dataLength + 1) return undefined
  if ([...code].some((char) => !alphabet.includes(char))) return undefined
  if (checkOf(code.slice(0, dataLength)) !== code.charAt(dataLength)) return undefined
  return `${code.slice(0, 4)}-${code.slice(4)}`
}
