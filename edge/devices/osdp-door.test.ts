import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { usualSettings } from '@gatehouse/shared/wire/v1/testing/usual-settings'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { edgeConfigSchema } from '../config.ts'
import { EdgeProgram } from '../edge-program.ts'
import { installReaderCommand } from '../install-reader-command.ts'
import { readEntries } from '../ledger/entry-store.ts'
import { readerKeysFile } from '../site/reader-key-file.ts'
import { prepareDevices } from '../site/site-devices.ts'
import { saveIdentity } from '../sync/site-identity.ts'
import type { DeviceHub } from './hub.ts'
import { createSimulatedBoard } from './simulators/simulated-board.ts'
import { createSimulatedOsdpReaders } from './simulators/simulated-osdp-readers.ts'
import { listenForEdge } from './simulators/socket-server.ts'
import { Heard, realClock } from './testing/hub-harness.ts'

const listen = { host: '127.0.0.1', port: 0 }
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-osdp-'))
const siteKey = Buffer.alloc(32, 3).toString('base64url')
const everyDay = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' }))
const card = '8065495'
const board = await createSimulatedBoard({ listen, units: [1] })
const readers = await createSimulatedOsdpReaders({
  openWire: (onBytes) => listenForEdge(listen, onBytes),
  addresses: [1, 2],
  random: new SeededRandom(4),
})
const lines: string[] = []
const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })

const door = (name: string) => ({
  ...{ name, levelId: 'l-0', public: true, pulseMs: 400, at: { x: 0, y: 0 } },
  ...{ readerDeviceId: `${name}-reader`, strikeDeviceId: `${name}-strike` },
})
const reader = (address: number) => ({
  ...{ name: 'reader', profile: 'generic/osdp-reader', bus: 'readers', parameters: { address } },
})
const strike = (output: number) => ({
  ...{ name: 'strike', profile: 'generic/relay-strike', bus: 'boards' },
  parameters: { board: 'waveshare/modbus-rtu-relay-d', unit: 1, output },
})
const rows: readonly (readonly [kind: string, key: string, body: object])[] = [
  [
    'site',
    'harbour',
    {
      ...{ name: 'Harbour', kind: 'coworking', description: '', address: '', timeZone: 'Europe/Berlin' },
      ...{ position: { latitude: 0, longitude: 0 }, currency: 'EUR', openingHours: everyDay, amenities: [] },
      settings: usualSettings,
    },
  ],
  [
    'plan',
    'resident',
    {
      ...{ name: 'Resident', monthlyMinor: 1, discountPercent: 0, covers: [] },
      access: { doors: 'public', hours: everyDay },
    },
  ],
  ['member', 'm-1', { displayName: 'Demo Member', planId: 'resident', vehicles: [] }],
  [
    'credential',
    'c-1',
    { kind: 'card', digest: credentialDigest(siteKey, 'card', card), memberId: 'm-1', revoked: false },
  ],
  ['door', 'front', door('front')],
  ['door', 'yard', door('yard')],
  ['device', 'front-reader', reader(1)],
  ['device', 'yard-reader', reader(2)],
  ['device', 'front-strike', strike(1)],
  ['device', 'yard-strike', strike(2)],
]

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const config = edgeConfigSchema.parse({
  dataFolder: folder,
  http: { port: await freePort() },
  // Port 9 is nobody's: this site has no cloud.
  cloud: { url: 'http://127.0.0.1:9' },
  buses: {
    readers: { kind: 'tcp', host: '127.0.0.1', port: readers.port },
    boards: { kind: 'tcp', host: '127.0.0.1', port: board.port },
  },
})
let hub: DeviceHub | undefined
const edge = new EdgeProgram(config, {
  ...{ clock: realClock, random: new SeededRandom(1), logger },
  prepareDevices: async (options) => {
    const devices = await prepareDevices(options)
    hub = devices.hub
    return devices
  },
})
const strikes = new Heard<number>()
const [front, yard] = readers.readers

beforeAll(async () => {
  const keys = { cloudPublicKey: 'A'.repeat(43), siteKey }
  saveIdentity(folder, { siteId: siteIdSchema.parse('harbour'), incarnation: 1, ...keys })
  await edge.start()
  for (const output of [1, 2]) board.output(output).onChange((on) => on && strikes.add(output))
  const applied = rows.map(([kind, key, body]) => ({ kind, key, body, epoch: 1, rev: 1 }))
  type Rows = Parameters<NonNullable<typeof edge.site>['directory']['apply']>[0]
  edge.site?.directory.apply(applied as Rows, { epoch: 1, rev: 1, handle: undefined, offset: '1' }, true)
})
afterAll(async () => {
  await edge.stop()
  await Promise.all([board.close(), readers.close()])
  rmSync(folder, { recursive: true })
})

const entries = () =>
  edge.site
    ? readEntries(edge.site.kernel.db, { incarnation: 1, afterSeq: 0, limit: 500 }).map(({ text }) =>
        JSON.parse(text),
      )
    : []

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('a card at a reader that was installed opens its own door, and its key is nowhere but in its file', async () => {
  const printed: string[] = []
  const install = (deviceId?: string) =>
    installReaderCommand(config, deviceId, (line) => void printed.push(line))
  expect(await install('nobody')).toBe(1)
  expect(await install('front-strike')).toBe(1)
  expect(await install()).toBe(2)
  for (const deviceId of ['front-reader', 'yard-reader']) expect(await install(deviceId)).toBe(0)
  const isOnline = (id: string) => hub?.status().some(({ deviceId, online }) => online && deviceId === id)
  await until(() => ['front-reader', 'yard-reader'].every(isOnline))
  expect(await install('front-reader')).toBe(1)

  yard?.tap(card)
  expect(await strikes.next(() => true)).toBe(2)
  front?.tap(card)
  expect(await strikes.next((output) => output === 1)).toBe(1)
  front?.tap('1')
  await until(() => entries().some(({ type }) => type === 'access.refused'))
  expect(strikes.all).toEqual([2, 1])
  const granted = entries().filter(({ type }) => type === 'access.granted')
  expect(granted.map(({ body }) => body.doorId)).toEqual(['yard', 'front'])

  const shown = (one: typeof front) =>
    one?.firmware.obeyed.flatMap((told) => (told.kind === 'led' ? [told.temporary?.color] : [])) ?? []
  await until(() => shown(front).length === 2 && shown(yard).length === 1)
  expect([shown(front), shown(yard)]).toEqual([['green', 'red'], ['green']])

  front?.openCase(true)
  if (yard) yard.firmware.speaksInClear = true
  yard?.tap(card)
  const incidents = () => entries().filter(({ type }) => type === 'incident.opened')
  await until(() => incidents().length === 2)
  expect(incidents().map(({ body }) => [body.kind, body.about])).toEqual(
    expect.arrayContaining([
      ['reader_tampered', 'front-reader'],
      ['reader_untrusted', 'yard-reader/plain_text'],
    ]),
  )
  expect(strikes.all).toEqual([2, 1])

  const file = join(folder, readerKeysFile)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  for (const { firmware } of readers.readers) {
    const key = Buffer.from(firmware.key ?? []).toString('hex')
    expect(readFileSync(file, 'utf8')).toContain(key)
    const told = [...lines, ...printed, JSON.stringify(entries())].join('\n')
    for (const form of [
      key,
      Buffer.from(key, 'hex').toString('base64'),
      JSON.stringify([...Buffer.from(key, 'hex')]),
    ]) {
      expect(told).not.toContain(form)
    }
  }
})
