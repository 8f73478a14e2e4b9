import { z } from 'zod'
import { err, ok, type Result } from '../result/result.ts'

/** Longest card that is read, bits. */
export const cardBitsMax = 256
/** Shortest card; what is shorter is a key of a keypad, or noise. */
export const cardBitsMin = 24

/** A number inside the bits of a card: its first bit, counted from 0 as the reader sends them, and how many. */
const fieldSchema = z.strictObject({
  at: z
    .int()
    .min(0)
    .max(cardBitsMax - 1),
  bits: z.int().min(1).max(64),
})

/** A rule that bits must obey. `covers` has one letter per bit of the card: `x` is counted, its parity bit too. */
const paritySchema = z.strictObject({
  sense: z.enum(['even', 'odd']),
  covers: z.string().regex(/^[.x]*x[.x]*$/),
})

/** A card whose numbers somebody published. */
const exampleSchema = z.strictObject({
  bits: z.string().regex(/^[01]+$/),
  facility: z.int().min(0).optional(),
  card: z.int().min(0),
  source: z.string().min(1),
})

/** What the bits of one kind of card mean, as a file of `firmware-profiles/card-formats` says it. */
export const cardFormatSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{1,30}$/),
  title: z.string().min(1),
  bits: z.int().min(cardBitsMin).max(cardBitsMax),
  facility: fieldSchema.optional(),
  card: fieldSchema,
  /** Bits that are the same on every card of this kind; one letter per bit, `.` may be either. */
  fixed: z
    .string()
    .regex(/^[01.]+$/)
    .optional(),
  parity: z.array(paritySchema).max(64),
  /**
   * `digits`: facility and card number as one decimal number, as converters print it. `named`: `name:facility-card`, so
   * that cards of two formats are never taken for each other.
   */
  number: z.enum(['digits', 'named']),
  /** Where the layout was published. */
  sources: z.array(z.string().min(1)).min(1),
  examples: z.array(exampleSchema).default([]),
})
export type CardFormat = z.infer<typeof cardFormatSchema>

/** What is wrong with a format: where in the file, and a sentence for its author. */
export interface CardFormatProblem {
  readonly at: string
  readonly message: string
}

/** Reads one parsed file of a card format. Refuses with every problem found. */
export function readCardFormat(json: unknown): Result<CardFormat, CardFormatProblem[]> {
  const parsed = cardFormatSchema.safeParse(json)
  if (!parsed.success) {
    return err(parsed.error.issues.map(({ path, message }) => ({ at: path.join('.'), message })))
  }
  const problems = contradictions(parsed.data)
  return problems.length > 0 ? err(problems) : ok(parsed.data)
}

function contradictions(format: CardFormat): CardFormatProblem[] {
  const { bits, facility, card, fixed, parity, number } = format
  const problems: CardFormatProblem[] = []
  const isOutside = (field: { at: number; bits: number }) => field.at + field.bits > bits
  if (facility && isOutside(facility))
    problems.push({ at: 'facility', message: 'It is longer than the card.' })
  if (isOutside(card)) problems.push({ at: 'card', message: 'It is longer than the card.' })
  const masks = parity.map(({ covers }, index): [at: string, mask: string] => [
    `parity.${index}.covers`,
    covers,
  ])
  if (fixed !== undefined) masks.push(['fixed', fixed])
  for (const [at, mask] of masks) {
    if (mask.length !== bits) problems.push({ at, message: `It needs one letter for each of ${bits} bits.` })
  }
  const follows = facility === undefined || facility.at + facility.bits === card.at
  if (number === 'digits' && !follows) {
    problems.push({ at: 'number', message: 'Digits need the card number right behind the facility.' })
  }
  return problems
}
