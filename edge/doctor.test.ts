import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EdgeConfig, isConfigProblem, parseEdgeConfig } from './config.ts'
import { runDoctor } from './doctor.ts'
import { EdgeProgram } from './edge-program.ts'
import { openDatabase } from './ledger/database.ts'
import { saveIdentity } from './sync/site-identity.ts'

const clock = new ManualClock(Date.UTC(2026, 10, 20))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function config(more: object = {}): Promise<EdgeConfig> {
  const http = { port: await freePort() }
  // Port 9 is nobody's: the cloud of these tests is away.
  const parsed = parseEdgeConfig({ dataFolder: folder, http, cloud: { url: 'http://127.0.0.1:9' }, ...more })
  if (isConfigProblem(parsed)) throw new TypeError(parsed.lines.join())
  return parsed
}

function enrol(): void {
  const keys = { cloudPublicKey: 'A'.repeat(43), siteKey: 'B'.repeat(43) }
  saveIdentity(folder, { siteId: siteIdSchema.parse('harbour'), incarnation: 1, ...keys })
}

async function examine(settings: EdgeConfig): Promise<string> {
  const lines: string[] = []
  const code = await runDoctor(settings, clock, (line) => lines.push(line))
  expect(code).toBe(lines.some((line) => line.startsWith('FAIL')) ? 1 : 0)
  return lines.join('\n')
}

describe('the doctor', () => {
  test('looks at every part, and at the clock also without a cloud', async () => {
    const report = await examine(await config())
    for (const part of ['versions', 'disk', 'sync time', 'port', 'database', 'clock']) {
      expect(report).toMatch(new RegExp(`^ok .*${part}:`, 'm'))
    }
    expect(report).toMatch(/^FAIL.*cloud:/m)
  })

  test('finds wires that lead nowhere', async () => {
    const report = await examine(
      await config({
        buses: {
          boards: { kind: 'tcp', host: '127.0.0.1', port: 9 },
          line: { kind: 'serial', path: join(folder, 'no-such-port') },
          pins: { kind: 'gpio', chip: 'no-such-chip', outputs: { 1: 4 } },
        },
        mqtt: { kind: 'outside', url: 'mqtt://127.0.0.1:9' },
      }),
    )
    for (const part of ['bus boards', 'bus line', 'bus pins', 'mqtt']) {
      expect(report).toMatch(new RegExp(`^FAIL.*${part}:`, 'm'))
    }
  })

  test('says that a store is sound, and names devices without a bus', async () => {
    enrol()
    const settings = await config()
    const edge = new EdgeProgram(settings, {
      ...{ clock, random: new SeededRandom(1) },
      logger: pino({ level: 'silent' }),
    })
    await edge.start()
    const running = await examine(settings)
    edge.site?.directory.apply([device('strike-1')], position, false)
    await edge.stop()
    expect(running).toMatch(/^ok .*port:.*running edge/m)
    expect(running).toMatch(/^ok .*database: open, head 1/m)
    expect(running).toMatch(/^ok .*devices: 0 known/m)
    const resting = await examine(settings)
    expect(resting).toMatch(/^ok .*database: sound, head 1/m)
    expect(resting).toMatch(/^FAIL.*devices:.*strike-1 \(no_bus\)/m)
  })

  test('sees a file that is no database, and one that somebody else has open', async () => {
    enrol()
    const path = join(folder, 'site.sqlite')
    const settings = await config()
    const held = openDatabase({ path, locking: 'exclusive' })
    expect(await examine(settings)).toMatch(/^FAIL.*database: store_locked/m)
    held.close()
    writeFileSync(path, 'not a database at all '.repeat(400))
    expect(await examine(settings)).toMatch(/^FAIL.*database: store_damaged/m)
  })
})

const position = { epoch: 1, rev: 1, handle: undefined, offset: '0_0' }

function device(key: string) {
  const body = { name: 'Strike', profile: 'generic/relay-strike', parameters: { output: 1 } }
  return { kind: 'device', key, epoch: 1, rev: 1, body }
}
