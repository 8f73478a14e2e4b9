import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { expect, test } from 'vitest'
import { openDatabase, type SiteDatabase } from './database.ts'
import { readEntries } from './entry-store.ts'
import { Kernel } from './kernel.ts'
import { findDamage } from './ledger-integrity.ts'

/** How the first releases kept entries. */
const withoutRowid = `CREATE TABLE entries (incarnation INTEGER NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL,
  type TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (incarnation, seq)) STRICT, WITHOUT ROWID`
/** As long as the entry of a booking. */
const version = 'v'.repeat(900)

function open(prepare = ''): { readonly db: SiteDatabase; readonly kernel: Kernel } {
  const path = join(mkdtempSync(join(tmpdir(), 'entries-')), 'site.sqlite')
  const db = openDatabase({ path, locking: 'exclusive' })
  db.exec(prepare)
  const kernel = new Kernel({
    ...{ db, incarnation: 1, receiptKey: 'test', modules: [], effects: [] },
    siteId: siteIdSchema.parse('site-1'),
    clock: new ManualClock(1_800_000_000_000),
    random: new SeededRandom(7),
    onBug: (error) => expect.fail(String(error)),
  })
  return { db, kernel }
}

async function record(kernel: Kernel, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    const input = { version, incarnation: 1 }
    await kernel.submit({ kind: 'recordStart', caller: 'system', key: `start-${n}`, input })
  }
}

function pagesOf(db: SiteDatabase): unknown {
  return db.prepare("SELECT count(*) FROM dbstat WHERE name LIKE '%entries%'").pluck().get()
}

test('entries as long as a booking share their pages', async () => {
  const { db, kernel } = open()
  await record(kernel, 90)
  expect(pagesOf(db)).toBeLessThan(45)
})

test('a store that keeps its entries as the first releases did goes on as before', async () => {
  const { db, kernel } = open(withoutRowid)
  await record(kernel, 90)
  expect(pagesOf(db)).toBeGreaterThan(90)
  expect(findDamage(db, 1)).toBeUndefined()
  const read = readEntries(db, { incarnation: 1, afterSeq: 40, limit: 3 })
  expect(read.map(({ seq }) => seq)).toEqual([41, 42, 43])
  expect(kernel.head.seq).toBe(90)
})
