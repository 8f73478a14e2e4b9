import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresAccount, reachableDataFolder } from '@gatehouse/cloud/database/postgres-account'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { demoFolders, demoSites, demoWires } from '../demo/demo-sites.ts'
import { removeDemoData } from '../demo/fresh.ts'
import { demoPorts } from '../demo/ports.ts'
import { repositoryRoot } from '../repository-root.ts'
import { PanelClient } from './panel-client.ts'

const readyLine = 'Gatehouse is ready'
const readyMaxMs = 180_000
const stopMaxMs = 40_000
const portsPerDemo = 100
const portBlocks = Array.from({ length: 300 }, (_, block) => 20_000 + block * portsPerDemo)

/** A whole demo in processes of its own, on free ports, over a data folder of its own. */
export interface DemoUnderTest {
  readonly cloudUrl: string
  readonly panelUrl: string
  readonly panel: PanelClient
  /** The edge's configuration file, for the commands of the edge. */
  readonly configOf: (siteId: string) => string
  /** The secret with which the panel reads a site's ledger. */
  readonly panelSecretOf: (siteId: string) => string
  /** Stops it as Ctrl-C does and gives the command lines of programs that were left behind. */
  stop(): Promise<readonly string[]>
}

/** Starts a demo without background traffic and resolves at its ready line; `historyDays` shortens its past. */
export async function startDemo(options: {
  readonly historyDays: number
  readonly traffic?: boolean
}): Promise<DemoUnderTest> {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'))
  const base = await freeBlock()
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      join(repositoryRoot, 'scripts/dist/demo/main.js'),
      ...(options.traffic ? [] : ['--quiet']),
    ],
    {
      env: {
        ...withoutDemoSettings(process.env),
        GATEHOUSE_DATA: data,
        CLOUD_PORT: String(base),
        EDGE_PORT_BASE: String(base),
        DEMO_HISTORY_DAYS: String(options.historyDays),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a group of its own, so that a Ctrl-C of the tests reaches it through `stop` alone.
      detached: true,
    },
  )
  const abandon = () => child.kill('SIGTERM')
  process.once('exit', abandon)
  await ready(child)
  const sites = demoSites(data)
  const ports = demoPorts(base, base, demoWires)
  const panelUrl = `http://127.0.0.1:${ports.panel}`
  return {
    cloudUrl: `http://127.0.0.1:${ports.cloud}`,
    panelUrl,
    panel: new PanelClient(panelUrl),
    configOf: (siteId) => demoFolders(data).ofSite(siteId).config,
    panelSecretOf: (siteId) => sites.find((site) => site.siteId === siteId)?.callers.panel ?? '',
    stop: async () => {
      await ended(child)
      process.off('exit', abandon)
      const left = await programsOver(data)
      await removeDemoData(data)
      rmSync(data, { recursive: true, force: true })
      return left
    },
  }
}

/** The cloud's port is the block's first, the edges' ports follow; a demo uses nothing beyond the block. */
async function freeBlock(): Promise<number> {
  const first = process.pid % portBlocks.length
  for (const base of [...portBlocks.slice(first), ...portBlocks.slice(0, first)]) {
    const ports = Array.from({ length: portsPerDemo }, (_, index) => base + index)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return base
  }
  throw failed('No free ports were found between 20000 and 50000.')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** A story runs on what the demo brings along, whatever the caller has set for a demo of their own. */
function withoutDemoSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, MQTT_URL: _broker, ...rest } = environment
  return rest
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    const timer = setTimeout(() => child.kill('SIGTERM'), readyMaxMs)
    const hear = (bytes: Buffer) => {
      output += bytes.toString()
      if (!output.includes(readyLine)) return
      clearTimeout(timer)
      resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('close', () => {
      clearTimeout(timer)
      reject(failed(`The demo did not start:\n${output}`))
    })
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMaxMs)
    child.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGINT')
  })
}

/** Command lines of running programs that name the data folder, or the database's own copy of it. */
async function programsOver(data: string): Promise<readonly string[]> {
  const own = join(demoFolders(data).cloud, 'postgres')
  const database = await reachableDataFolder(own, await postgresAccount())
  const lines = spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).stdout?.split('\n') ?? []
  return lines.filter((line) => line.includes(data) || line.includes(database))
}

function failed(hint: string): SiteError {
  return new SiteError({ code: 'demo_failed', op: 'browser.demo', hint, retryable: true })
}
