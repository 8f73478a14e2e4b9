import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, chmod, chown, cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { binariesUnder, type PostgresBinaries } from './postgres-binaries.ts'

const run = promisify(execFile)

/** Where files go that the PostgreSQL account must reach when the checkout is private to root. */
const sharedRoot = '/var/lib/gatehouse'

/** The account that runs the server; empty when we are not root, because then it is our own. */
export interface PostgresAccount {
  readonly uid?: number
  readonly gid?: number
}

/**
 * Chooses the account for the server. PostgreSQL refuses to run as root, so root lends it `postgres`,
 * which is created when it is missing. Refuses with `postgres_user` when it cannot be created.
 */
export async function postgresAccount(): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return {}
  const existing = await lookUp('postgres')
  if (existing !== undefined) return existing
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/bin/false',
      'postgres',
    ])
  } catch (cause) {
    throw new SiteError({
      code: 'postgres_user',
      op: 'database.embedded',
      hint: 'PostgreSQL does not run as root and the user "postgres" could not be created. Create it, or start as an ordinary user.',
      retryable: false,
      cause,
    })
  }
  return (await lookUp('postgres')) ?? {}
}

async function lookUp(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

/** Tells whether every folder from the root down to `path` can be passed by `account`. */
export async function isReachable(path: string, account: PostgresAccount): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const found = await stat(folder)
      const mine = found.uid === account.uid ? 0o100 : found.gid === account.gid ? 0o010 : 0o001
      if ((found.mode & mine) === 0) return false
    }
    if (folder === dirname(folder)) return true
  }
}

/**
 * Returns a data folder that the account can reach: `wanted`, or one of the same identity under
 * /var/lib/gatehouse when `wanted` lies below a private folder such as /root. Then `wanted` holds a note of
 * it; where somebody removed `wanted` to begin anew, the old data is set aside.
 */
export async function reachableDataFolder(wanted: string, account: PostgresAccount): Promise<string> {
  await mkdir(dirname(wanted), { recursive: true })
  const isPrivate = account.uid !== undefined && !(await isReachable(dirname(wanted), account))
  const folder = isPrivate ? await replacementOf(wanted) : wanted
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
  return folder
}

async function replacementOf(wanted: string): Promise<string> {
  const identity = createHash('sha256').update(wanted).digest('hex').slice(0, 12)
  const folder = join(sharedRoot, `postgres-${identity}`)
  const note = join(wanted, 'data-is-in')
  await mkdir(sharedRoot, { recursive: true, mode: 0o755 })
  if (existsSync(note)) return folder
  if (existsSync(folder)) {
    await rm(`${folder}.aside`, { recursive: true, force: true })
    await rename(folder, `${folder}.aside`)
  }
  await mkdir(wanted, { recursive: true })
  await writeFile(note, `${folder}\n`)
  return folder
}

/** Returns programs that the account can execute; copies them out of a private checkout once. */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  account: PostgresAccount,
): Promise<PostgresBinaries> {
  await makeExecutable(binaries)
  if (account.uid === undefined || (await isReachable(dirname(binaries.postgres), account))) return binaries
  const { mtimeMs, size } = await stat(binaries.postgres)
  const target = join(sharedRoot, `postgres-programs-${size}-${Math.trunc(mtimeMs)}`)
  if (!existsSync(target)) {
    const partial = `${target}.${process.pid}`
    await mkdir(sharedRoot, { recursive: true, mode: 0o755 })
    await cp(binaries.root, partial, { recursive: true, verbatimSymlinks: true })
    await rename(partial, target).catch(() => rm(partial, { recursive: true, force: true }))
  }
  return binariesUnder(target)
}

async function makeExecutable(binaries: PostgresBinaries): Promise<void> {
  for (const program of [binaries.postgres, binaries.initdb]) {
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755))
  }
}
