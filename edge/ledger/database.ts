import { SiteError } from '@gatehouse/shared/errors/site-error'
import Database from 'better-sqlite3'

export type SiteDatabase = Database.Database

export interface DatabaseOptions {
  /** Absolute path of the SQLite file; `:memory:` only in tests. */
  readonly path: string
  /** `exclusive` (the running edge) keeps every other process out; `shared` is for tools on a copy. */
  readonly locking: 'exclusive' | 'shared'
}

/**
 * Opens the site's store and asserts the settings that durability rests on.
 *
 * SQLite reopens with `synchronous=1`, which loses acknowledged commits on a power cut, so FULL is set
 * and read back at every open.
 *
 * @throws SiteError `store_locked` when another process holds the file, `store_unsafe` when a setting
 * did not take, `store_damaged` when the file is not a readable database.
 */
export function openDatabase(options: DatabaseOptions): SiteDatabase {
  const db = openFile(options.path)
  try {
    db.pragma(`locking_mode = ${options.locking === 'exclusive' ? 'EXCLUSIVE' : 'NORMAL'}`)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    // Undo pages of savepoints stay in memory; else SQLite writes them to a file in each larger batch.
    db.pragma('temp_store = MEMORY')
    // 8 MiB of pages: a site's working set, on a machine with little memory.
    db.pragma('cache_size = -8192')
    db.pragma('wal_autocheckpoint = 2000')
    db.pragma('journal_size_limit = 33554432')
    assertSetting(db, 'synchronous', 2)
    assertSetting(db, 'foreign_keys', 1)
    // The first write takes the exclusive lock now, instead of at the first command.
    db.exec('BEGIN IMMEDIATE; COMMIT')
    return db
  } catch (cause) {
    db.close()
    throw openFailure(options.path, cause)
  }
}

function openFile(path: string): SiteDatabase {
  try {
    return new Database(path, { timeout: 1000 })
  } catch (cause) {
    throw openFailure(path, cause)
  }
}

function assertSetting(db: SiteDatabase, name: string, expected: number): void {
  const actual = db.pragma(name, { simple: true })
  if (actual === expected) return
  throw new SiteError({
    code: 'store_unsafe',
    op: 'database.open',
    hint: `SQLite reports ${name}=${String(actual)} instead of ${expected}; this build must not hold a ledger.`,
    retryable: false,
  })
}

function openFailure(path: string, cause: unknown): SiteError {
  if (cause instanceof SiteError) return cause
  const sqliteCode = cause instanceof Database.SqliteError ? cause.code : ''
  if (sqliteCode.startsWith('SQLITE_BUSY')) {
    const hint = `Another process has ${path} open; stop it first.`
    return new SiteError({ code: 'store_locked', op: 'database.open', hint, retryable: true, cause })
  }
  if (sqliteCode === 'SQLITE_NOTADB' || sqliteCode.startsWith('SQLITE_CORRUPT')) {
    const hint = `${path} is damaged; it is kept for recovery.`
    return new SiteError({ code: 'store_damaged', op: 'database.open', hint, retryable: false, cause })
  }
  const hint = `Check that ${path} is writable and its disk has room.`
  return new SiteError({ code: 'store_unavailable', op: 'database.open', hint, retryable: true, cause })
}
