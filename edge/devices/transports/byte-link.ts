/** What a byte link tells its one owner. */
export interface ByteLinkHandlers {
  onUp(): void
  onBytes(bytes: Uint8Array): void
  /** `reason` is a stable machine word, for example `refused`, `closed`, `no_such_port`. */
  onDown(reason: string): void
}

/** A stream of bytes to one bus that reconnects by itself. It knows nothing of what the bytes mean. */
export interface ByteLink {
  /** Starts connecting. Called once. */
  open(): void
  /** Sends bytes; false when the link is down or its buffer is full, and then nothing was sent. */
  write(bytes: Uint8Array): boolean
  /** Drops the present connection and makes a new one: its owner hears nothing sensible on it. */
  reset(reason: string): void
  close(): Promise<void>
}

/** Bytes that may wait to be written before `write` refuses. */
export const linkWriteBufferMax = 65_536
