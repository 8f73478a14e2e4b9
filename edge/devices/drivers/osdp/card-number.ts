import { err, ok, type Result } from '@gatehouse/shared/result/result'

/** Where the number of a card is inside its bits, and which bits its parities cover; bits count from 0. */
interface CardFormat {
  readonly bitCount: number
  readonly number: readonly [from: number, to: number]
  /** First and last bit covered, the parity bit included. */
  readonly even: readonly [from: number, to: number]
  readonly odd: readonly [from: number, to: number]
}

/**
 * Formats whose parities everybody agrees on: 26 bit H10301 (facility 8, card 16) and 37 bit H10302 and H10304 (35 bits
 * between overlapping parities). The facility is part of the number, as converters print it.
 */
const formats: readonly CardFormat[] = [
  { bitCount: 26, number: [1, 24], even: [0, 12], odd: [13, 25] },
  { bitCount: 37, number: [1, 35], even: [0, 18], odd: [18, 36] },
]

/** Longest card that is read, bits. */
export const cardBitsMax = 256

/**
 * The number of a card as decimal digits: what is between the parities of a known format, else all bits as one number.
 * Refuses `parity` for a known format whose parities are wrong, and `bit_count` for what no card has.
 */
export function cardNumber(
  bitCount: number,
  bytes: Uint8Array,
): Result<string, 'card_parity' | 'card_bit_count'> {
  if (bitCount < 8 || bitCount > cardBitsMax || bytes.length < Math.ceil(bitCount / 8))
    return err('card_bit_count')
  const bits = Array.from({ length: bitCount }, (_, at) => ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
  const format = formats.find((known) => known.bitCount === bitCount)
  if (!format) return ok(decimal(bits))
  const ones = ([from, to]: readonly [number, number]) =>
    bits.slice(from, to + 1).filter((bit) => bit === 1).length
  if (ones(format.even) % 2 !== 0 || ones(format.odd) % 2 !== 1) return err('card_parity')
  return ok(decimal(bits.slice(format.number[0], format.number[1] + 1)))
}

function decimal(bits: readonly number[]): string {
  return BigInt(`0b${bits.join('')}`).toString()
}
