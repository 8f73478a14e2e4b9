import { mkdirSync } from 'node:fs'
import { claim, liveOwner, release } from '@gatehouse/cloud/database/folder-owner'
import { isSiteError, SiteError } from '@gatehouse/shared/errors/site-error'
import { machineClock } from './child-runtime.ts'
import { lanAddresses, listenHost } from './configuration.ts'
import { demoWires } from './demo-sites.ts'
import { removeDemoData, requireEmptyDatabase } from './fresh.ts'
import { type DemoOptions, parseDemoOptions } from './options.ts'
import { type DemoPorts, demoPorts, requireFreePorts } from './ports.ts'
import { Supervisor } from './supervisor.ts'
import { demoLogins, demoPassword } from './world/people.ts'

const stopMaxMs = 30_000
const say = (line: string) => process.stdout.write(`${line}\n`)

/** Names a step of the start and how long it took, as the steps before it do (scripts/setup/steps.sh). */
async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const begunMs = machineClock.now().monotonicMs
  const seconds = () => Math.round((machineClock.now().monotonicMs - begunMs) / 1000)
  process.stdout.write(`  ${name.padEnd(34)}`)
  try {
    const done = await run()
    say(`${seconds()} s`)
    return done
  } catch (error) {
    say(`failed after ${seconds()} s`)
    throw error
  }
}

function tell(options: DemoOptions, ports: DemoPorts): void {
  const [harbour, quay] = ports.sites
  say('Gatehouse is ready')
  say('')
  say(`  Start here            http://127.0.0.1:${ports.cloud}/`)
  say(`  Member app            http://127.0.0.1:${ports.cloud}/app`)
  say(`  HQ                    http://127.0.0.1:${ports.cloud}/hq`)
  say(`  Simulator panel       http://127.0.0.1:${ports.panel}/   (opens paired kiosks and boards)`)
  say(`  Harbour House         http://127.0.0.1:${harbour?.edge}/`)
  say(`  Quay Street Garage    http://127.0.0.1:${quay?.edge}/`)
  if (options.lan) say(`  On your network       ${lanAddresses().join(', ')}`)
  say('')
  say(`  Demo log-ins, all with the password ${demoPassword}`)
  for (const { email, role } of demoLogins) say(`    ${email.padEnd(24)} ${role.replace('_', ' ')}`)
  say('')
  say(`  Data: ${options.dataFolder} (start with --fresh to begin anew). Ctrl-C stops everything.`)
}

/** Refuses with `demo_running` or `port_in_use`, before anything is written or thrown away. */
async function requireRoom(options: DemoOptions, ports: DemoPorts): Promise<void> {
  const owner = await liveOwner(options.dataFolder)
  if (owner === undefined) return requireFreePorts(ports, listenHost(options), options.mqttUrl === undefined)
  const hint = `Process ${owner} already runs Gatehouse on ${options.dataFolder}. Stop it, or choose another folder with GATEHOUSE_DATA and other ports with CLOUD_PORT and EDGE_PORT_BASE.`
  throw new SiteError({ code: 'demo_running', op: 'demo.start', hint, retryable: true })
}

async function main(): Promise<number> {
  // The terminal may be closed while this still writes to it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const options = parseDemoOptions(process.argv.slice(2), process.env)
  const ports = demoPorts(options.cloudPort, options.edgePortBase, demoWires)
  const supervisor = new Supervisor({ options, ports, say, step })
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
  const starting = (async () => {
    await requireRoom(options, ports)
    if (options.fresh) {
      if (options.databaseUrl !== undefined) await requireEmptyDatabase(options.databaseUrl)
      await removeDemoData(options.dataFolder)
    }
    mkdirSync(options.dataFolder, { recursive: true })
    await claim(options.dataFolder)
    await supervisor.start()
    tell(options, ports)
  })()
  // Ctrl-C may come while things are still starting.
  const outcome = await Promise.race([
    asked.then(() => 'asked' as const),
    starting.then(() => 'started' as const),
  ])
  if (outcome === 'started') await asked
  say('\nStopping …')
  // The programs end by themselves when their supervisor is gone, so nothing is left behind either way.
  setTimeout(() => process.exit(1), stopMaxMs)
  await supervisor.stop()
  await release(options.dataFolder)
  return 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`\n${isSiteError(error) ? error.hint : String(error)}\n`)
    process.exit(isSiteError(error) && error.code === 'option_invalid' ? 2 : 1)
  },
)
