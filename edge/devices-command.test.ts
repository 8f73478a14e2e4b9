import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EdgeConfig, edgeConfigSchema } from './config.ts'
import { type DevicesRequest, devicesCommand } from './devices-command.ts'
import { EdgeProgram } from './edge-program.ts'
import { saveIdentity } from './sync/site-identity.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-devices-'))
let edge: EdgeProgram
let config: EdgeConfig
beforeAll(async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await new Promise((resolve) => server.close(resolve))
  const keys = { cloudPublicKey: 'A'.repeat(43), siteKey: 'B'.repeat(43) }
  saveIdentity(folder, { siteId: siteIdSchema.parse('harbour'), incarnation: 1, ...keys })
  // Port 9 is nobody's: this site has no cloud, and no bus answers.
  config = edgeConfigSchema.parse({
    ...{ dataFolder: folder, http: { port, requestsPerSecondMax: 1_000 } },
    cloud: { url: 'http://127.0.0.1:9' },
    buses: { boards: { kind: 'tcp', host: '127.0.0.1', port: 9 } },
  })
  const clock = new ManualClock(Date.UTC(2026, 10, 20))
  edge = new EdgeProgram(config, {
    ...{ clock, random: new SeededRandom(1), logger: pino({ level: 'silent' }) },
  })
  await edge.start()
  const parameters = { board: 'waveshare/modbus-rtu-relay-d', unit: 1 }
  const row = (key: string, profile: string, more: object) => ({
    ...{ kind: 'device', key, epoch: 1, rev: 1 },
    body: { name: key, profile, bus: 'boards', parameters: { ...parameters, ...more } },
  })
  const rows = [
    row('strike', 'generic/relay-strike', { output: 1 }),
    row('contact', 'generic/door-contact', { input: 1 }),
  ]
  edge.site?.directory.apply(rows, { epoch: 1, rev: 1, handle: undefined, offset: '1' }, false)
})
afterAll(async () => {
  await edge.stop()
  rmSync(folder, { recursive: true })
})

async function run(request: Partial<DevicesRequest>, settings = config) {
  const lines: string[] = []
  const all = { verb: undefined, deviceId: undefined, reason: undefined, text: undefined, ...request }
  const code = await devicesCommand(settings, all, (line) => lines.push(line))
  return { code, text: lines.join('\n') }
}

test('lists every device and bus of the running edge, and watches one until it is told to stop', async () => {
  const listed = await run({})
  expect(listed.code).toBe(0)
  for (const name of ['strike', 'contact', 'bus boards']) expect(listed.text).toContain(name)
  const ended = AbortSignal.abort()
  const watched = await run({ verb: 'watch', deviceId: 'contact', signal: ended })
  expect(watched.code).toBe(0)
  expect(watched.text).toContain('contact')
  expect(watched.text).not.toContain('strike')
})

test('tries a device, tells what came of it, and it is an entry that names the command', async () => {
  const tried = await run({ verb: 'test', deviceId: 'strike', reason: 'fault' })
  expect(tried.code).toBe(1)
  expect(tried.text).toContain('failed')
  const rows = edge.site?.kernel.db.prepare("SELECT text FROM entries WHERE type = 'device.tested'").all()
  const [entry] = (rows ?? []) as { text: string }[]
  expect(JSON.parse(entry?.text ?? '{}').body).toMatchObject({ by: 'command', reason: 'fault' })
})

test('says what is wrong with what was asked, and when no edge runs', async () => {
  expect((await run({ verb: 'test', deviceId: 'contact' })).code).toBe(1)
  expect((await run({ verb: 'test', deviceId: 'nothing' })).code).toBe(1)
  expect((await run({ verb: 'test', deviceId: 'strike', reason: 'because' })).code).toBe(1)
  expect((await run({ verb: 'test' })).code).toBe(2)
  expect((await run({ verb: 'dance' })).code).toBe(2)
  expect((await run({ verb: 'set-key', deviceId: 'nothing' })).code).toBe(1)
  const nobody = { ...config, http: { ...config.http, port: 9 } }
  expect((await run({}, nobody)).code).toBe(1)
})
