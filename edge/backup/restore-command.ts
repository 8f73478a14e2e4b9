import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { EdgeConfig } from '../config.ts'
import { syncFolder } from '../ledger/durable-file.ts'
import { lastGoodFile } from '../site/last-good.ts'
import { provisionalFile, storeFile, subjectKeyPath } from '../site/store-file.ts'
import { storeFormat } from '../site/store-format.ts'
import type { Print } from './backup-command.ts'
import { checkBackup, describeFile, type Manifest } from './manifest.ts'
import { leaveRestoredNote } from './restored-note.ts'

/** What is never overwritten: another life of a site, or what is left of one. */
const inTheWay = [
  storeFile,
  `${storeFile}-wal`,
  provisionalFile,
  lastGoodFile,
  'identity.json',
  'damaged-ledger.json',
]

/** What of a site, or of what is left of one, lies in a data folder: nothing may be put over it. */
export function restoreObstacles(dataFolder: string): readonly string[] {
  return inTheWay.filter((name) => existsSync(join(dataFolder, name)))
}

/**
 * `restore --from FOLDER`: checks a backup and puts it into a data folder that holds no site. The site then opens doors
 * and takes departures, but sells nothing until the cloud has compared heads with it.
 * Exit 0 restored · 1 something is in the way, or the disk is full · 2 the backup cannot be used.
 */
export function restoreCommand(
  { dataFolder }: EdgeConfig,
  clock: Clock,
  source: string | undefined,
  print: Print,
): number {
  if (source === undefined) {
    print('Say from where: --from FOLDER, as backup wrote it.')
    return 2
  }
  const manifest = checkBackup(source)
  if ('problem' in manifest) {
    print(`${source} cannot be used: ${manifest.problem}`)
    return 2
  }
  if (manifest.storeFormat > storeFormat) {
    print(`${source} was made by a later release (${manifest.version}); restore it with that one.`)
    return 2
  }
  const found = restoreObstacles(dataFolder)
  if (found.length > 0) {
    print(
      `${dataFolder} holds a site already (${found.join(', ')}). Stop the edge and move the folder aside first:`,
    )
    print(`  mv ${dataFolder} ${dataFolder}.before-restore`)
    return 1
  }
  try {
    putInPlace(dataFolder, source, manifest, clock.now().wallMs)
  } catch (error) {
    print(`Nothing was restored: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
  const { siteId, head, madeMs } = manifest
  print(`${siteId} is back as of ${new Date(madeMs).toISOString()}, entries up to ${head.seq}.`)
  print(
    'It opens doors and takes departures at once, and sells again when the cloud has nothing that is missing here.',
  )
  if (!existsSync(subjectKeyPath(dataFolder))) {
    print(
      `Put keys/subjects.key back into ${dataFolder}, or names and plates of the time before stay sealed.`,
    )
  }
  return 0
}

/** The identity comes last: before it is there, an interrupted restore is a machine without a site. */
function putInPlace(dataFolder: string, source: string, manifest: Manifest, atMs: number): void {
  const partial = join(dataFolder, 'restore.partial')
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  rmSync(partial, { recursive: true, force: true })
  try {
    mkdirSync(partial, { mode: 0o700 })
    for (const { name, sha256 } of manifest.files) {
      copyFileSync(join(source, name), join(partial, name))
      chmodSync(join(partial, name), 0o600)
      const copied = describeFile(partial, name)
      if (copied.sha256 !== sha256) throw new RangeError(`${name} changed while it was copied`)
    }
    leaveRestoredNote(dataFolder, { atMs, madeMs: manifest.madeMs, head: manifest.head })
    const order = manifest.files
      .map(({ name }) => name)
      .sort((a, b) => Number(a === 'identity.json') - Number(b === 'identity.json'))
    for (const name of order) renameSync(join(partial, name), join(dataFolder, name))
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  syncFolder(dataFolder)
}
