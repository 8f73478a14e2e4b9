import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a small file, for its owner only, and its folders where they are missing; it is on the disk when this
 * returns. A power cut leaves the file as it was before or the whole new one: never a part, nor an empty file
 * under its name, which is what writing without these syncs leaves for half a minute.
 */
export function writeDurably(path: string, text: string): void {
  const folder = dirname(path)
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 })
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w', 0o600)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(temporary, path)
  syncFolder(folder)
  if (made !== undefined) syncFolder(dirname(made))
}

/** Makes what was made, renamed or removed in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}
