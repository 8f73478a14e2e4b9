import { decodeFrame, frameBytesMax, markByte, type OsdpFrame, startByte, statedLength } from './frame.ts'

/** What came out of some bytes. */
export interface Deframed {
  readonly frames: readonly OsdpFrame[]
  /** Bytes that belong to no frame; marks between frames are not counted. */
  readonly garbageBytes: number
}

/**
 * Finds frames in bytes that come in any split. After noise it looks for the next start byte inside what it holds, so
 * that a frame behind a false start is found. It holds at most one frame.
 */
export class Deframer {
  readonly #held = new Uint8Array(frameBytesMax)
  #length = 0

  /** Forgets what was begun: a question was sent, and what came before is no answer to it. Returns the bytes dropped. */
  reset(): number {
    const dropped = this.#length
    this.#length = 0
    return dropped
  }

  /** Whether a frame has begun and is not whole yet. */
  get isInFrame(): boolean {
    return this.#length > 0
  }

  /** Takes bytes from the line. */
  receive(bytes: Uint8Array): Deframed {
    const frames: OsdpFrame[] = []
    let garbageBytes = 0
    for (let taken = 0; taken < bytes.length; ) {
      const part = bytes.subarray(taken, taken + frameBytesMax - this.#length)
      this.#held.set(part, this.#length)
      this.#length += part.length
      taken += part.length
      garbageBytes += this.#search(frames)
    }
    return { frames, garbageBytes }
  }

  /** Takes whole frames out of what is held; what is left begins with a start byte and is not complete. */
  #search(frames: OsdpFrame[]): number {
    let at = 0
    let garbageBytes = 0
    while (at < this.#length) {
      const held = this.#held.subarray(at, this.#length)
      if (held[0] !== startByte) {
        if (held[0] !== markByte) garbageBytes += 1
        at += 1
        continue
      }
      if (held.length < 4) break
      const length = statedLength(held)
      if (length !== undefined && held.length < length) break
      const frame = length === undefined ? undefined : decodeFrame(held.subarray(0, length))
      if (length !== undefined && frame?.ok) {
        frames.push(frame.value)
        at += length
      } else {
        garbageBytes += 1
        at += 1
      }
    }
    this.#held.copyWithin(0, at, this.#length)
    this.#length -= at
    return garbageBytes
  }
}
