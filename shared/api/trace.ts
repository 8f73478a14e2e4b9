import { z } from 'zod'

/** 32 hexadecimal characters, the same from browser through cloud to edge. */
const traceIdPattern = /^(?!0{32})[0-9a-f]{32}$/

/** A trace id where a message may carry one; another value is as good as none and refuses nothing. */
export const traceIdSchema = z.string().regex(traceIdPattern).optional().catch(undefined)

// W3C Trace Context §3.2: version, trace-id, parent-id, flags. Version ff is invalid, zeros are invalid, version 00
// has no further fields, later versions may have some.
const traceparentPattern =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/

/** Longer header values are not looked at. */
const traceparentCharactersMax = 256

/**
 * Reads the trace id of a `traceparent` header; `undefined` when there is none or it is invalid, and then the
 * receiver begins a trace of its own (W3C Trace Context §4.3).
 */
export function traceIdOf(header: string | undefined): string | undefined {
  if (header === undefined || header.length > traceparentCharactersMax) return undefined
  const [, version, traceId, further] = traceparentPattern.exec(header.trim()) ?? []
  return version === '00' && further !== undefined ? undefined : traceId
}

/** Writes a `traceparent` header; `parentId` has 16 hexadecimal characters, not all zero. */
export function traceparentOf(traceId: string, parentId: string): string {
  return `00-${traceId}-${parentId}-01`
}

/** The two hexadecimal digits of each byte. */
const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Writes 24 bytes of chance as a new trace: the id from the first 16, the parent from the other 8. */
export function traceFrom(bytes: Uint8Array): { readonly traceId: string; readonly parentId: string } {
  let hex = ''
  for (const byte of bytes) hex += hexDigits[byte]
  // The two values that the standard forbids come once in 2^64; they become the smallest allowed.
  const traceId = hex.slice(0, 32).replace(/^0{32}$/, '0'.repeat(31).concat('1'))
  const parentId = hex.slice(32, 48).replace(/^0{16}$/, '0'.repeat(15).concat('1'))
  return { traceId, parentId }
}
