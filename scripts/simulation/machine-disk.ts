import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ChainHead } from '@gatehouse/shared/ledger/chain'

/** Room that is kept for a full disk: eight megabytes that never change are linked, not copied. */
const reserveFile = 'reserve.bin'
/** The card gateway of the sandbox stands for a service elsewhere, whose books do not go back with a disk. */
const elsewhere = /^sandbox-gateway/

/** A disk as it was, and the last entry that was on it. */
export interface DiskImage {
  readonly folder: string
  readonly incarnation: number
  readonly head: ChainHead
  /** What the witness remembered then. */
  readonly witness: string | undefined
}

/** Copies a disk as it is at this moment into an empty folder; `image`: only what belongs to the machine itself. */
export function copyDisk(from: string, to: string, what: 'all' | 'image'): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (what === 'image' && elsewhere.test(entry.name)) continue
    if (entry.isDirectory()) copyDisk(source, target, what)
    else if (entry.name === reserveFile) linkSync(source, target)
    else copyFileSync(source, target)
  }
}

/** Empties a disk of what belongs to the machine itself. */
export function clearDisk(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!elsewhere.test(name)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}
