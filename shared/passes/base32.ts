// Crockford base 32 in capitals: QR codes hold it in their dense alphanumeric mode, and a scanner that types
// like a keyboard sends it unharmed.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
// By character code; what is no digit has no entry.
const values: (number | undefined)[] = []
for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value

/** Writes bytes as Crockford base 32, five bits per character, the last one filled up with zeros. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31]
}

/** Reads what `toBase32` wrote; `undefined` for any other text, also for another spelling of the same bytes. */
export function fromBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (let place = 0; place < text.length; place += 1) {
    const value = values[text.charCodeAt(place)]
    if (value === undefined) return undefined
    held = (held << 5) | value
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at] = held >> bits
    at += 1
    held &= (1 << bits) - 1
  }
  // Left over are only the zeros that filled the last character.
  return bits < 5 && held === 0 ? bytes : undefined
}
