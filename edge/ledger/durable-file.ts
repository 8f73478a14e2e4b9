import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a small file, for its owner only, and its folders where they are missing; it is on the disk when this
 * returns. A power cut leaves the file as it was before or the whole new one: never a part, nor an empty file
 * under its name, which is what writing without these syncs leaves for half a minute. A full disk leaves it as it was.
 */
export function writeDurably(path: string, text: string): void {
  const folder = dirname(path)
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 })
  const temporary = `${path}.new`
  try {
    writeWhole(temporary, Buffer.from(text))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  renameSync(temporary, path)
  syncFolder(folder)
  if (made !== undefined) syncFolder(dirname(made))
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w', 0o600)
  try {
    // A disk that is nearly full takes less than it is given, without an error.
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Makes what was made, renamed or removed in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}
