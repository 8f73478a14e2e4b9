/** How a parsed JSON value stands to its RFC 8785 form. */
export type CanonicalForm = 'canonical' | 'other' | 'none'

/**
 * Tells whether `JSON.stringify` writes this parsed value in its RFC 8785 form as it is: all keys are in the order
 * of their UTF-16 code units. (Numbers and strings are written alike by both, RFC 8785 3.2.2.) What an edge sends is,
 * so that sorting every object anew, the dearest step of taking an entry, is left out.
 * `none` when it nests deeper than `depthMax` or holds a number that is too large to be one (RFC 8785 3.2.2.3).
 */
export function canonicalForm(value: unknown, depthMax: number): CanonicalForm {
  if (typeof value === 'number') return Number.isFinite(value) ? 'canonical' : 'none'
  if (typeof value !== 'object' || value === null) return 'canonical'
  if (depthMax === 0) return 'none'
  let form: CanonicalForm = 'canonical'
  if (Array.isArray(value)) {
    for (const item of value) {
      const inner = canonicalForm(item, depthMax - 1)
      if (inner === 'none') return inner
      if (inner === 'other') form = inner
    }
    return form
  }
  let before: string | undefined
  for (const [key, item] of Object.entries(value)) {
    if (before !== undefined && key < before) form = 'other'
    before = key
    const inner = canonicalForm(item, depthMax - 1)
    if (inner === 'none') return inner
    if (inner === 'other') form = inner
  }
  return form
}
