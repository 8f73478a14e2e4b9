import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openPool } from '@gatehouse/cloud/database/pool'
import { postgresAccount, reachableDataFolder } from '@gatehouse/cloud/database/postgres-account'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { demoFolders } from './demo-sites.ts'

/**
 * Refuses with `database_not_empty` a database of somebody's own that holds tables: it is not ours to empty, and a new
 * demo over old ledgers contradicts them.
 */
export async function requireEmptyDatabase(databaseUrl: string): Promise<void> {
  const pool = openPool(databaseUrl, 1)
  try {
    const { rowCount } = await pool.query(`SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1`)
    if (rowCount === 0) return
  } finally {
    await pool.end()
  }
  throw new SiteError({
    code: 'database_not_empty',
    op: 'demo.fresh',
    hint: 'The database of DATABASE_URL holds tables. Empty it yourself (DROP SCHEMA public CASCADE; CREATE SCHEMA public) or name another one, then start with --fresh again.',
    retryable: false,
  })
}

/** Removes what earlier demos left in a data folder, and nothing else that lies there. */
export async function removeDemoData(dataFolder: string): Promise<void> {
  const folders = demoFolders(dataFolder)
  // As root the embedded PostgreSQL may keep its data where its own account can reach them.
  const postgres = await reachableDataFolder(join(folders.cloud, 'postgres'), await postgresAccount())
  for (const path of [postgres, folders.cloud, folders.sites, folders.logs, folders.secrets]) {
    rmSync(path, { recursive: true, force: true })
  }
}
