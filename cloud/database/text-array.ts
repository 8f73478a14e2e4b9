const textOid = 25
const headerBytes = 20

/**
 * The binary form of a one-dimensional `text[]`, for a parameter `$n::text[]`: nothing has to be quoted here or read
 * character by character there. A NUL character is refused by the store (SQLSTATE 22021).
 */
export function textArray(values: readonly (string | null)[]): Buffer {
  if (values.length === 0) return emptyArray()
  const lengths = values.map((value) => (value === null ? -1 : Buffer.byteLength(value)))
  const bytes = lengths.reduce((sum, length) => sum + 4 + Math.max(length, 0), headerBytes)
  const array = Buffer.allocUnsafe(bytes)
  array.writeInt32BE(1, 0)
  array.writeInt32BE(lengths.includes(-1) ? 1 : 0, 4)
  array.writeInt32BE(textOid, 8)
  array.writeInt32BE(values.length, 12)
  array.writeInt32BE(1, 16)
  let at = headerBytes
  for (const [index, value] of values.entries()) {
    at = array.writeInt32BE(lengths[index] ?? -1, at)
    if (value !== null) at += array.write(value, at)
  }
  return array
}

function emptyArray(): Buffer {
  const array = Buffer.alloc(12)
  array.writeInt32BE(textOid, 8)
  return array
}

/** The text form of a `text[]`, for a column of them: PostgreSQL has no arrays of arrays of different lengths. */
export function textArrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join()}}`
}
