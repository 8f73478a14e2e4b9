import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { to as copyTo } from 'pg-copy-streams'
import type { Pool, Transaction } from '../database/pool.ts'
import { version } from '../version.ts'
import { type BackedUpTable, type Manifest, manifestFile, tableFile } from './manifest.ts'
import { readMigrationsOf, readSequences, readTables, type TableFacts } from './schema-facts.ts'

/**
 * Writes every table as of one moment into a new folder that only its owner may read; the folder appears whole or
 * not at all. The cloud goes on meanwhile.
 */
export async function writeBackup(pool: Pool, target: string, madeMs: number): Promise<Manifest> {
  const partial = `${resolve(target)}.partial-${process.pid}`
  try {
    await mkdir(partial, { mode: 0o700 })
    const manifest = await inSnapshot(pool, (tx) => writeTables(tx, partial, madeMs))
    const file = await open(join(partial, manifestFile), 'wx', 0o600)
    await file.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`)
    await file.sync()
    await file.close()
    await syncFolder(partial)
    await rename(partial, resolve(target))
    await syncFolder(dirname(resolve(target)))
    return manifest
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

/** One transaction sees one moment of all tables (PostgreSQL: repeatable read is snapshot isolation). */
async function inSnapshot<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const tx = await pool.connect()
  let broken = true
  try {
    await tx.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const value = await work(tx)
    await tx.query('COMMIT')
    broken = false
    return value
  } finally {
    // A copy that was interrupted leaves the connection in the middle of it.
    tx.release(broken)
  }
}

async function writeTables(tx: Transaction, folder: string, madeMs: number): Promise<Manifest> {
  const migrations = await readMigrationsOf(tx)
  const { rows } = await tx.query<{ epoch: number }>('SELECT epoch FROM cloud_identity')
  const tables: BackedUpTable[] = []
  for (const facts of await readTables(tx)) tables.push(await writeTable(tx, folder, facts))
  const sequences: Manifest['sequences'] = []
  for (const { table, column, sequence } of await readSequences(tx)) {
    const found = await tx.query<{ last: number }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${sequence}`,
    )
    sequences.push({ table, column, last: found.rows[0]?.last ?? 0 })
  }
  return {
    ...{ format: 'gatehouse-cloud-backup', formatVersion: 1, version, madeMs },
    ...{ epoch: rows[0]?.epoch ?? 0, migrations, tables, sequences },
  }
}

async function writeTable(
  tx: Transaction,
  folder: string,
  { name, columns }: TableFacts,
): Promise<BackedUpTable> {
  const copying = tx.query(copyTo(`COPY (SELECT ${quoted(columns)} FROM "${name}") TO STDOUT`))
  const hash = createHash('sha256')
  let bytes = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.byteLength
      done(undefined, chunk)
    },
  })
  const file = createWriteStream(join(folder, tableFile(name)), { flags: 'wx', mode: 0o600, flush: true })
  await pipeline(copying, createGzip(), measure, file)
  return { name, columns: [...columns], rows: copying.rowCount, bytes, sha256: hash.digest('hex') }
}

/** Column names as SQL wants them. */
export function quoted(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ')
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync()
  await folder.close()
}
