import { inject } from 'vitest'
import { migrate } from './migrate.ts'
import { openPool, type Pool } from './pool.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the run's PostgreSQL; its database `gatehouse_template` is migrated. */
    postgresUrl: string
  }
}

const template = 'gatehouse_template'

/** A database of its own for one test file, cloned from the migrated template. */
export interface TestDatabase {
  readonly pool: Pool
  /** Connection string of this database, for a second pool or process. */
  readonly url: string
  close(): Promise<void>
}

/** Makes (or remakes) the migrated template on the server; returns the same connection string. */
export async function prepareTemplate(serverUrl: string): Promise<string> {
  await onServer(serverUrl, `DROP DATABASE IF EXISTS ${template}`, `CREATE DATABASE ${template}`)
  const pool = openPool(databaseUrl(serverUrl, template), 1)
  await migrate(pool)
  await pool.end()
  return serverUrl
}

/** Clones the template into a fresh database; call it in `beforeAll` and `close` it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl')
  const name = await freshName(serverUrl)
  // Copies the files; the other strategy, PostgreSQL's own choice, writes each page into its log and costs four times as much.
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`)
  const url = databaseUrl(serverUrl, name)
  const pool = openPool(url)
  return {
    pool,
    url,
    close: async () => {
      await pool.end()
      await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

async function freshName(serverUrl: string): Promise<string> {
  const pool = openPool(serverUrl, 1)
  try {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT 'test_' || replace(gen_random_uuid()::text, '-', '') AS name`,
    )
    return rows[0]?.name ?? 'test_unnamed'
  } finally {
    await pool.end()
  }
}

async function onServer(serverUrl: string, ...statements: readonly string[]): Promise<void> {
  const pool = openPool(serverUrl, 1)
  try {
    for (const statement of statements) await pool.query(statement)
  } finally {
    await pool.end()
  }
}

/** Names another database of the same server; the address may have no host (`postgresql://user@/db?host=…`). */
function databaseUrl(serverUrl: string, database: string): string {
  return serverUrl.replace(/^(\w+:\/\/[^/]*\/)[^?]*/, `$1${database}`)
}
