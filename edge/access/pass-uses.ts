import type { PassId } from '@gatehouse/shared/ids/ids'
import type { PassUse } from '@gatehouse/shared/passes/pass-guard'
import type { ShownPass } from '@gatehouse/shared/wire/v1/passes'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** The last use of a pass in a slot; `undefined` when it was never used there. */
export function lastPassUse(db: SiteDatabase, passId: PassId, slot: PassUse['slot']): PassUse | undefined {
  const row = statement<{ window: number }>(
    db,
    'SELECT shown_window AS window FROM pass_uses WHERE pass_id = ? AND slot = ?',
  ).get(passId, slot)
  return row && { slot, window: row.window }
}

/** Keeps a use that opened a door at `atMs`, and forgets those of passes that have run out by then. */
export function keepPassUse(db: SiteDatabase, { passId, slot, window, toMs }: ShownPass, atMs: number): void {
  statement(db, 'DELETE FROM pass_uses WHERE to_ms <= ?').run(atMs)
  statement(
    db,
    `INSERT INTO pass_uses (pass_id, slot, shown_window, to_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (pass_id, slot) DO UPDATE SET shown_window = excluded.shown_window, to_ms = excluded.to_ms`,
  ).run(passId, slot, window, toMs)
}
