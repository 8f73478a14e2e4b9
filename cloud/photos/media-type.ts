/** The largest picture that is kept, bytes. */
export const photoBytesMax = 1024 * 1024

export type PhotoType = 'image/png' | 'image/jpeg' | 'image/webp'

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const jpeg = [0xff, 0xd8, 0xff]

/** Tells a picture's media type by its first bytes, whatever its file is called; `undefined` for anything else. */
export function mediaTypeOf(bytes: Uint8Array): PhotoType | undefined {
  if (startsWith(bytes, png)) return 'image/png'
  if (startsWith(bytes, jpeg)) return 'image/jpeg'
  // RIFF container: `RIFF`, four bytes of length, `WEBP`.
  if (textAt(bytes, 0) === 'RIFF' && textAt(bytes, 8) === 'WEBP') return 'image/webp'
  return undefined
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, at) => bytes[at] === byte)
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4))
}
