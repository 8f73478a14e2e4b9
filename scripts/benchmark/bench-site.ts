import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '@gatehouse/edge/ledger/database'
import { storeFile } from '@gatehouse/edge/site/store-file'
import { type AppliedRow, Directory } from '@gatehouse/edge/sync/directory'
import { syncTablesSql } from '@gatehouse/edge/sync/tables'
import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { harbourHouse } from '../demo/world/harbour-house.ts'
import { planRows } from '../demo/world/plans.ts'

/** What a measurement needs to talk to the site it prepared. */
export interface BenchSite {
  readonly siteId: SiteId
  readonly configPath: string
  readonly kioskSecret: string
  readonly deskIds: readonly string[]
  /** The card that opens `doorId`, and the wires of that door. */
  readonly card: string
}

const kioskSecret = 'bench-kiosk-secret'
const card = '4711'
export const deskCount = 500
const siteKey = Buffer.alloc(32, 7).toString('base64url')
const always = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' }))

export interface BenchWires {
  readonly port: number
  readonly boardPort: number
  readonly readersPort: number
  /** What a site with many devices has besides. */
  readonly many?: ManyDevices
}

/** Lines of readers on OSDP, the first reader of each at a door of its own, and a sensor at each of some desks. */
export interface ManyDevices {
  readonly linePorts: readonly number[]
  readonly readersPerLine: number
  readonly sensors: number
  readonly mqttPort: number
}

/** The bridge through which the sensors speak. */
export const benchBridge = { user: 'bench-bridge', secret: 'bench-bridge-secret', baseTopic: 'bench' }

/** Topic of the sensor at the desk with this number. */
export function sensorTopic(at: number): string {
  return `${benchBridge.baseTopic}/desk-${at}`
}

/** Device id of a reader on OSDP. */
export function lineReaderId(line: number, address: number): string {
  return `bench-osdp-${line}-${address}`
}

/** Writes an enrolled site into `folder`: Harbour House with 500 more desks, no cloud in reach. */
export function writeBenchSite(folder: string, wires: BenchWires): BenchSite {
  const siteId = siteIdSchema.parse(harbourHouse.siteId)
  const dataFolder = join(folder, 'store')
  mkdirSync(dataFolder, { recursive: true })
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  writeFileSync(join(dataFolder, 'site-key.json'), JSON.stringify(key))
  const identity = { siteId, incarnation: 1, cloudPublicKey: key.x ?? '', siteKey }
  writeFileSync(join(dataFolder, 'identity.json'), JSON.stringify(identity))
  const deskIds = Array.from({ length: deskCount }, (_, n) => `bench-desk-${n}`)
  const db = openDatabase({ path: join(dataFolder, storeFile), locking: 'exclusive' })
  db.exec(syncTablesSql)
  const position = { epoch: 1, rev: 1, handle: undefined, offset: '-1' }
  new Directory(db, siteId).apply(directoryRows(siteId, deskIds, wires.many), position, true)
  db.close()
  const configPath = join(folder, 'edge.json')
  const config = {
    dataFolder: 'store',
    http: { port: wires.port, requestsPerSecondMax: 100_000 },
    // Nothing listens there: the site is alone, as it would be with its cable cut.
    cloud: { url: 'http://127.0.0.1:9' },
    buses: {
      'bench-board': { kind: 'tcp', host: '127.0.0.1', port: wires.boardPort },
      'bench-readers': { kind: 'tcp', host: '127.0.0.1', port: wires.readersPort },
      ...Object.fromEntries(
        (wires.many?.linePorts ?? []).map((linePort, line) => [
          `bench-osdp-${line}`,
          { kind: 'tcp', host: '127.0.0.1', port: linePort },
        ]),
      ),
    },
    ...(wires.many && { mqtt: { kind: 'embedded', port: wires.many.mqttPort } }),
    log: { level: 'error' },
  }
  writeFileSync(configPath, JSON.stringify(config))
  return { siteId, configPath, kioskSecret, deskIds, card }
}

function directoryRows(
  siteId: string,
  deskIds: readonly string[],
  many: ManyDevices | undefined,
): AppliedRow[] {
  const [site, level, tariff] = (['site', 'level', 'tariff'] as const).map((kind) =>
    harbourHouse.rows.find((row) => row.kind === kind),
  )
  const desk = harbourHouse.rows.find(
    (row) => row.kind === 'space' && 'bookable' in row.body && row.body.bookable,
  )
  const [plan] = planRows
  if (!site || !level || !tariff || !desk || !plan) throw new RangeError('the demo world lost a part')
  const rows = [
    { kind: 'site', key: siteId, body: { ...site.body, openingHours: always } },
    ...harbourHouse.rows.filter(({ kind }) => kind === 'level' || kind === 'tariff'),
    ...deskIds.map((key) => ({ kind: 'space', key, body: { ...desk.body, gapMs: 0, kind: 'desk' } })),
    { kind: 'plan', key: plan.key, body: { ...plan.body, access: { doors: 'all', hours: always } } },
    {
      kind: 'member',
      key: 'bench-member',
      body: { displayName: 'Bench Member (demo)', planId: plan.key, vehicles: [] },
    },
    {
      kind: 'credential',
      key: 'bench-card',
      body: {
        kind: 'card',
        digest: credentialDigest(siteKey, 'card', card),
        memberId: 'bench-member',
        revoked: false,
      },
    },
    ...doorRows(level.key),
    ...(many ? manyRows(level.key, deskIds, many) : []),
    device(
      'bench-kiosk',
      'gatehouse/kiosk',
      { scope: 'kiosk' },
      { credentialDigest: sha256Hex(kioskSecret) },
    ),
  ]
  return rows.map(({ kind, key, body }) => ({
    kind,
    key,
    epoch: 1,
    rev: 1,
    body: body as AppliedRow['body'],
  }))
}

function doorRows(levelId: string) {
  const door = {
    name: 'Bench door',
    levelId,
    public: true,
    readerDeviceId: 'bench-reader',
    strikeDeviceId: 'bench-strike',
    pulseMs: 200,
    at: { x: 0, y: 0 },
  }
  return [
    { kind: 'door', key: 'bench-door', body: door },
    device('bench-reader', 'generic/wiegand-ascii-reader', { address: 1 }, { bus: 'bench-readers' }),
    device('bench-strike', 'generic/relay-strike', { unit: 1, output: 1 }, { bus: 'bench-board' }),
  ]
}

function manyRows(levelId: string, deskIds: readonly string[], many: ManyDevices) {
  const lines = many.linePorts.flatMap((_port, line) => {
    const readers = Array.from({ length: many.readersPerLine }, (_none, address) =>
      device(lineReaderId(line, address), 'generic/osdp-reader', { address }, { bus: `bench-osdp-${line}` }),
    )
    const strike = `bench-osdp-strike-${line}`
    const door = { name: `Bench door ${line}`, levelId, public: true, pulseMs: 200, at: { x: 0, y: 0 } }
    const wired = { readerDeviceId: lineReaderId(line, 0), strikeDeviceId: strike }
    return [
      ...readers,
      // The first output is the strike of the door that is always there.
      device(strike, 'generic/relay-strike', { unit: 1, output: line + 2 }, { bus: 'bench-board' }),
      { kind: 'door', key: `bench-osdp-door-${line}`, body: { ...door, ...wired } },
    ]
  })
  const sensors = deskIds
    .slice(0, many.sensors)
    .map((spaceId, at) =>
      device(`bench-sensor-${at}`, 'zigbee2mqtt/bay-sensor', { topic: sensorTopic(at) }, { spaceId }),
    )
  const { user, secret, baseTopic } = benchBridge
  const bridge = device(user, 'zigbee2mqtt/bridge', { baseTopic }, { credentialDigest: sha256Hex(secret) })
  return [...lines, ...sensors, bridge]
}

function device(key: string, profile: string, parameters: object, more: object) {
  return { kind: 'device', key, body: { name: key, profile, parameters, ...more } }
}
