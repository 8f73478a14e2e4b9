import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { SiteDatabase } from '../ledger/database.ts'

/**
 * The format of the store. Raise it together with a change of tables that the release before could not work on;
 * new tables, columns with a default and indexes are no such change.
 */
export const storeFormat = 1

/**
 * Marks a store with this release's format; call it before anything is read or written.
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
  if (found < storeFormat) db.pragma(`user_version = ${storeFormat}`)
}
