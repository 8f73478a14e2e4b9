import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../ledger/database.ts'
import { ledgerModule } from '../ledger/ledger-module.ts'
import { carryOver } from './carry-over.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carry-over-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function store(name: string) {
  const db = openDatabase({ path: join(folder, name), locking: 'shared' })
  db.exec(ledgerModule.tablesSql)
  return db
}

test('answers to callers come over; that the old store was pruned does not, for the new one holds every entry', () => {
  const old = store('old.sqlite')
  old.exec(`INSERT INTO receipts VALUES ('kiosk', 'k-1', 'd', 1, 'null', 5);
    INSERT INTO pruned_entries VALUES (1, 7, 'h-7');
    INSERT INTO ledger_checkpoint VALUES (1, 1, 7, 'h-7', 's', 5)`)
  old.close()
  const db = store('new.sqlite')
  db.prepare('ATTACH ? AS old').run(join(folder, 'old.sqlite'))
  carryOver(db, [ledgerModule], 'old')
  const count = (table: string) => db.prepare(`SELECT count(*) FROM main.${table}`).pluck().get()
  expect([count('receipts'), count('pruned_entries'), count('ledger_checkpoint')]).toEqual([1, 0, 0])
  db.close()
})
