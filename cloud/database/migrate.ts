import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { packageRoot } from '../package-root.ts'
import type { Pool, Transaction } from './pool.ts'

// Any constant works, as long as every process of every release uses the same one.
const migrationLock = 7_401_977

interface Migration {
  readonly name: string
  readonly sql: string
  readonly digest: string
}

/**
 * Brings the schema up to date; returns the names of the migrations it applied. Several processes may call
 * it at once: they take turns. `wanted` leaves migrations out, for a restore of an older schema. Throws
 * `migration_changed` when an applied file was edited afterwards, and `schema_newer` when a later release was here.
 */
export async function migrate(
  pool: Pool,
  wanted: (name: string) => boolean = () => true,
): Promise<readonly string[]> {
  const known = await readMigrations()
  const connection = await pool.connect()
  try {
    await connection.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await connection.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    )
    return await applyMissing(connection, known, wanted)
  } finally {
    await connection.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined)
    connection.release()
  }
}

async function applyMissing(
  connection: Transaction,
  known: readonly Migration[],
  wanted: (name: string) => boolean,
): Promise<string[]> {
  const applied = await connection.query<{ name: string; digest: string }>(
    'SELECT name, digest FROM schema_migrations',
  )
  const digests = new Map(applied.rows.map((row) => [row.name, row.digest]))
  const knownNames = new Set(known.map(({ name }) => name))
  const unknown = applied.rows.map(({ name }) => name).filter((name) => !knownNames.has(name))
  if (unknown.length > 0) throw newer(unknown.sort())
  const names: string[] = []
  for (const migration of known.filter(({ name }) => wanted(name))) {
    const before = digests.get(migration.name)
    if (before === migration.digest) continue
    if (before !== undefined) throw changed(migration.name)
    await apply(connection, migration)
    names.push(migration.name)
  }
  return names
}

async function apply(connection: Transaction, migration: Migration): Promise<void> {
  await connection.query('BEGIN')
  try {
    await connection.query(migration.sql)
    await connection.query('INSERT INTO schema_migrations (name, digest) VALUES ($1, $2)', [
      migration.name,
      migration.digest,
    ])
    await connection.query('COMMIT')
  } catch (cause) {
    await connection.query('ROLLBACK')
    throw new SiteError({
      code: 'migration_failed',
      op: 'database.migrate',
      hint: `${migration.name} could not be applied: ${cause instanceof Error ? cause.message : String(cause)}`,
      retryable: false,
      cause,
    })
  }
}

async function readMigrations(): Promise<readonly Migration[]> {
  const folder = join(packageRoot, 'database', 'migrations')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8')
      return { name, sql, digest: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

function newer(names: readonly string[]): SiteError {
  return new SiteError({
    code: 'schema_newer',
    op: 'database.migrate',
    hint: `The database was used by a later release (${names.join(', ')} is not known here). Start that release again, or restore a backup from before the upgrade; nothing was changed.`,
    retryable: false,
  })
}

function changed(name: string): SiteError {
  return new SiteError({
    code: 'migration_changed',
    op: 'database.migrate',
    hint: `${name} was edited after it had been applied. Restore it and put the change into a new migration.`,
    retryable: false,
  })
}
