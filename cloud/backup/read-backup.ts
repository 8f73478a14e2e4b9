import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { from as copyFrom } from 'pg-copy-streams'
import { migrate } from '../database/migrate.ts'
import { inTransaction, type Pool, type Queryable, type Transaction } from '../database/pool.ts'
import { type BackedUpTable, type Manifest, manifestFile, manifestSchema, tableFile } from './manifest.ts'
import { readMigrationsOf, readSequences, readTables } from './schema-facts.ts'
import { quoted } from './write-backup.ts'

/** Reads a backup and compares the hash of every file. Throws `backup_unusable` with what is wrong. */
export async function checkBackup(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestFile), 'utf8').catch(() => {
    throw unusable(`there is no readable ${manifestFile}; a backup without one was never finished`)
  })
  let manifest: Manifest
  try {
    manifest = manifestSchema.parse(JSON.parse(text))
  } catch {
    throw unusable(`${manifestFile} is not one that this release can read`)
  }
  for (const table of manifest.tables) {
    const hash = createHash('sha256')
    try {
      await pipeline(createReadStream(join(folder, tableFile(table.name))), hash)
    } catch {
      throw unusable(`${tableFile(table.name)} is missing or cannot be read`)
    }
    if (hash.digest('hex') !== table.sha256) {
      throw unusable(`${tableFile(table.name)} is not what was written into the backup`)
    }
  }
  return manifest
}

/**
 * Fills an empty database: the schema as it was, then every row, in one transaction; then the migrations that came
 * since. The next start begins a new epoch, because this database did not make the promises that came after the
 * backup (ARCHITECTURE §5). Throws `database_not_empty`, and `backup_unusable` when the rows do not fit.
 */
export async function fillDatabase(pool: Pool, folder: string, manifest: Manifest): Promise<void> {
  await refuseUnlessEmpty(pool, manifest)
  const wanted = new Set(manifest.migrations.map(({ name }) => name))
  await migrate(pool, (name) => wanted.has(name))
  const made = await readMigrationsOf(pool)
  if (JSON.stringify(made) !== JSON.stringify(manifest.migrations)) {
    throw unusable(
      'its schema has migrations that this release does not know; restore it with a later release',
    )
  }
  await inTransaction(pool, (tx) => fillTables(tx, folder, manifest))
  await migrate(pool)
}

async function refuseUnlessEmpty(db: Queryable, manifest: Manifest): Promise<void> {
  const migrations = await readMigrationsOf(db)
  const tables = await readTables(db)
  if (migrations.length === 0 && tables.length === 0) return
  // A schema without a cloud in it: an interrupted restore, or a database made in advance.
  const known = JSON.stringify(migrations) === JSON.stringify(manifest.migrations)
  const { rows } = known ? await db.query('SELECT FROM cloud_identity') : { rows: ['?'] }
  if (rows.length === 0) return
  throw new SiteError({
    code: 'database_not_empty',
    op: 'backup.restore',
    hint: 'The database is not empty; nothing was changed. Restore into a new data folder, or a new database of your PostgreSQL, and keep the old one.',
    retryable: false,
  })
}

async function fillTables(tx: Transaction, folder: string, manifest: Manifest): Promise<void> {
  const present = await readTables(tx)
  const names = present.map(({ name }) => name)
  const backedUp = new Set(manifest.tables.map(({ name }) => name))
  if (names.some((name) => !backedUp.has(name)) || names.length !== backedUp.size) {
    throw unusable('its tables are not those of its schema')
  }
  // Rows of the migrations themselves come again with the backup. Triggers saw these rows when they were written.
  for (const name of names) await tx.query(`ALTER TABLE "${name}" DISABLE TRIGGER USER`)
  await tx.query(`TRUNCATE ${names.map((name) => `"${name}"`).join(', ')}`)
  const tables = new Map(manifest.tables.map((table) => [table.name, table]))
  for (const name of names) {
    const table = tables.get(name)
    if (table) await fillTable(tx, folder, table)
  }
  for (const { table, column, sequence } of await readSequences(tx)) {
    const last = manifest.sequences.find((one) => one.table === table && one.column === column)?.last ?? 0
    if (last > 0) await tx.query('SELECT setval($1, $2)', [sequence, last])
  }
  for (const name of names) await tx.query(`ALTER TABLE "${name}" ENABLE TRIGGER USER`)
  await tx.query(`UPDATE cloud_identity SET database_identity = 'restored from a backup'`)
}

async function fillTable(tx: Transaction, folder: string, table: BackedUpTable): Promise<void> {
  const { name, columns, rows } = table
  const copying = tx.query(copyFrom(`COPY "${name}" (${quoted(columns)}) FROM STDIN`))
  await pipeline(createReadStream(join(folder, tableFile(name))), createGunzip(), copying)
  if (copying.rowCount !== rows) throw unusable(`${name} has ${copying.rowCount} rows instead of ${rows}`)
}

function unusable(why: string): SiteError {
  const hint = `The backup cannot be used: ${why}.`
  return new SiteError({ code: 'backup_unusable', op: 'backup.restore', hint, retryable: false })
}
