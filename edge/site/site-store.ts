import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import type { Logger } from 'pino'
import { type DamageNote, moveAside, readDamageNote, retireNote, setAside } from '../ledger/damage-note.ts'
import { openDatabase, type SiteDatabase } from '../ledger/database.ts'
import { readHead } from '../ledger/entry-store.ts'
import { findDamage } from '../ledger/ledger-integrity.ts'
import { checkpointFile } from '../retention/checkpoint-file.ts'
import { lastGoodFile, lastGoodHead, seedFromLastGood } from './last-good.ts'
import { provisionalFile, storeFile } from './store-file.ts'
import { claimStoreFormat } from './store-format.ts'

/**
 * Opens the store of a site (decision record: ledger/damaged-ledger.md).
 *
 *   sound ─ damage found at start or at work ─▶ moved aside, note left ─▶ provisional ─ enrolled anew ─▶ sound
 */
export interface SiteStore {
  readonly db: SiteDatabase
  /** Present while the ledger is moved aside: nothing is sold, nothing is uploaded. */
  readonly damage: DamageNote | undefined
  /** Fills new tables of a provisional store from the last good copy; call it whenever tables were added. */
  readonly seed: () => void
}

export interface StoreOptions {
  readonly dataFolder: string
  readonly incarnation: number
  readonly nowMs: number
  readonly logger: Logger
}

/** Opens the ledger, or, when it is damaged, a provisional store in its place. Throws `store_locked` and the like. */
export function openStore(options: StoreOptions): SiteStore {
  const { dataFolder, incarnation, nowMs, logger } = options
  let damage = readDamageNote(dataFolder)
  if (damage && incarnation > damage.incarnation) {
    retireNote(dataFolder, [provisionalFile, lastGoodFile], nowMs)
    damage = undefined
  }
  if (!damage) {
    const opened = openSound(options)
    if (typeof opened !== 'string') return { db: opened, damage: undefined, seed: () => {} }
    damage = setAside(dataFolder, storeFile, { atMs: nowMs, why: opened, incarnation })
    moveAside(dataFolder, checkpointFile, { atMs: nowMs })
  }
  const folder = join(dataFolder, damage.folder)
  logger.fatal(
    { why: damage.why, folder },
    'the ledger is damaged and was moved aside: doors and exits go on, nothing is sold; keep that folder and enrol this machine anew',
  )
  return openProvisional(options, damage)
}

/** What to do about a damaged ledger, for `/readyz`. */
export function damageAdvice({ why, folder }: DamageNote): string {
  return `ledger_damaged (${why}): kept in ${folder}; keep that folder and enrol this machine anew`
}

function openSound({ dataFolder, incarnation }: StoreOptions): SiteDatabase | string {
  const path = join(dataFolder, storeFile)
  const lastGood = join(dataFolder, lastGoodFile)
  if (!existsSync(path) && existsSync(lastGood)) return 'missing: the file is gone'
  const db = tryOpen(path)
  if (typeof db === 'string') return db
  claimFormatOrClose(db)
  const damage = findDamage(db, incarnation) ?? missingEntries(db, incarnation, lastGood)
  if (damage === undefined) return db
  db.close()
  return damage
}

function claimFormatOrClose(db: SiteDatabase): void {
  try {
    claimStoreFormat(db)
  } catch (error) {
    db.close()
    throw error
  }
}

function tryOpen(path: string): SiteDatabase | string {
  try {
    return openDatabase({ path, locking: 'exclusive' })
  } catch (error) {
    if (isSiteError(error) && error.code === 'store_damaged') return 'unreadable: not a database'
    throw error
  }
}

/** A log file whose end was lost takes committed entries with it, and SQLite calls what is left sound. */
function missingEntries(db: SiteDatabase, incarnation: number, lastGood: string): string | undefined {
  const known = lastGoodHead(db, incarnation, lastGood)
  if (!known || known.seq === 0) return undefined
  const hasEntries = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entries'").get() !== undefined
  const { seq } = hasEntries ? readHead(db, incarnation) : { seq: 0 }
  return seq < known.seq ? `entries missing: ${seq} of at least ${known.seq}` : undefined
}

function openProvisional({ dataFolder, incarnation, nowMs }: StoreOptions, damage: DamageNote): SiteStore {
  const path = join(dataFolder, provisionalFile)
  const lastGood = join(dataFolder, lastGoodFile)
  let db = tryOpen(path)
  if (typeof db === 'string' || findDamage(db, incarnation) !== undefined) {
    if (typeof db !== 'string') db.close()
    moveAside(dataFolder, provisionalFile, { atMs: nowMs })
    db = openDatabase({ path, locking: 'exclusive' })
  }
  const opened = db
  const isNew = opened.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
  return { db: opened, damage, seed: () => isNew && seedFromLastGood(opened, lastGood) }
}
