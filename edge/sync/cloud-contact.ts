import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** When the cloud was last heard (epoch ms), also before a restart; `undefined` when it never was. */
export function lastContactMs(db: SiteDatabase): number | undefined {
  return statement<{ heard_ms: number }>(db, 'SELECT heard_ms FROM cloud_contact').get()?.heard_ms
}

/** Remembers that the cloud was heard at `heardMs` (epoch ms). */
export function storeContact(db: SiteDatabase, heardMs: number): void {
  statement(
    db,
    `INSERT INTO cloud_contact (one, heard_ms) VALUES (1, ?)
     ON CONFLICT (one) DO UPDATE SET heard_ms = excluded.heard_ms`,
  ).run(heardMs)
}
