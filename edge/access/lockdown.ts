import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** Tells since when (epoch ms) nobody is let in; `undefined` while there is no lockdown. */
export function lockdownSince(db: SiteDatabase): number | undefined {
  return statement<{ since_ms: number }>(db, 'SELECT since_ms FROM lockdown').get()?.since_ms
}

/** Keeps that a lockdown runs; one that runs already keeps its beginning. */
export function keepLockdown(db: SiteDatabase, startedBy: string, atMs: number): void {
  statement(
    db,
    'INSERT INTO lockdown (one, since_ms, started_by) VALUES (1, ?, ?) ON CONFLICT DO NOTHING',
  ).run(atMs, startedBy)
}

/** Keeps that no lockdown runs. */
export function endLockdown(db: SiteDatabase): void {
  statement(db, 'DELETE FROM lockdown').run()
}
