import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { EdgeConfig } from './config.ts'
import type { LedgerModule } from './ledger/command.ts'
import { readDamageNote } from './ledger/damage-note.ts'
import { openDatabase, type SiteDatabase } from './ledger/database.ts'
import { checkRebuild, type RebuildReport } from './ledger/rebuild.ts'
import {
  type CheckpointCopy,
  checkpointAdvice,
  checkpointFile,
  copyCheckpoint,
} from './retention/checkpoint-file.ts'
import { replayModules } from './site/replay-modules.ts'
import { copyFromRunningEdge } from './site/running-copy.ts'
import { damageAdvice } from './site/site-store.ts'
import { storeFile } from './site/store-file.ts'
import { loadIdentity } from './sync/site-identity.ts'

/**
 * `rebuild --check`: replays the ledger, from its checkpoint where it was pruned, and compares every projected table. Exit
 * code 0 equal, 1 different, or the checkpoint cannot be used.
 */
export async function rebuildCommand(
  config: EdgeConfig,
  random: Random,
  print: (line: string) => void,
): Promise<number> {
  const path = join(config.dataFolder, storeFile)
  if (!existsSync(path)) {
    const damage = readDamageNote(config.dataFolder)
    print(damage ? damageAdvice(damage) : `There is no ledger at ${path}.`)
    return 1
  }
  const { db, done } = await openForReading(config, path)
  try {
    const modules = modulesOf(config, db, random)
    const checkpoint = await openCheckpoint(config, db, modules)
    if (typeof checkpoint === 'string') {
      print(`BROKEN     ${checkpoint}: what was pruned cannot be replayed; ${checkpointAdvice}`)
      return 1
    }
    const report = checkAndClose(db, modules, checkpoint)
    if (checkpoint)
      print(`from the checkpoint at ${checkpoint.position.incarnation}/${checkpoint.position.seq}`)
    for (const { table, rows, equal } of report.tables) {
      print(`${equal ? 'equal    ' : 'DIFFERENT'}  ${table}  ${rows} rows`)
    }
    for (const { incarnation, seq, why } of report.breaks) print(`BROKEN     ${incarnation}/${seq}  ${why}`)
    print(`${report.entries} entries replayed: ${report.equal ? 'equal' : 'different'}`)
    return report.equal ? 0 : 1
  } finally {
    done()
  }
}

function openCheckpoint(
  { dataFolder }: EdgeConfig,
  db: SiteDatabase,
  modules: readonly LedgerModule[],
): ReturnType<typeof copyCheckpoint> {
  const files = { path: join(dataFolder, checkpointFile), to: join(dataFolder, 'checkpoint-copy.sqlite') }
  return copyCheckpoint(db, files, modules)
}

function checkAndClose(
  db: SiteDatabase,
  modules: readonly LedgerModule[],
  checkpoint: CheckpointCopy | undefined,
): RebuildReport {
  try {
    return checkRebuild(db, modules, checkpoint)
  } finally {
    checkpoint?.done()
  }
}

function modulesOf({ dataFolder }: EdgeConfig, db: SiteDatabase, random: Random): LedgerModule[] {
  const unknown = { siteId: siteIdSchema.parse('unknown'), siteKey: '', cloudPublicKey: '' }
  return replayModules({ dataFolder, random }, db, loadIdentity(dataFolder) ?? unknown)
}

/** Opens the store itself when no edge runs, else a copy that the running edge makes. */
async function openForReading(
  config: EdgeConfig,
  path: string,
): Promise<{ readonly db: SiteDatabase; readonly done: () => void }> {
  try {
    const db = openDatabase({ path, locking: 'shared' })
    return { db, done: () => db.close() }
  } catch (error) {
    if (!isSiteError(error) || error.code !== 'store_locked') throw error
    const copy = await copyFromRunningEdge(config)
    const db = openDatabase({ path: copy, locking: 'shared' })
    return {
      db,
      done: () => {
        db.close()
        for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true })
      },
    }
  }
}
