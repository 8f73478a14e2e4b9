import { err, ok, type Result } from '@gatehouse/shared/result/result'

/** The content type of JSON mode. */
export const jsonType = 'application/json'

/**
 * Reads a body in JSON mode: one value, or an array that is flattened one level (Durable Streams 7.1).
 * Refuses with `not_text` (not UTF-8, which replacing characters would hide), `malformed_json` and `empty`.
 */
export function readJsonMessages(
  bytes: Uint8Array,
): Result<readonly unknown[], 'not_text' | 'malformed_json' | 'empty'> {
  const text = utf8(bytes)
  if (text === undefined) return err('not_text')
  if (text.trim() === '') return err('empty')
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return err('malformed_json')
  }
  const values = Array.isArray(body) ? body : [body]
  return values.length === 0 ? err('empty') : ok(values)
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Renders stored messages in JSON mode: one array, whatever requests they came in. */
export function jsonBody(texts: readonly string[]): string {
  return `[${texts.join(',')}]`
}
