/** What a reader is. */
export interface ReaderIdentity {
  /** Three bytes of the maker's IEEE number, hex. */
  readonly vendor: string
  readonly model: number
  readonly version: number
  readonly serial: number
  /** Three numbers with dots. */
  readonly firmware: string
}

/** One thing that a reader can do (OSDP 2.2 annex B): which function, how far, how many. */
export interface ReaderCapability {
  readonly function: number
  readonly level: number
  readonly count: number
}

/** What a reader said of itself; pinned when its key is set. */
export interface ReaderFacts {
  readonly identity: ReaderIdentity
  readonly capabilities: readonly ReaderCapability[]
}

/** What this machine knows of one reader. */
export interface ReaderSecrets {
  /** 16 bytes. */
  readonly key: Uint8Array
  /** Absent until the first session under this key. */
  readonly facts?: ReaderFacts
}

/** Keys of readers by the id of the device, kept over restarts and never told to anyone. */
export interface ReaderKeys {
  read(deviceId: string): ReaderSecrets | undefined
  /** Durable when it returns true; false when the disk did not take it, and then nothing has changed. */
  write(deviceId: string, secrets: ReaderSecrets): boolean
}
