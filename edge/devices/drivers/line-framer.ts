/** Longest line that is read, in bytes, a scanned ticket or receipt with its signature; a longer one is dropped whole. */
export const lineBytesMax = 1_400

/** Lines that were complete, and how many bytes were dropped as garbage. */
export interface FramedLines {
  readonly lines: readonly string[]
  readonly garbageBytes: number
}

const carriageReturn = 0x0d
const lineFeed = 0x0a

/**
 * Cuts bytes into lines of printable ASCII, ended by CR, LF or both. Pure but for its bounded buffer. A line with
 * other bytes in it, or one that is too long, is counted as garbage and dropped; the next line is read normally.
 */
export class LineFramer {
  #buffer: number[] = []
  /** The present line is already known to be garbage; its bytes are only counted. */
  #spoilt = false
  #dropped = 0

  /** Takes bytes and gives the lines that they completed. Empty lines are silent. */
  receive(bytes: Uint8Array): FramedLines {
    const lines: string[] = []
    let garbageBytes = 0
    for (const byte of bytes) {
      if (byte === carriageReturn || byte === lineFeed) {
        if (this.#spoilt) garbageBytes += this.#dropped
        else if (this.#buffer.length > 0) lines.push(String.fromCharCode(...this.#buffer))
        this.reset()
      } else if (this.#spoilt) {
        this.#dropped += 1
      } else if (byte < 0x20 || byte > 0x7e || this.#buffer.length >= lineBytesMax) {
        this.#spoilt = true
        this.#dropped = this.#buffer.length + 1
        this.#buffer = []
      } else {
        this.#buffer.push(byte)
      }
    }
    return { lines, garbageBytes }
  }

  /** Forgets an unfinished line, for example when the link was lost. */
  reset(): void {
    this.#buffer = []
    this.#spoilt = false
    this.#dropped = 0
  }
}
