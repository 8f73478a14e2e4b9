import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import type { CommandOutput } from './commands.ts'
import type { CloudConfig } from './config.ts'
import { openDatabase } from './database/open-database.ts'
import type { Queryable } from './database/pool.ts'
import { readSiteHealth } from './sites/site-health.ts'
import { version } from './version.ts'

interface Finding {
  readonly ok: boolean
  readonly what: string
  readonly detail: string
}

const freeBytesMin = 1_000_000_000
const syncSamples = 20
const syncMsMax = 20
const nodeMin = { major: 20, minor: 19 }
const postgresMajorMin = 15
const skewMsMax = 2_000

/**
 * Checks versions, clock, disk, sync time, port, database, and what the sites last said of their devices; prints
 * a line each. Exit 1 when one fails.
 */
export async function runDoctor(config: CloudConfig, clock: Clock, output: CommandOutput): Promise<number> {
  const findings = [
    checkNode(),
    checkClock(clock),
    await checkDisk(config.dataFolder),
    checkSync(config.dataFolder, clock),
    await checkPort(config),
    ...(await checkDatabase(config, clock)),
  ]
  for (const { ok, what, detail } of findings) output(`${ok ? 'ok  ' : 'FAIL'} ${what}: ${detail}`)
  return findings.every(({ ok }) => ok) ? 0 : 1
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > nodeMin.major || (major === nodeMin.major && minor >= nodeMin.minor)
  const { node, tz = 'unknown' } = process.versions
  return { ok, what: 'versions', detail: `gatehouse ${version}, Node.js ${node}, tzdata ${tz}` }
}

function checkClock(clock: Clock): Finding {
  const { wallMs, quality } = clock.now()
  return { ok: quality === 'trusted', what: 'clock', detail: `${new Date(wallMs).toISOString()}, ${quality}` }
}

async function checkDisk(folder: string): Promise<Finding> {
  mkdirSync(folder, { recursive: true })
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const detail = `${(free / 1e9).toFixed(1)} GB free in ${folder}`
  return { ok: free >= freeBytesMin, what: 'disk', detail }
}

/** Every commit waits for one sync of the disk. */
function checkSync(folder: string, clock: Clock): Finding {
  const file = join(folder, '.doctor')
  const handle = openSync(file, 'w')
  const samples: number[] = []
  for (let at = 0; at < syncSamples; at += 1) {
    const from = clock.now().monotonicMs
    writeSync(handle, Buffer.alloc(4096))
    fsyncSync(handle)
    samples.push(clock.now().monotonicMs - from)
  }
  closeSync(handle)
  rmSync(file)
  const median = samples.sort((a, b) => a - b)[syncSamples / 2] ?? 0
  return {
    ok: median <= syncMsMax,
    what: 'disk sync',
    detail: `${median.toFixed(2)} ms (median of ${syncSamples})`,
  }
}

function checkPort({ http }: CloudConfig): Promise<Finding> {
  const where = `${http.host}:${http.port}`
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => {
      const busy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      const detail = busy ? `${where} is in use; fine when that is this cloud` : `${where}: ${error.message}`
      resolve({ ok: busy, what: 'port', detail })
    })
    server.listen(http.port, http.host, () =>
      server.close(() => resolve({ ok: true, what: 'port', detail: `${where} is free` })),
    )
  })
}

/** The cloud has no devices of its own: what each site said of its own in the last heartbeat. */
async function checkDevices(db: Queryable, clock: Clock): Promise<Finding[]> {
  const sites = await readSiteHealth(db, clock.now().wallMs)
  return sites.map(({ siteId, online, heardMs, heartbeat }) => {
    const down = heartbeat?.devicesDown ?? []
    const heard = heardMs === undefined ? 'was never heard' : 'is not heard now'
    const missed =
      down.length === 0 ? 'no device down' : `${down.length} down: ${down.slice(0, 8).join(', ')}`
    return {
      ok: down.length === 0,
      what: `devices of ${siteId}`,
      detail: online ? missed : `the site ${heard}; last it said: ${heartbeat ? missed : 'nothing'}`,
    }
  })
}

async function checkDatabase(config: CloudConfig, clock: Clock): Promise<Finding[]> {
  try {
    const database = await openDatabase(config, { beside: true })
    try {
      const { rows } = await database.pool.query<{ version: string; number: number; ms: number }>(
        `SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::integer AS number,
           extract(epoch FROM clock_timestamp()) * 1000 AS ms`,
      )
      const [{ version: name, number, ms } = { version: 'unknown', number: 0, ms: 0 }] = rows
      const kind = database.isEmbedded ? 'embedded' : 'DATABASE_URL'
      const skew = Math.abs(Number(ms) - clock.now().wallMs)
      return [
        {
          ok: number >= postgresMajorMin * 10_000,
          what: 'database',
          detail: `PostgreSQL ${name}, ${kind}, schema current`,
        },
        { ok: skew <= skewMsMax, what: 'database clock', detail: `${skew.toFixed(0)} ms from ours` },
        ...(await checkDevices(database.pool, clock)),
      ]
    } finally {
      await database.close()
    }
  } catch (error) {
    const detail = isSiteError(error) ? error.hint : String(error)
    return [{ ok: false, what: 'database', detail }]
  }
}
