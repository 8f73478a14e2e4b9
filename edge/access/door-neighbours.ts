import type { DoorId } from '@gatehouse/shared/ids/ids'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'

/** The contact reports an opening a moment after the lock let go. */
const reportGraceMs = 1_000
/** No lock is released for longer: what says so was written by another clock. */
const releaseMsMax = 31_000

/**
 * Whether every other door of an interlock is closed and locked, by the ledger: none is released, and no contact says
 * open, is in trouble, or was never heard.
 */
export function othersSecured(
  directory: DirectoryReader,
  db: SiteDatabase,
  { doorId, interlock, atMs }: { readonly doorId: DoorId; readonly interlock: string; readonly atMs: number },
): boolean {
  return [...directory.all('door')].every(([otherId, other]) => {
    if (otherId === doorId || other.interlock !== interlock) return true
    if (isReleased(db, otherId, atMs)) return false
    return other.contactDeviceId === undefined || isClosed(db, otherId)
  })
}

/** Keeps until when a door of an interlock is released. */
export function keepRelease(db: SiteDatabase, doorId: DoorId, untilMs: number): void {
  statement(db, 'INSERT OR REPLACE INTO door_releases (door_id, until_ms) VALUES (?, ?)').run(doorId, untilMs)
}

function isReleased(db: SiteDatabase, doorId: string, atMs: number): boolean {
  const row = statement<{ until_ms: number }>(db, 'SELECT until_ms FROM door_releases WHERE door_id = ?').get(
    doorId,
  )
  if (!row) return false
  const leftMs = row.until_ms + reportGraceMs - atMs
  return leftMs > 0 && leftMs <= releaseMsMax
}

function isClosed(db: SiteDatabase, doorId: string): boolean {
  const row = statement<{ state: string; fault: string | null }>(
    db,
    'SELECT d.state, t.fault FROM doors d LEFT JOIN door_troubles t USING (door_id) WHERE d.door_id = ?',
  ).get(doorId)
  return row?.state === 'closed' && row.fault === null
}
