import { formatMoney } from '@gatehouse/shared/ui/format.ts'

type Body = Readonly<Record<string, unknown>>

const words = [
  'reference',
  'ticket',
  'spaceId',
  'doorId',
  'laneId',
  'method',
  'state',
  'reason',
  'outcome',
  'code',
  'version',
] as const
const wordsMax = 3

function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function money(body: Body, locale: string): string | undefined {
  const price = isRecord(body.price) ? body.price : {}
  const minor = body.amountMinor ?? body.dueMinor ?? price.totalMinor
  const currency = body.currency ?? price.currency
  if (typeof minor !== 'number' || typeof currency !== 'string') return undefined
  return formatMoney(minor, currency, locale)
}

/** The few values of a body that tell a person what it is about, in one line; money last. */
export function briefOf(body: Body, locale: string): string {
  const found = words
    .map((key) => body[key])
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .slice(0, wordsMax)
  return [...found, money(body, locale)].filter((part) => part !== undefined).join(' · ')
}
