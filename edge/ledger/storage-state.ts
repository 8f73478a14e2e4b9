import Database from 'better-sqlite3'

/**
 * `open`: all commands. `reserved`: the disk is full, the reserve was released, only non-selling commands.
 * `damaged`: no command; the store is about to be moved aside.
 */
export type StorageState = 'open' | 'reserved' | 'damaged'

/** What a failed batch means for the commands in it. */
export type StorageFailure = 'disk_full' | 'busy' | 'damaged' | 'other'

/** Classifies an error of the store; `undefined` when it is not one. */
export function storageFailure(error: unknown): StorageFailure | undefined {
  if (!(error instanceof Database.SqliteError)) return undefined
  const { code } = error
  if (code.startsWith('SQLITE_FULL') || code === 'SQLITE_IOERR_WRITE') return 'disk_full'
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged'
  return code.startsWith('SQLITE_CONSTRAINT') ? undefined : 'other'
}
