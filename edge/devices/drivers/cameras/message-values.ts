/** Where a value was looked for and what was there. */
export type Found =
  | { readonly kind: 'value'; readonly value: unknown }
  /** `at` is the shortest part of the path that holds nothing. */
  | { readonly kind: 'missing'; readonly at: string }

/** One reading with the message around it; `at` is the reading's own place in the message, empty for all of it. */
export interface Reading {
  readonly message: unknown
  readonly value: unknown
  readonly at: string
}

/** Follows a dotted path; with `^` in front it begins at the message. Null and empty text are nothing. */
export function valueAt(reading: Reading, path: string): Found {
  const fromTop = path.startsWith('^')
  let at = fromTop ? '' : reading.at
  let value = fromTop ? reading.message : reading.value
  for (const key of (fromTop ? path.slice(1) : path).split('.')) {
    at = at === '' ? key : `${at}.${key}`
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      return { kind: 'missing', at }
    value = (value as Record<string, unknown>)[key]
    if (value === null || value === undefined || value === '') return { kind: 'missing', at }
  }
  return { kind: 'value', value }
}

/** The text of a number, text or truth value; undefined for anything else. */
export function textAt(reading: Reading, path: string): string | undefined {
  const found = valueAt(reading, path)
  if (found.kind === 'missing') return undefined
  const { value } = found
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

/** A number, also when written as text; undefined when it is none. */
export function numberAt(reading: Reading, path: string): number | undefined {
  const text = textAt(reading, path)
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}
