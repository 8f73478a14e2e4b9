import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { EdgeConfig } from '../config.ts'
import { readDamageNote } from '../ledger/damage-note.ts'
import { openDatabase } from '../ledger/database.ts'
import { syncFolder, writeDurably } from '../ledger/durable-file.ts'
import { readHead } from '../ledger/entry-store.ts'
import { findDamage } from '../ledger/ledger-integrity.ts'
import { checkpointFile } from '../retention/checkpoint-file.ts'
import { copyFromRunningEdge } from '../site/running-copy.ts'
import { damageAdvice } from '../site/site-store.ts'
import { storeFile } from '../site/store-file.ts'
import { claimStoreFormat } from '../site/store-format.ts'
import { loadIdentity, type SiteIdentity } from '../sync/site-identity.ts'
import { version } from '../version.ts'
import {
  backupFiles,
  describeFile,
  type Manifest,
  manifestFile,
  prunedBackupFiles,
  readerBackupFiles,
} from './manifest.ts'

export type Print = (line: string) => void

/**
 * `backup --to FOLDER`: writes the store, beside a running edge or without one, and this machine's identity into a
 * new folder that only its owner may read. The folder appears whole or not at all.
 * Exit 0 made · 1 there is nothing to back up, or the store is damaged, or the disk is full · 2 the target cannot be used.
 */
export async function backupCommand(
  config: EdgeConfig,
  clock: Clock,
  target: string | undefined,
  print: Print,
): Promise<number> {
  const wrong = wrongTarget(target)
  if (target === undefined || wrong !== undefined) {
    print(wrong ?? '')
    return 2
  }
  const found = findStore(config.dataFolder)
  if (!found.ok) {
    print(found.error)
    return 1
  }
  // Written beside its place and renamed: a backup that was interrupted never looks like one.
  const partial = `${resolve(target)}.partial-${process.pid}`
  try {
    mkdirSync(partial, { mode: 0o700 })
    const manifest = await writeBackup(config, found.value, partial, clock.now().wallMs)
    renameSync(partial, resolve(target))
    syncFolder(dirname(resolve(target)))
    print(`${target}: entries up to ${manifest.head.seq} of ${manifest.siteId}, life ${manifest.incarnation}`)
    print(
      'Not inside, on purpose: keys/subjects.key. Keep it elsewhere; without it names and plates stay sealed.',
    )
    return 0
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    print(`No backup was made: ${isSiteError(error) ? error.hint : String(error)}`)
    return 1
  }
}

/** Whose store there is to back up, or in a sentence why there is none. */
function findStore(dataFolder: string): Result<SiteIdentity, string> {
  const damage = readDamageNote(dataFolder)
  if (damage) return err(damageAdvice(damage))
  const identity = loadIdentity(dataFolder)
  if (!identity) return err('This machine is not enrolled; there is nothing to back up yet.')
  return existsSync(join(dataFolder, storeFile)) ? ok(identity) : err(`There is no ledger in ${dataFolder}.`)
}

function wrongTarget(target: string | undefined): string | undefined {
  if (target === undefined) return 'Say where: --to FOLDER, a name that does not exist yet.'
  if (existsSync(target)) return `${target} exists; nothing is overwritten. Choose another name.`
  const parent = dirname(resolve(target))
  const isFolder = existsSync(parent) && statSync(parent).isDirectory()
  return isFolder ? undefined : `${parent} is not a folder; make it first.`
}

async function writeBackup(
  config: EdgeConfig,
  { siteId, incarnation }: SiteIdentity,
  folder: string,
  madeMs: number,
): Promise<Manifest> {
  const { dataFolder } = config
  await copyStore(config, join(folder, storeFile))
  for (const name of backupFiles) {
    if (name !== storeFile) copyFileSync(join(dataFolder, name), join(folder, name))
    chmodSync(join(folder, name), 0o600)
  }
  // After the store: a checkpoint that moved on meanwhile still fits, one from before it might not.
  const hasCheckpoint = copyCheckpointFile(dataFolder, folder)
  const { head, storeFormat } = checkedStore(join(folder, storeFile), incarnation)
  const names = [
    ...backupFiles,
    ...(hasCheckpoint ? prunedBackupFiles : []),
    ...readerBackupFiles.filter((name) => copyIfThere(join(dataFolder, name), join(folder, name))),
  ]
  const manifest: Manifest = {
    ...{ format: 'gatehouse-edge-backup', formatVersion: 1, version, storeFormat },
    ...{ siteId, incarnation, head, madeMs },
    files: names.map((name) => describeFile(folder, name)),
  }
  writeDurably(join(folder, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`)
  return manifest
}

function copyIfThere(from: string, to: string): boolean {
  if (!existsSync(from)) return false
  copyFileSync(from, to)
  chmodSync(to, 0o600)
  return true
}

/** Copies the store itself when no edge runs, else takes a copy that the running edge makes. */
async function copyStore(config: EdgeConfig, to: string): Promise<void> {
  try {
    const db = openDatabase({ path: join(config.dataFolder, storeFile), locking: 'shared' })
    try {
      await db.backup(to)
    } finally {
      db.close()
    }
  } catch (error) {
    if (!isSiteError(error) || error.code !== 'store_locked') throw error
    const copy = await copyFromRunningEdge(config)
    try {
      copyFileSync(copy, to)
    } finally {
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true })
    }
  }
}

/** Copies the checkpoint, which a running edge may move on meanwhile; tells whether there is one. */
function copyCheckpointFile(dataFolder: string, folder: string): boolean {
  const path = join(dataFolder, checkpointFile)
  if (!existsSync(path)) return false
  const db = openDatabase({ path, locking: 'shared' })
  try {
    db.prepare('VACUUM INTO ?').run(join(folder, checkpointFile))
  } finally {
    db.close()
  }
  chmodSync(join(folder, checkpointFile), 0o600)
  return true
}

/** Looks at the copy as a start would; closing it leaves one file without a log beside it. */
function checkedStore(path: string, incarnation: number): Pick<Manifest, 'head' | 'storeFormat'> {
  const db = openDatabase({ path, locking: 'exclusive' })
  try {
    claimStoreFormat(db)
    const damage = findDamage(db, incarnation)
    if (damage !== undefined) throw new RangeError(`the copy is damaged (${damage})`)
    const { seq, hash } = readHead(db, incarnation)
    return { head: { seq, hash }, storeFormat: Number(db.pragma('user_version', { simple: true })) }
  } finally {
    db.close()
  }
}
