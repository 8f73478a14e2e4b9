/** How a parsed JSON value stands to its RFC 8785 form. */
export type CanonicalForm = 'canonical' | 'other' | 'too_deep'

/**
 * Tells whether `JSON.stringify` writes this parsed value in its RFC 8785 form as it is: all keys are in the order
 * of their UTF-16 code units. (Numbers and strings are written alike by both, RFC 8785 3.2.2.) What an edge sends is,
 * so that sorting every object anew, the dearest step of taking an entry, is left out.
 * `too_deep` when it nests deeper than `depthMax`.
 */
export function canonicalForm(value: unknown, depthMax: number): CanonicalForm {
  if (typeof value !== 'object' || value === null) return 'canonical'
  if (depthMax === 0) return 'too_deep'
  let form: CanonicalForm = 'canonical'
  if (Array.isArray(value)) {
    for (const item of value) {
      const inner = canonicalForm(item, depthMax - 1)
      if (inner === 'too_deep') return inner
      if (inner === 'other') form = inner
    }
    return form
  }
  let before: string | undefined
  for (const [key, item] of Object.entries(value)) {
    if (before !== undefined && key < before) form = 'other'
    before = key
    const inner = canonicalForm(item, depthMax - 1)
    if (inner === 'too_deep') return inner
    if (inner === 'other') form = inner
  }
  return form
}
