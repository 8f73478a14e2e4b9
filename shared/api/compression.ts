// The middleware around these rules stands in both tiers, since `shared` knows no HTTP library and waits for nothing;
// scripts/story/compression.test.ts holds both to one behaviour.

/** Smaller answers travel in one packet anyway. */
export const compressedBytesMin = 1_024

/**
 * Tells whether an answer must stay uncompressed: one with `no-store`, which is how an answer that holds a secret
 * says so (BREACH: the length of a compressed answer tells about a secret beside text that somebody else chose).
 */
export function holdsSecret(headers: Headers): boolean {
  return headers.get('cache-control')?.includes('no-store') ?? false
}

/** Tells whether an answer has to be measured: JSON made in memory has no `Content-Length` to judge by. Event streams never. */
export function lacksLength(headers: Headers): boolean {
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false
  return isJson && !headers.has('content-length') && !headers.has('content-encoding')
}
