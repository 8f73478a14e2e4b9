import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { enrolAnswerSchema } from '@gatehouse/shared/wire/v1/sync'
import { z } from 'zod'
import { confirmRestored } from '../backup/restored-note.ts'
import { moveAside } from '../ledger/damage-note.ts'
import { syncFolder, writeDurably } from '../ledger/durable-file.ts'
import { checkpointFile } from '../retention/checkpoint-file.ts'
import { lastGoodFile } from '../site/last-good.ts'
import { storeFile } from '../site/store-file.ts'
import { type SiteIdentity, saveIdentity } from '../sync/site-identity.ts'

/** The store that is built from the cloud's copy, until it takes the place of the one in use. */
export const recoveredFile = 'recovered.sqlite'
const noteFile = 'take-over.json'
const noteSchema = z.object({ atMs: z.int(), identity: enrolAnswerSchema })

/**
 * Puts a recovered store into its place and begins the next life.
 *
 *   building ─ note ─▶ decided ─ old store aside ─ new store in its place ─ identity ─ note gone ─▶ next life
 *
 * A crash before the note leaves the life before; after it, the next start goes on here. The old store is kept.
 */
export function takeOver(dataFolder: string, identity: SiteIdentity, atMs: number): void {
  writeDurably(join(dataFolder, noteFile), JSON.stringify({ atMs, identity }))
  finishTakeOver(dataFolder)
}

/** Goes on with a change of stores that a crash interrupted; nothing happens where there is none. */
export function finishTakeOver(dataFolder: string): void {
  const path = join(dataFolder, noteFile)
  if (!existsSync(path)) return
  const { atMs, identity } = noteSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  const recovered = join(dataFolder, recoveredFile)
  if (existsSync(recovered)) {
    const replaced = [storeFile, lastGoodFile, checkpointFile]
    for (const file of replaced) moveAside(dataFolder, file, { kind: 'replaced', atMs })
    renameSync(recovered, join(dataFolder, storeFile))
    syncFolder(dataFolder)
  }
  saveIdentity(dataFolder, identity)
  confirmRestored(dataFolder)
  rmSync(path)
  syncFolder(dataFolder)
}
