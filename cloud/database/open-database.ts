import { join } from 'node:path'
import { attachEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'
import { migrate } from './migrate.ts'
import { openPool, type Pool } from './pool.ts'

/** Where the data is: a server of the operator's, or one that comes with us. */
export interface DatabasePlace {
  readonly databaseUrl?: string | undefined
  /** Folder for the embedded server. */
  readonly dataFolder: string
}

/** An open, migrated database. */
export interface Database {
  readonly pool: Pool
  /** For a second connection, for example one that listens. */
  readonly url: string
  readonly isEmbedded: boolean
  /** Closes the pool, then stops the embedded server when it is ours. */
  close(): Promise<void>
}

/**
 * Opens the database and brings its schema up to date. `beside` joins an embedded server that a running
 * cloud owns, for commands; without it a second owner is refused with `postgres_in_use`. `as they are` leaves the
 * schema alone, for backups and restores.
 */
export async function openDatabase(
  place: DatabasePlace,
  options: { readonly beside: boolean; readonly migrations?: 'up to date' | 'as they are' },
): Promise<Database> {
  const server = place.databaseUrl === undefined ? await embedded(place, options.beside) : undefined
  const url = server?.url ?? place.databaseUrl ?? ''
  const pool = openPool(url)
  const close = async () => {
    await pool.end()
    await server?.stop()
  }
  try {
    if (options.migrations !== 'as they are') await migrate(pool)
  } catch (error) {
    await close()
    throw error
  }
  return { pool, url, isEmbedded: server !== undefined, close }
}

async function embedded(place: DatabasePlace, beside: boolean) {
  const dataFolder = join(place.dataFolder, 'postgres')
  const running = beside ? await attachEmbeddedPostgres(dataFolder) : undefined
  return running ?? startEmbeddedPostgres({ dataFolder, durable: true })
}
