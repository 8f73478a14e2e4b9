import { poolOf } from '@gatehouse/shared/loans/lending-policy'
import type { EntryBody } from '@gatehouse/shared/wire/v1/entries'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { wasLent } from './loan-store.ts'

/** Why the site sells only what it never lends. */
export type LendingStop = EntryBody<'lending.stopped'>['reason']

/** Why lending is stopped, and since when (epoch ms); `undefined` while it is not. */
export function lendingStop(
  db: SiteDatabase,
): { readonly because: LendingStop; readonly sinceMs: number } | undefined {
  const row = statement<{ because: LendingStop | null; sinceMs: number }>(
    db,
    'SELECT stopped_because AS because, since_ms AS sinceMs FROM lending',
  ).get()
  return row && row.because !== null ? { because: row.because, sinceMs: row.sinceMs } : undefined
}

/** Notes that lending was stopped, or `null`: that it goes on. */
export function setLendingStop(db: SiteDatabase, because: LendingStop | null, atMs: number): void {
  statement(
    db,
    `INSERT INTO lending VALUES (1, ?, ?)
     ON CONFLICT (one) DO UPDATE SET stopped_because = excluded.stopped_because, since_ms = excluded.since_ms`,
  ).run(because, atMs)
}

/**
 * Tells whether a stop of lending keeps the site from selling a space: it may be, or was, lent. A combined space is asked
 * for part by part.
 */
export function isStopped(db: SiteDatabase, directory: DirectoryReader, spaceId: string): boolean {
  return lendingStop(db) !== undefined && mayBeLent(db, directory, spaceId)
}

/** Tells whether a space, or a part of it, is one that the site lends now or ever lent. */
export function mayBeLent(db: SiteDatabase, directory: DirectoryReader, spaceId: string): boolean {
  const space = directory.get('space', spaceId)
  if (space === undefined) return true
  if (poolOf(directory.site()?.lending, spaceId, space) !== undefined || wasLent(db, spaceId)) return true
  return (space.parts ?? []).some((part) => mayBeLent(db, directory, part))
}
