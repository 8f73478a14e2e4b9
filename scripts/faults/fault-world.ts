import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { inTransaction } from '@gatehouse/cloud/database/pool'
import { createTestDatabase } from '@gatehouse/cloud/database/test-database'
import { putRows } from '@gatehouse/cloud/directory/put-rows'
import { quickPasswords } from '@gatehouse/cloud/members/testing/quick-passwords'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { createSimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import { createSimulatedReaders } from '@gatehouse/edge/devices/simulators/simulated-readers'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { pino } from 'pino'
import { demoSites } from '../demo/demo-sites.ts'
import { row, rowsOf, type WorldRow } from '../demo/world/rows.ts'
import { writeWorld } from '../demo/world/write-world.ts'
import { freePort } from '../story/free-port.ts'
import { onLines } from '../story/line-readers.ts'

/** Short enough that a door can be opened several times a second. */
const pulseMs = 200

/** Bays of this class are lent to the cloud, which kills must not harm; visitors take the others. */
const lentClass = 'large'

/** A door of the site with its reader's and its strike's channel. */
export interface FaultDoor {
  readonly doorId: string
  readonly channel: number
}

/** A real cloud, a garage's bays and six doors behind sockets, and the files of an edge that is not running yet. */
export interface FaultWorld {
  readonly cloud: Cloud
  readonly siteId: string
  readonly edgeUrl: string
  readonly kioskSecret: string
  readonly configPath: string
  readonly dataFolder: string
  readonly logPath: string
  readonly doors: readonly FaultDoor[]
  readonly bayIds: readonly string[]
  readonly tap: (door: FaultDoor, card: string) => void
  /** Calls back at every beginning of a pulse; returns how to stop. */
  readonly onPulse: (door: FaultDoor, listener: () => void) => () => void
  /** Writes a row of the site's directory in the cloud, as a manager's change does. */
  readonly touchDirectory: (round: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts cloud and devices, writes the demo world, and prepares an edge with an enrolment code. */
export async function startFaultWorld(): Promise<FaultWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'))
  const clock = new SystemClock()
  const nowMs = clock.now().wallMs
  const database = await createTestDatabase()
  const settings = cloudConfigSchema.parse({ dataFolder: join(folder, 'cloud'), http: { port: 0 } })
  // The run's server listens on a socket file, an address that people do not configure.
  const cloud = await startCloud(
    { ...settings, databaseUrl: database.url },
    { clock, random: systemRandom, logger: pino({ level: 'silent' }), passwords: quickPasswords },
  )
  const [house, garage] = demoSites(folder)
  if (!house || !garage) throw new RangeError('the demo has no two sites')
  // The garage gets the doors of the coworking house: every kind of thing happens at one site.
  const doorRows = house.rows.filter(({ key }) => key.startsWith('door-') || key.startsWith('hh-'))
  const sites = [house, { ...garage, rows: [...garage.rows, ...doorRows.map(onLines).map(withShortPulse)] }]
  await writeWorld({
    pool: cloud.pool,
    auth: cloud.auth,
    seal: cloud.seal,
    random: systemRandom,
    nowMs,
    sites,
  })
  const { siteId, callers } = garage
  const { code } = await createEnrolmentCode(cloud.pool, systemRandom, {
    siteId,
    by: commandOrigin('test', nowMs),
  })
  const devices = await startDevices()
  const port = await freePort()
  const configPath = writeEdgeConfig(folder, { port, cloudUrl: cloud.url, code, ...devices.ports })
  const bayIds = rowsOf(garage.rows, 'space').flatMap(({ key, body }) =>
    body.outOfService || body.bayClass === lentClass ? [] : [key],
  )
  const doors = rowsOf(doorRows, 'door').map(({ key }, index) => ({ doorId: key, channel: index + 1 }))
  for (const { channel } of doors) devices.board.unit(1).input(channel).set(true)
  return {
    ...{ cloud, siteId, configPath, bayIds, doors },
    edgeUrl: `http://127.0.0.1:${port}`,
    kioskSecret: callers.kiosk,
    dataFolder: join(folder, 'edge'),
    logPath: join(folder, 'edge.log'),
    tap: ({ channel }, card) => devices.readers.reader(channel).tap(card),
    onPulse: ({ channel }, listener) =>
      devices.board
        .unit(1)
        .output(channel)
        .onChange((on) => on && listener()),
    touchDirectory: async (round) => {
      const amenity = row('member', 'm-faults', { displayName: `Visitor ${round} (demo)`, vehicles: [] })
      await inTransaction(cloud.pool, (tx) => putRows(tx, siteId, [amenity]))
    },
    stop: async () => {
      await devices.close()
      await cloud.stop()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function withShortPulse(each: WorldRow): WorldRow {
  if (each.kind !== 'door') return each
  return row('door', each.key, { ...each.body, pulseMs })
}

async function startDevices() {
  const listen = { host: '127.0.0.1', port: 0 }
  const board = await createSimulatedBoard({ listen, units: [1, 2] })
  const readers = await createSimulatedReaders({ listen })
  return {
    board,
    readers,
    ports: { boardPort: board.port, readersPort: readers.port },
    close: async () => {
      await board.close()
      await readers.close()
    },
  }
}

interface EdgePlaces {
  readonly port: number
  readonly boardPort: number
  readonly readersPort: number
  readonly cloudUrl: string
  readonly code: string
}

function writeEdgeConfig(folder: string, places: EdgePlaces): string {
  const path = join(folder, 'edge.json')
  mkdirSync(join(folder, 'edge'), { recursive: true })
  const config = {
    dataFolder: 'edge',
    http: { port: places.port, requestsPerSecondMax: 100_000 },
    cloud: { url: places.cloudUrl, enrolmentCode: places.code },
    buses: {
      'boards-1': { kind: 'tcp', host: '127.0.0.1', port: places.boardPort },
      'readers-1': { kind: 'tcp', host: '127.0.0.1', port: places.readersPort },
    },
    log: { level: 'warn' },
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}
