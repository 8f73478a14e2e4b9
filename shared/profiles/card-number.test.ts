import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CardFormat, readCardFormat } from './card-format.ts'
import { type CardFormatChoice, chooseCardFormats, readCard } from './card-number.ts'

const folder = new URL('../../firmware-profiles/card-formats/', import.meta.url)
const known = new Map<string, CardFormat>()
for (const file of readdirSync(folder)) {
  const read = readCardFormat(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
  if (read.ok) known.set(read.value.name, read.value)
}

const bytesOf = (bits: string) =>
  Uint8Array.from(bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [], (byte) =>
    Number.parseInt(byte, 2),
  )
const chosen = (names: string): CardFormatChoice => {
  const choice = chooseCardFormats(names, known)
  return choice.ok ? choice.value : { formats: [], takesOthers: false }
}
const read = (names: string, bits: string) => readCard(chosen(names), bits.length, bytesOf(bits))

/** Sets the parity bits of a card, the innermost first: each is the bit that only its own and later rules cover. */
function withParity(format: CardFormat, bits: readonly number[]): number[] {
  const done = [...bits]
  const inFields = (at: number) =>
    [format.facility, format.card].some((field) => field && at >= field.at && at < field.at + field.bits)
  const isFixed = (at: number) => (format.fixed?.[at] ?? '.') !== '.'
  format.parity.forEach(({ sense, covers }, index) => {
    const earlier = format.parity.slice(0, index)
    const at = done.findIndex(
      (_, bit) =>
        covers[bit] === 'x' &&
        !inFields(bit) &&
        !isFixed(bit) &&
        earlier.every((rule) => rule.covers[bit] !== 'x'),
    )
    done[at] = 0
    const ones = done.filter((bit, here) => bit === 1 && covers[here] === 'x').length
    done[at] = ones % 2 === (sense === 'odd' ? 1 : 0) ? 0 : 1
  })
  return done
}

/** A card of a format with these numbers. */
function cardOf(format: CardFormat, facility: bigint, card: bigint): string {
  const bits = Array.from({ length: format.bits }, (_, at) => Number((format.fixed?.[at] ?? '.') === '1'))
  const put = (field: CardFormat['card'], value: bigint) => {
    for (let n = 0; n < field.bits; n += 1) {
      bits[field.at + n] = Number((value >> BigInt(field.bits - 1 - n)) & 1n)
    }
  }
  if (format.facility) put(format.facility, facility)
  put(format.card, card)
  return withParity(format, bits).join('')
}

describe.each([...known])('%s', (name, format) => {
  test('reads what was published', () => {
    for (const { bits, facility, card } of format.examples) {
      const expected = { card: BigInt(card), ...(facility !== undefined && { facility: BigInt(facility) }) }
      expect(read(name, bits)).toMatchObject({ ok: true, value: expected })
    }
  })

  test('reads every number that fits and refuses it with one bit wrong that a parity covers', () => {
    const covered = format.parity.flatMap(({ covers }) =>
      [...covers].flatMap((x, at) => (x === 'x' ? [at] : [])),
    )
    const below = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
    fc.assert(
      fc.property(
        below(format.facility?.bits ?? 1),
        below(format.card.bits),
        fc.nat(),
        (facility, card, at) => {
          const bits = cardOf(format, facility, card)
          const expected = format.facility ? { facility, card } : { card }
          expect(read(name, bits)).toMatchObject({ ok: true, value: expected })
          if (covered.length === 0) return
          const wrong = covered[at % covered.length] ?? 0
          const flipped = [...bits].map((bit, here) => (here === wrong ? `${1 - Number(bit)}` : bit)).join('')
          expect(read(name, flipped)).toEqual({ ok: false, error: 'card_parity' })
        },
      ),
      { numRuns: 50 },
    )
  })
})

test('every file is a format, and its name is that of its file', () => {
  expect([...known.keys()].map((name) => `${name}.json`).sort()).toEqual(readdirSync(folder).sort())
})

test('cards that were stored before formats were data keep their numbers', () => {
  const h10301 = [...known.values()].filter(({ name }) => name === 'h10301')[0]?.examples[0]
  expect(read('', h10301?.bits ?? '')).toMatchObject({ value: { number: String(123 * 65_536 + 4_567) } })
  const h10304 = known.get('h10304')
  const wide = h10304 ? cardOf(h10304, 5n, 7n) : ''
  expect(read('', wide)).toMatchObject({ value: { number: String(5 * 2 ** 19 + 7) } })
  const other = '1'.repeat(34)
  expect(read('', other)).toMatchObject({ value: { number: String(2 ** 34 - 1) } })
  expect(read('', '10000001')).toMatchObject({ value: { number: '129' } })
})

test('a number of a chosen format names the format and keeps the facility apart', () => {
  const h10306 = known.get('h10306')
  const bits = h10306 ? cardOf(h10306, 1n, 5n) : ''
  expect(read('h10301 h10306', bits)).toMatchObject({ value: { number: 'h10306:1-5' } })
  expect(read('h10301, CARD34', bits)).toMatchObject({ value: { number: 'card34:65541' } })
})

test('a reader with chosen formats takes no other card, and none too short or too long', () => {
  expect(read('h10301', '1'.repeat(34))).toEqual({ ok: false, error: 'card_format' })
  for (const bits of ['', '1111', '1'.repeat(23), '1'.repeat(257)]) {
    expect(read('h10301', bits)).toEqual({ ok: false, error: 'card_bit_count' })
  }
  expect(readCard(chosen('h10301'), 26, Uint8Array.of(1, 2, 3))).toEqual({
    ok: false,
    error: 'card_bit_count',
  })
})

test('refuses a format that nobody knows, and two that nobody can tell apart', () => {
  expect(chooseCardFormats('h10301 h99999', known)).toEqual({ ok: false, error: 'unknown_card_format' })
  expect(chooseCardFormats('h10306 bqt34', known)).toEqual({ ok: false, error: 'ambiguous_card_formats' })
})

const custom = {
  ...{ name: 'own-30', title: 'Own', bits: 30, facility: { at: 1, bits: 8 }, card: { at: 9, bits: 20 } },
  parity: [{ sense: 'odd', covers: `${'x.'.repeat(15)}` }],
  ...{ number: 'named', sources: ['the maker of the cards'] },
}

test('reads a format of a site’s own, with a parity over every other bit', () => {
  const format = readCardFormat(custom)
  expect(
    format.ok && readCard({ formats: [format.value], takesOthers: false }, 30, bytesOf('1'.repeat(30))),
  ).toEqual({
    ok: true,
    value: { facility: 255n, card: 2n ** 20n - 1n, number: 'own-30:255-1048575' },
  })
})

test.each([
  ['a parity over fewer bits', { parity: [{ sense: 'odd', covers: 'xxx' }] }, 'parity.0.covers'],
  ['a parity over no bit', { parity: [{ sense: 'odd', covers: '.'.repeat(30) }] }, 'parity.0.covers'],
  ['a card beyond the end', { card: { at: 20, bits: 20 } }, 'card'],
  ['a facility beyond the end', { facility: { at: 29, bits: 2 } }, 'facility'],
  ['fixed bits of another length', { fixed: '1' }, 'fixed'],
  ['digits of fields that are apart', { number: 'digits', card: { at: 10, bits: 8 } }, 'number'],
  ['a card as short as a key', { bits: 8 }, 'bits'],
  ['no source', { sources: [] }, 'sources'],
  ['a field that nobody reads', { colour: 'red' }, ''],
])('refuses a format with %s', (_what, part, at) => {
  const format = readCardFormat({ ...custom, ...part })
  expect(format.ok ? [] : format.error.map((problem) => problem.at)).toContain(at)
})

test('no bits make reading throw', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1, max: 300 }), fc.uint8Array({ maxLength: 40 }), (count, bytes) => {
      for (const names of ['', 'h10301 h10302 p10001']) readCard(chosen(names), count, bytes)
    }),
  )
})
