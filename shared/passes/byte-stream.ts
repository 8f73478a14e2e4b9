/** Gathers the bytes of a pass. */
export class ByteWriter {
  readonly #bytes: number[] = []

  byte(value: number): void {
    this.#bytes.push(value & 0xff)
  }

  /** Four bytes, the highest first. */
  uint32(value: number): void {
    this.raw([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff])
  }

  /** Eight bytes, the highest first, of a whole number that JavaScript holds exactly. */
  uint53(value: number): void {
    this.uint32(Math.floor(value / 2 ** 32))
    this.uint32(value % 2 ** 32)
  }

  raw(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#bytes.push(byte)
  }

  /** An id: its length in one byte, then ASCII. */
  id(text: string): void {
    this.byte(text.length)
    for (let at = 0; at < text.length; at += 1) this.byte(text.charCodeAt(at))
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

/** Reads the bytes of a pass; past the end it gives zeros and remembers that something was missing. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0
  #missing = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** How many bytes were read. */
  get at(): number {
    return this.#at
  }

  /** Whether more was read than there is. */
  get missing(): boolean {
    return this.#missing
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  byte(): number {
    return this.raw(1)[0] ?? 0
  }

  uint32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.raw(4)
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  }

  /** More than JavaScript holds exactly comes out unsafe. */
  uint53(): number {
    return this.uint32() * 2 ** 32 + this.uint32()
  }

  raw(length: number): Uint8Array {
    if (length > this.left) this.#missing = true
    const part = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at = Math.min(this.#bytes.length, this.#at + length)
    return part
  }

  id(): string {
    return String.fromCharCode(...this.raw(this.byte()))
  }
}
