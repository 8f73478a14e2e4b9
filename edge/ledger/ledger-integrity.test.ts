import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { emptyHead } from '@gatehouse/shared/ledger/chain'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { describe, expect, test } from 'vitest'
import { openDatabase, type SiteDatabase } from './database.ts'
import { placeInChain, prunedHead } from './kept-chain.ts'
import { Kernel } from './kernel.ts'
import { findDamage } from './ledger-integrity.ts'
import { ledgerModule } from './ledger-module.ts'

const entries = 60
const bounds = { wholeFileBytesMax: 1e9, newestEntriesMax: 10, sampledLinksMax: 10 }

async function ledger(): Promise<SiteDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'integrity-'))
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  const kernel = new Kernel({
    ...{ db, incarnation: 1, receiptKey: 'test', modules: [], effects: [] },
    siteId: siteIdSchema.parse('site-1'),
    clock: new ManualClock(1_800_000_000_000),
    random: new SeededRandom(7),
    onBug: (error) => expect.fail(String(error)),
  })
  for (let n = 1; n <= entries; n += 1) {
    const input = { version: '1', incarnation: 1 }
    await kernel.submit({ kind: 'recordStart', caller: 'system', key: `start-${n}`, input })
  }
  db.exec('DROP TRIGGER entries_never_change; DROP TRIGGER entries_are_kept')
  return db
}

test('a sound chain is found sound, whatever part of it is looked at', async () => {
  const db = await ledger()
  expect(findDamage(db, 1)).toBeUndefined()
  for (const newestEntriesMax of [0, 1, 10, 59, 60, 61]) {
    expect(findDamage(db, 1, { ...bounds, newestEntriesMax })).toBeUndefined()
  }
  expect(findDamage(db, 2)).toBeUndefined()
  expect(findDamage(db, 1, { ...bounds, wholeFileBytesMax: 0 })).toBeUndefined()
})

test.each([
  [
    'a changed text',
    'UPDATE entries SET text = replace(text, \'"1"\', \'"2"\') WHERE seq = 55',
    'entry 55: wrong_hash',
  ],
  ['a missing entry', 'DELETE FROM entries WHERE seq = 55', 'entry 56: gap'],
  ['a missing beginning', 'DELETE FROM entries WHERE seq < 20', 'entry 20: gap'],
  ['a foreign hash', "UPDATE entries SET hash = 'ff' WHERE seq = 55", 'entry 55: wrong_hash'],
])('finds %s', async (_what, sql, found) => {
  const db = await ledger()
  db.exec(sql)
  expect(findDamage(db, 1)).toBe(found)
})

test('finds old damage only where it samples, which is what the bound says', async () => {
  const db = await ledger()
  db.exec("UPDATE entries SET hash = 'ff' WHERE seq = 7")
  expect(findDamage(db, 1, bounds)).toBe('entry 7: wrong_hash')
  const blind = { ...bounds, sampledLinksMax: 1 }
  expect(findDamage(db, 1, blind)).toBeUndefined()
})

describe('behind a checkpoint', () => {
  async function prunedUpTo(seq: number): Promise<SiteDatabase> {
    const db = await ledger()
    db.prepare('INSERT INTO pruned_entries SELECT incarnation, seq, hash FROM entries WHERE seq = ?').run(seq)
    db.prepare('DELETE FROM entries WHERE seq <= ?').run(seq)
    return db
  }

  test.each([1, 19, 52, 59])('a chain that was pruned up to %i is sound', async (seq) => {
    const db = await prunedUpTo(seq)
    expect(findDamage(db, 1)).toBeUndefined()
    expect(findDamage(db, 1, bounds)).toBeUndefined()
  })

  test('an entry that is missing behind the pruned ones is found', async () => {
    const db = await prunedUpTo(19)
    db.exec('DELETE FROM entries WHERE seq = 20')
    expect(findDamage(db, 1)).toBe('entry 21: gap')
    expect(findDamage(db, 1, bounds)).toBe('entry 21: gap')
  })

  test('a chain that does not go on from the last pruned entry is found', async () => {
    const db = await prunedUpTo(19)
    db.exec("UPDATE pruned_entries SET hash = 'ff'")
    expect(findDamage(db, 1)).toBe('entry 20: wrong_prev')
  })

  test('an entry that nobody pruned cannot be deleted', async () => {
    const db = await ledger()
    db.exec(ledgerModule.tablesSql)
    db.prepare('INSERT INTO pruned_entries SELECT incarnation, seq, hash FROM entries WHERE seq = 7').run()
    expect(() => db.exec('DELETE FROM entries WHERE seq = 8')).toThrow('entry_kept')
    expect(db.prepare('DELETE FROM entries WHERE seq <= 7').run().changes).toBe(7)
  })

  test('what a place holds is known, was pruned, or never was there', async () => {
    const db = await prunedUpTo(19)
    const kinds = [1, 18, 19, 20, 60, 61].map((seq) => placeInChain(db, 1, seq).kind)
    expect(kinds).toEqual(['pruned', 'pruned', 'known', 'known', 'known', 'absent'])
    expect(placeInChain(db, 1, 19)).toEqual({ kind: 'known', hash: prunedHead(db, 1).hash })
    expect(prunedHead(db, 2)).toEqual(emptyHead)
  })
})
