import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { EdgeConfig } from './config.ts'
import type { LedgerModule } from './ledger/command.ts'
import { readDamageNote } from './ledger/damage-note.ts'
import { openDatabase, type SiteDatabase } from './ledger/database.ts'
import { checkRebuild } from './ledger/rebuild.ts'
import { replayModules } from './site/replay-modules.ts'
import { copyFromRunningEdge } from './site/running-copy.ts'
import { damageAdvice } from './site/site-store.ts'
import { storeFile } from './site/store-file.ts'
import { loadIdentity } from './sync/site-identity.ts'

/** `rebuild --check`: replays the ledger and compares every projected table. Exit code 0 equal, 1 different. */
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
    const report = checkRebuild(db, modulesOf(config, db, random))
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
