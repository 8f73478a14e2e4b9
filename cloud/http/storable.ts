/** `\u0000` and halves of surrogate pairs, as JSON writes them. */
const unstorable = /\\u(0000|d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/

/**
 * Whether PostgreSQL can store every text in `value`: its texts hold no NUL and its `jsonb` no lone surrogate.
 * Texts that merely speak of such an escape are refused too; nobody sends them in earnest.
 */
export function isStorable(value: unknown): boolean {
  return !unstorable.test(JSON.stringify(value) ?? '')
}
