import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../ledger/database.ts'
import { claimStoreFormat, markPruned, storeFormat, wholeStoreFormat } from './store-format.ts'

const open = () =>
  openDatabase({ path: join(mkdtempSync(join(tmpdir(), 'format-')), 'site.sqlite'), locking: 'exclusive' })

test('a store of the release before keeps its bookings, and may then hold a displaced one', () => {
  const db = open()
  db.exec(`CREATE TABLE bookings (booking_id TEXT PRIMARY KEY, space_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('held', 'confirmed')), holder_kind TEXT NOT NULL, holder_id TEXT NOT NULL,
    reference TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, block_to_ms INTEGER NOT NULL,
    held_at_ms INTEGER NOT NULL, hold_until_ms INTEGER NOT NULL, price TEXT NOT NULL,
    fee_minor INTEGER NOT NULL DEFAULT 0, refund_minor INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TRIGGER old_one AFTER INSERT ON bookings BEGIN SELECT 1; END;
    INSERT INTO bookings VALUES ('bk_1', 'elm', 'held', 'member', 'm-1', 'HH-1', 1, 2, 3, 0, 5, '{}', 0, 0);
    PRAGMA user_version = 1`)
  const before = db.prepare('SELECT * FROM bookings').all()
  claimStoreFormat(db)
  expect(db.prepare('SELECT * FROM bookings').all()).toEqual(before)
  expect(db.prepare("UPDATE bookings SET status = 'displaced'").run().changes).toBe(1)
  expect(db.pragma('user_version', { simple: true })).toBe(wholeStoreFormat)
  db.close()
})

test('a new store is marked, and one of a later release refused and left as it is', () => {
  const db = open()
  claimStoreFormat(db)
  expect(db.pragma('user_version', { simple: true })).toBe(wholeStoreFormat)
  db.pragma(`user_version = ${storeFormat + 1}`)
  expect(() => claimStoreFormat(db)).toThrow(expect.objectContaining({ code: 'store_newer' }))
  expect(db.pragma('user_version', { simple: true })).toBe(storeFormat + 1)
  db.close()
})

test('a pruned store stays marked as one', () => {
  const db = open()
  claimStoreFormat(db)
  markPruned(db)
  claimStoreFormat(db)
  expect(db.pragma('user_version', { simple: true })).toBe(storeFormat)
  db.close()
})
