import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../package-root.ts'
import { attachEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'
import { openPool } from './pool.ts'

let folder: string
let dataFolder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-embedded-'))
  await chmod(folder, 0o755)
  dataFolder = join(folder, 'data')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const pidFile = () => join(dataFolder, 'cluster', 'postmaster.pid')
const serverPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0])

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function goes(pid: number): Promise<void> {
  while (isAlive(pid)) await wait(10)
}

async function answer(url: string): Promise<unknown> {
  const pool = openPool(url, 1)
  try {
    return (await pool.query('SELECT 1 AS one')).rows
  } finally {
    await pool.end()
  }
}

// Another process needs compiled code; `tsc -b` comes before the tests.
const compiled = join(packageRoot, 'dist', 'database', 'embedded.js')
const cannotStartAnother = !existsSync(compiled) && process.env.CI === undefined

/** Another process that starts the server and says so. */
async function owner(): Promise<ChildProcess> {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(compiled)}
    await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(dataFolder)}, durable: false })
    process.stdout.write('ready')`
  const flags = ['--input-type=module', '-e', program]
  const child = spawn(process.execPath, flags, {
    cwd: packageRoot,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
  return child
}

describe('embedded PostgreSQL', () => {
  it('starts, answers, keeps its data and stops', async () => {
    const first = await startEmbeddedPostgres({ dataFolder, durable: false })
    expect(await answer(first.url)).toEqual([{ one: 1 }])
    const pid = serverPid()
    await first.stop()
    await first.stop()
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(first.connection.host)).toBe(false)
    const second = await startEmbeddedPostgres({ dataFolder, durable: false })
    await second.stop()
  })

  it('refuses a second owner, lets commands join, and keeps the first one running', async () => {
    const running = await startEmbeddedPostgres({ dataFolder, durable: false })
    const second = startEmbeddedPostgres({ dataFolder, durable: false })
    await expect(second).rejects.toMatchObject({ code: 'postgres_in_use' })
    const joined = await attachEmbeddedPostgres(dataFolder)
    expect(joined?.url).toBe(running.url)
    await joined?.stop()
    expect(await answer(running.url)).toEqual([{ one: 1 }])
    await running.stop()
    expect(await attachEmbeddedPostgres(dataFolder)).toBeUndefined()
  })

  describe.skipIf(cannotStartAnother)('ends when its owner ends', () => {
    it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('by %s', async (signal) => {
      const child = await owner()
      const pid = serverPid()
      child.kill(signal)
      await goes(pid)
      const again = await startEmbeddedPostgres({ dataFolder, durable: false })
      await again.stop()
    })
  })

  it('starts over the leftovers of a server that is gone', async () => {
    writeFileSync(pidFile(), `${process.pid}\n${dataFolder}\n`)
    const running = await startEmbeddedPostgres({ dataFolder, durable: false })
    expect(await answer(running.url)).toEqual([{ one: 1 }])
    await running.stop()
    expect(existsSync(pidFile())).toBe(false)
  })
})
