import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Rows per second of a bare loop that syncs each row on its own, on the disk of `path`, for `forMs`. */
export function rawRowsPerSecond(path: string, forMs: number): number {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('CREATE TABLE raw (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT')
  const insert = db.prepare('INSERT INTO raw (text) VALUES (?)')
  // About the size of one booking's entry.
  const text = 'x'.repeat(900)
  const startMs = performance.now()
  let rows = 0
  while (performance.now() - startMs < forMs) {
    insert.run(text)
    rows += 1
  }
  const perSecond = rows / ((performance.now() - startMs) / 1000)
  db.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
  return perSecond
}
