import { err, ok, type Result } from '../result/result.ts'
import { type CardFormat, cardBitsMax, cardBitsMin } from './card-format.ts'

/** What a card says: its numbers apart, and the text by which a site knows it. */
export interface CardNumber {
  readonly facility?: bigint
  readonly card: bigint
  readonly number: string
}

/** Why the bits of a card are no number. */
export type CardRefusal =
  /** No card has so few or so many bits. */
  | 'card_bit_count'
  /** A parity or a bit that is always the same is wrong: noise, or a card of another format. */
  | 'card_parity'
  /** The reader was told which formats there are, and this is none of them. */
  | 'card_format'

/**
 * Formats that a reader takes when nobody chose any; every other card is then all of its bits as one decimal number.
 * Credentials were stored so before formats were data, and they go on working.
 */
export const usualCardFormats: readonly string[] = ['h10301', 'h10302']

/** The formats of a reader: those that were chosen for it and no others, or the usual ones and any other card raw. */
export interface CardFormatChoice {
  readonly formats: readonly CardFormat[]
  readonly takesOthers: boolean
}

/** Why a choice of formats cannot be used. */
export type CardChoiceRefusal = 'unknown_card_format' | 'ambiguous_card_formats'

/**
 * Reads the names of formats, parted by blanks or commas; an empty text is the usual choice. Two formats of one length
 * cannot be told apart and are refused.
 */
export function chooseCardFormats(
  names: string,
  known: ReadonlyMap<string, CardFormat>,
): Result<CardFormatChoice, CardChoiceRefusal> {
  const asked = names.split(/[\s,]+/).filter((name) => name !== '')
  const formats: CardFormat[] = []
  for (const name of asked.length > 0 ? asked : usualCardFormats) {
    const format = known.get(name.toLowerCase())
    if (!format) return err('unknown_card_format')
    formats.push(format)
  }
  const lengths = new Set(formats.map(({ bits }) => bits))
  if (lengths.size !== formats.length) return err('ambiguous_card_formats')
  return ok({ formats, takesOthers: asked.length === 0 })
}

/** Reads the bits of a card, the first one sent in the highest bit of the first byte. */
export function readCard(
  choice: CardFormatChoice,
  bitCount: number,
  bytes: Uint8Array,
): Result<CardNumber, CardRefusal> {
  // A reader that takes any card has taken short ones as well.
  const shortest = choice.takesOthers ? shortestRawBits : cardBitsMin
  if (bitCount < shortest || bitCount > cardBitsMax || bytes.length < Math.ceil(bitCount / 8)) {
    return err('card_bit_count')
  }
  const bits = Array.from({ length: bitCount }, (_, at) => ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
  const format = choice.formats.find((each) => each.bits === bitCount)
  if (format) return readFormat(format, bits)
  if (!choice.takesOthers) return err('card_format')
  const card = numberOf(bits)
  return ok({ card, number: card.toString() })
}

const shortestRawBits = 8

function readFormat(format: CardFormat, bits: readonly number[]): Result<CardNumber, CardRefusal> {
  const { parity, fixed = '', facility: facilityField, card: cardField, name } = format
  if (!parity.every(({ sense, covers }) => ones(bits, covers) % 2 === (sense === 'odd' ? 1 : 0))) {
    return err('card_parity')
  }
  if ([...fixed].some((letter, at) => letter !== '.' && Number(letter) !== bits[at]))
    return err('card_parity')
  const card = fieldOf(bits, cardField)
  const facility = facilityField && fieldOf(bits, facilityField)
  const apart = { card, ...(facility !== undefined && { facility }) }
  if (format.number === 'named') {
    return ok({
      ...apart,
      number: facility === undefined ? `${name}:${card}` : `${name}:${facility}-${card}`,
    })
  }
  const whole = facility === undefined ? card : (facility << BigInt(cardField.bits)) | card
  return ok({ ...apart, number: whole.toString() })
}

function ones(bits: readonly number[], covers: string): number {
  return bits.filter((bit, at) => bit === 1 && covers[at] === 'x').length
}

function fieldOf(bits: readonly number[], { at, bits: count }: CardFormat['card']): bigint {
  return numberOf(bits.slice(at, at + count))
}

function numberOf(bits: readonly number[]): bigint {
  return BigInt(`0b${bits.join('')}`)
}
