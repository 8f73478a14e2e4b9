import fs, { existsSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { SiteMachine } from './site-machine.ts'

const reserveFile = 'reserve.bin'
/** Eight megabytes in pages of the store. */
const reservePages = 2_000
const pagesMax = 1_073_741_823

/**
 * Disks of machines on which no byte is left: their stores get no further page, the system says that nothing is free, and
 * whoever deletes the reserve has its room.
 */
export class FullDisks {
  readonly #full = new Set<SiteMachine>()

  /** Puts these disks in the place of the machine's for the whole process; all others are what they are. */
  install(): void {
    const { statfsSync, rmSync } = fs
    const statfs = (folder: string) => {
      const found = statfsSync(folder)
      return this.#at(folder) ? { ...found, bavail: 0 } : found
    }
    const rm = (path: string, options?: fs.RmOptions) => {
      rmSync(path, options)
      const machine = basename(path) === reserveFile ? this.#at(dirname(path)) : undefined
      if (machine) this.limit(machine)
    }
    Object.assign(fs, { statfsSync: statfs, rmSync: rm })
    syncBuiltinESMExports()
  }

  reset(): void {
    this.#full.clear()
  }

  isFull(machine: SiteMachine): boolean {
    return this.#full.has(machine)
  }

  fill(machine: SiteMachine): void {
    this.#full.add(machine)
    this.limit(machine)
  }

  free(machine: SiteMachine): void {
    this.#full.delete(machine)
    machine.life?.site.kernel.db.pragma(`max_page_count = ${pagesMax}`)
  }

  /** Gives the open store of a full disk no more than it has, and the reserve where that was released. */
  limit(machine: SiteMachine): void {
    const db = machine.life?.site.kernel.db
    if (!db || !this.#full.has(machine)) return
    const room = existsSync(join(machine.folder, reserveFile)) ? 0 : reservePages
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + room}`)
  }

  #at(folder: string): SiteMachine | undefined {
    return [...this.#full].find((machine) => machine.folder === folder)
  }
}
