import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { SiteDatabase } from '../ledger/database.ts'
import { packageRoot } from '../package-root.ts'

/**
 * The format of the store. Raise it together with a change of tables that the release before could not work on;
 * new tables, columns with a default and indexes are no such change.
 */
export const storeFormat = 3

/** A store of which nothing was pruned, which the release before this one reads as well. */
export const wholeStoreFormat = 2

/** What turns a store of the format before into each one; `table` is there unless the store is empty. */
const steps = [{ to: 2, table: 'bookings', file: '2-displaced-bookings.sql' }] as const

/**
 * Turns a store into this release's format and marks it as the oldest that it can be read as; call it before anything else is read or written.
 *
 * @throws SiteError `store_newer` when a later release wrote the store: this one could misread it.
 */
export function claimStoreFormat(db: SiteDatabase): void {
  const found = Number(db.pragma('user_version', { simple: true }))
  if (found > storeFormat) {
    throw new SiteError({
      code: 'store_newer',
      op: 'store.open',
      hint: `The store was written by a later release (store format ${found}, this release knows ${storeFormat}). Start that release again, or restore a backup from before the upgrade; nothing was changed.`,
      retryable: false,
    })
  }
  if (found >= wholeStoreFormat) return
  db.transaction(() => {
    for (const { to, table, file } of steps) {
      if (found < to && hasTable(db, table)) {
        db.exec(readFileSync(join(packageRoot, 'site/formats', file), 'utf8'))
      }
    }
    db.pragma(`user_version = ${wholeStoreFormat}`)
  })()
}

/** Marks a store whose ledger begins behind a checkpoint: an earlier release would take that for damage. */
export function markPruned(db: SiteDatabase): void {
  db.pragma(`user_version = ${storeFormat}`)
}

function hasTable(db: SiteDatabase, table: string): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined
}
