import {
  countRightPin,
  countWrongPin,
  freshPinGuard,
  isPinLocked,
  type PinGuard,
} from '@gatehouse/shared/access/pin-guard'
import type { DeviceId } from '@gatehouse/shared/ids/ids'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** Tells whether PIN entry at a reader is locked at `atMs` (epoch ms). */
export function pinEntryLocked(db: SiteDatabase, deviceId: DeviceId, atMs: number): boolean {
  return isPinLocked(readGuard(db, deviceId), atMs)
}

/** Counts a PIN entry; the entry that locks the reader is returned for the ledger. */
export function countPin(
  db: SiteDatabase,
  deviceId: DeviceId,
  { right, atMs }: { readonly right: boolean; readonly atMs: number },
): LedgerEvent[] {
  const before = readGuard(db, deviceId)
  const after = right ? countRightPin() : countWrongPin(before, atMs)
  statement(db, 'INSERT OR REPLACE INTO pin_guards (device_id, guard) VALUES (?, ?)').run(
    deviceId,
    JSON.stringify(after),
  )
  if (after.lockedUntilMs <= before.lockedUntilMs || right) return []
  return [{ type: 'reader.pin_locked', body: { deviceId, untilMs: after.lockedUntilMs } }]
}

function readGuard(db: SiteDatabase, deviceId: DeviceId): PinGuard {
  const row = statement<{ guard: string }>(db, 'SELECT guard FROM pin_guards WHERE device_id = ?').get(
    deviceId,
  )
  // Only this file writes the column.
  return row ? (JSON.parse(row.guard) as PinGuard) : freshPinGuard
}
