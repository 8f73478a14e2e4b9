import { existsSync } from 'node:fs'
import { readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SiteError } from '@gatehouse/shared/errors/site-error'

const stopWaitMaxMs = 20_000
const pollMs = 50

/**
 * Makes a data folder free to start in: ends a server that a crashed parent left running in it, and
 * removes a `postmaster.pid` whose process is gone or is something else by now.
 * Refuses with `postgres_busy` when a server there does not stop within 20 s.
 */
export async function clearStaleServer(dataFolder: string): Promise<void> {
  const pidFile = join(dataFolder, 'postmaster.pid')
  const pid = await readPid(pidFile)
  if (pid === undefined) return
  if (!(await isServerOf(pid, dataFolder))) {
    await rm(pidFile, { force: true })
    return
  }
  signal(pid, 'SIGINT')
  for (let waited = 0; waited < stopWaitMaxMs; waited += pollMs) {
    if (!existsSync(pidFile) || !isAlive(pid)) return
    await wait(pollMs)
  }
  throw new SiteError({
    code: 'postgres_busy',
    op: 'database.embedded',
    hint: `Another PostgreSQL (process ${pid}) still uses ${dataFolder}. Stop it, then start again.`,
    retryable: true,
  })
}

async function readPid(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, 'utf8').catch(() => '')
  const pid = Number.parseInt(text.split('\n')[0] ?? '', 10)
  return pid > 0 ? pid : undefined
}

/** A server works in its data folder; where the system does not tell, a live process is taken for one. */
async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (!existsSync('/proc/self')) return true
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return folder === dataFolder
}

function isAlive(pid: number): boolean {
  return signal(pid, 0)
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
