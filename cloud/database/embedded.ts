import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, lstat, mkdir, realpath, rename, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { claim, liveOwner, release } from './folder-owner.ts'
import {
  type PostgresAccount,
  postgresAccount,
  reachableBinaries,
  reachableDataFolder,
} from './postgres-account.ts'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import { clearStaleServer } from './stale-server.ts'

const run = promisify(execFile)
const startMaxMs = 30_000
const stopMaxMs = 15_000
const logTailMax = 4_000

// The server must end when we end, however we end (kill -9 included). Its guard holds the read end of a
// pipe whose write end only this process has: end-of-file means that we are gone, and asks for a fast
// shutdown. The guard ends by itself when the server ends first.
const guardScript = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- &',
  'server=$!',
  '( read -r line <&3; kill -INT "$server" ) 2>/dev/null &',
  'watch=$!',
  'exec 3<&-',
  'wait "$server"; code=$?',
  'kill "$watch" 2>/dev/null',
  'exit "$code"',
].join('\n')

const userName = 'gatehouse'

/** How to reach the server with `pg`: over a Unix socket that only this account (or root) can open. */
export interface SocketConnection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

/** A running PostgreSQL that belongs to this process. */
export interface EmbeddedPostgres {
  readonly connection: SocketConnection
  /** The same as a connection string, for a second process. */
  readonly url: string
  readonly dataFolder: string
  /** Asks for a fast shutdown and waits until the server has ended. Safe to call twice. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  readonly dataFolder: string
  /** `false` turns syncs off: tests only, a power cut then destroys the data. */
  readonly durable: boolean
}

/**
 * Starts the PostgreSQL that came with npm on `dataFolder`, creating the cluster on first use.
 * As root it runs under `postgres`, in a folder that this account can reach.
 * Throws `postgres_start` with the server's last words when it does not come up within 30 s.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = await postgresAccount()
  const binaries = await reachableBinaries(findPostgresBinaries(), account)
  const dataFolder = await realpath(await reachableDataFolder(resolve(options.dataFolder), account))
  const owner = await liveOwner(dataFolder)
  if (owner !== undefined) throw inUse(dataFolder, owner)
  if (!existsSync(join(dataFolder, 'cluster', 'PG_VERSION')))
    await create(binaries, dataFolder, account, options)
  const cluster = join(dataFolder, 'cluster')
  await clearStaleServer(cluster)
  const socketFolder = await makeSocketFolder(cluster, account)
  const child = await launch(binaries, cluster, socketFolder, account, options)
  await claim(dataFolder)
  return {
    ...addressOf(socketFolder),
    dataFolder,
    stop: async () => {
      await stop(child)
      await release(dataFolder)
      // The server took its socket away; were anything left, the folder stays.
      await rmdir(socketFolder).catch(() => undefined)
    },
  }
}

/**
 * Finds the server that another process of ours runs on `dataFolder`, for commands beside it; `undefined`
 * when none does. Its `stop` does nothing: the server belongs to the other process.
 */
export async function attachEmbeddedPostgres(wanted: string): Promise<EmbeddedPostgres | undefined> {
  const account = await postgresAccount()
  const dataFolder = await realpath(await reachableDataFolder(resolve(wanted), account))
  if ((await liveOwner(dataFolder)) === undefined) return undefined
  const socketFolder = await socketFolderOf(join(dataFolder, 'cluster'))
  return { ...addressOf(socketFolder), dataFolder, stop: async () => undefined }
}

function addressOf(socketFolder: string): Pick<EmbeddedPostgres, 'connection' | 'url'> {
  return {
    connection: { host: socketFolder, port: 5432, user: userName, database: 'postgres' },
    url: `postgresql://${userName}@/postgres?host=${encodeURIComponent(socketFolder)}&port=5432`,
  }
}

async function create(
  binaries: PostgresBinaries,
  dataFolder: string,
  account: PostgresAccount,
  options: EmbeddedOptions,
): Promise<void> {
  // Made under another name and renamed, so that an interrupted first start leaves nothing half made.
  const partial = join(dataFolder, 'cluster.partial')
  await rm(partial, { recursive: true, force: true })
  const flags = [
    `--pgdata=${partial}`,
    `--username=${userName}`,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]
  if (!options.durable) flags.push('--no-sync')
  try {
    await run(binaries.initdb, flags, { ...account, cwd: '/', env: serverEnvironment() })
  } catch (cause) {
    throw startError(cause instanceof Error ? cause.message : String(cause))
  }
  await rename(partial, join(dataFolder, 'cluster'))
}

async function socketFolderOf(cluster: string): Promise<string> {
  const identity = createHash('sha256').update(cluster).digest('hex').slice(0, 16)
  return join(await realpath(tmpdir()), `gatehouse-pg-${identity}`)
}

async function makeSocketFolder(cluster: string, account: PostgresAccount): Promise<string> {
  const folder = await socketFolderOf(cluster)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await lstat(folder)
  const own = [process.getuid?.(), account.uid]
  if (!found.isDirectory() || !own.includes(found.uid)) {
    throw startError(`${folder} belongs to somebody else; remove it or set TMPDIR.`)
  }
  await chmod(folder, 0o700)
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid)
  return folder
}

async function launch(
  binaries: PostgresBinaries,
  cluster: string,
  socketFolder: string,
  account: PostgresAccount,
  options: EmbeddedOptions,
): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    max_connections: '120',
    shared_buffers: '64MB',
    wal_compression: 'on',
    max_wal_size: '512MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn('/bin/sh', ['-c', guardScript, 'guard', binaries.postgres, '-D', cluster, ...flags], {
    ...account,
    cwd: cluster,
    env: serverEnvironment(),
    // Its own session: Ctrl-C in a terminal reaches us, and we stop the server after our own work.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  await ready(child)
  return child
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolvePromise, reject) => {
    let tail = ''
    const timer = setTimeout(() => {
      void stop(child)
      reject(startError(`not ready after ${startMaxMs / 1000} s: ${tail}`))
    }, startMaxMs)
    child.stdin?.on('error', () => undefined)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-logTailMax)
      if (!text.includes('ready to accept connections')) return
      clearTimeout(timer)
      resolvePromise()
    })
    child.once('error', (error) => reject(startError(error.message)))
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(startError(`ended with ${code}: ${tail}`))
    })
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolvePromise) => child.once('exit', () => resolvePromise()))
  child.stdin?.end()
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGQUIT')
  }, stopMaxMs)
  await ended
  clearTimeout(timer)
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

function inUse(dataFolder: string, owner: number): SiteError {
  return new SiteError({
    code: 'postgres_in_use',
    op: 'database.embedded',
    hint: `Process ${owner} already runs Gatehouse on ${dataFolder}. Stop it, choose another data folder, or set DATABASE_URL.`,
    retryable: false,
  })
}

function startError(detail: string): SiteError {
  return new SiteError({
    code: 'postgres_start',
    op: 'database.embedded',
    hint: `PostgreSQL did not start: ${detail.trim()}`,
    retryable: true,
  })
}
