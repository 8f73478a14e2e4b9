import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '../ledger/durable-file.ts'

const noteFile = 'restored.json'

/** Why a site with this note does not sell. */
export const restoredReason = 'restored_unconfirmed'

/**
 * Leaves the note that this store came from a backup; durable before it returns. What the site sold after the
 * backup is missing here, so it sells nothing until the cloud said that it knows of no more (ARCHITECTURE §5).
 */
export function leaveRestoredNote(dataFolder: string, note: object): void {
  writeDurably(join(dataFolder, noteFile), JSON.stringify(note))
}

/** Tells whether the store came from a backup and the cloud has not confirmed it yet. */
export function isRestoredUnconfirmed(dataFolder: string): boolean {
  return existsSync(join(dataFolder, noteFile))
}

/** Removes the note: the cloud compared heads and has nothing that is missing here. */
export function confirmRestored(dataFolder: string): void {
  rmSync(join(dataFolder, noteFile), { force: true })
}
