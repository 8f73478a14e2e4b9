import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const reserveBytes = 8 * 1024 * 1024
const chunk = Buffer.alloc(256 * 1024)

/**
 * A file that keeps room for access and departures: it is deleted when the disk is full, so that entries
 * which must be recorded still fit, and made again when there is room.
 */
export class DiskReserve {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Gives the reserved bytes back to the file system. */
  release(): void {
    rmSync(this.#path, { force: true })
  }

  /** Tells whether the reserve is complete. */
  get held(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === reserveBytes
  }

  /** Makes the reserve when the disk has at least three times its size free; tells whether it is held. */
  restore(): boolean {
    if (this.held) return true
    const disk = statfsSync(dirname(this.#path))
    if (disk.bavail * disk.bsize < reserveBytes * 3) return false
    return this.#write()
  }

  #write(): boolean {
    const file = openSync(this.#path, 'w')
    try {
      for (let written = 0; written < reserveBytes; written += chunk.length) writeSync(file, chunk)
      fsyncSync(file)
      return true
    } catch {
      this.release()
      return false
    } finally {
      closeSync(file)
    }
  }
}
