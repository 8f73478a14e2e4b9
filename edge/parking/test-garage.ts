import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { type Random, SeededRandom } from '@gatehouse/shared/random/random'
import { createBookingsModule } from '../bookings/bookings-module.ts'
import { SubjectStore } from '../bookings/subject-store.ts'
import type { Barrier } from '../devices/ports/barrier.ts'
import { CardPayments } from '../drawer/card-payments.ts'
import { drawerModule } from '../drawer/drawer-module.ts'
import { SandboxGateway } from '../drawer/sandbox-gateway.ts'
import type { LedgerModule } from '../ledger/command.ts'
import { openDatabase, type SiteDatabase } from '../ledger/database.ts'
import { Kernel } from '../ledger/kernel.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { statement } from '../ledger/statements.ts'
import { type AppliedRow, Directory } from '../sync/directory.ts'
import { syncTablesSql } from '../sync/tables.ts'
import { siteBookedBays } from './booked-bays.ts'
import { parkingModule } from './parking-module.ts'
import type { ParkingOptions } from './parking-options.ts'
import { createPlateVault } from './plate-vault.ts'
import { vendHandler } from './vend.ts'

const siteId = siteIdSchema.parse('quay-street')
const minuteMs = 60_000
/** A Friday noon in Berlin. */
export const noonMs = Date.UTC(2026, 10, 20, 11)

/** The keyed digest of plates in this test world. */
export const plateDigest = (plate: string) => sha256Hex(`plate ${plate}`)

function lane(direction: 'entry' | 'exit', n: number): Omit<AppliedRow, 'epoch' | 'rev'> {
  const key = `${direction}-${n}`
  return {
    kind: 'lane',
    key,
    body: {
      name: key,
      direction,
      zoneId: 'garage',
      barrierDeviceId: `${key}-barrier`,
      cameraDeviceId: `${key}-camera`,
      ...(direction === 'entry'
        ? { ticketButtonDeviceId: `${key}-button` }
        : { readerDeviceId: `${key}-reader` }),
      defaultClass: 'car',
    },
  }
}

function bay(n: number, bayClass: string): Omit<AppliedRow, 'epoch' | 'rev'> {
  return {
    kind: 'space',
    key: `bay-${n}`,
    body: {
      name: `B${n}`,
      kind: 'bay',
      levelId: n <= 6 ? 'level-1' : 'level-2',
      zoneId: 'garage',
      bayClass,
      capacity: 1,
      features: [],
      tariffId: 'day',
      bookable: true,
      gapMs: 0,
      outOfService: false,
      distanceMeters: n,
      rect: { x: 0, y: 0, width: 1, height: 1 },
    },
  }
}

const level = (n: number) => ({
  kind: 'level',
  key: `level-${n}`,
  body: { name: `Level ${n}`, ordinal: n, width: 100, height: 100 },
})

const device = (key: string, more: object) => ({
  kind: 'device',
  key,
  body: { name: key, profile: 'test/test', parameters: {}, ...more },
})

/** Ten regular bays and two large ones on two levels, two lanes each way, 2 EUR per started hour. */
export const garageRows: readonly Omit<AppliedRow, 'epoch' | 'rev'>[] = [
  {
    kind: 'site',
    key: siteId,
    body: {
      name: 'Quay Street Garage',
      kind: 'parking',
      description: '',
      address: '',
      position: { latitude: 53, longitude: 10 },
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      openingHours: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' })),
      amenities: [],
      settings: {
        holdMs: 5 * minuteMs,
        checkInEarlyMs: 15 * minuteMs,
        checkInGraceMs: 15 * minuteMs,
        unlockEarlyMs: 15 * minuteMs,
        unlockLateMs: 15 * minuteMs,
        entryGraceMs: 10 * minuteMs,
        exitGraceMs: 15 * minuteMs,
        fullAtFree: 2,
        reopenAtFree: 5,
        memberOfflineMs: 0,
        heldOpenMs: minuteMs,
      },
    },
  },
  { kind: 'zone', key: 'garage', body: { name: 'Garage' } },
  level(1),
  level(2),
  lane('entry', 1),
  lane('entry', 2),
  lane('exit', 1),
  lane('exit', 2),
  ...Array.from({ length: 10 }, (_none, index) => bay(index + 1, 'regular')),
  bay(11, 'large'),
  bay(12, 'large'),
  {
    kind: 'tariff',
    key: 'day',
    body: {
      name: 'Day',
      version: 4,
      currency: 'EUR',
      taxRatePercent: 19,
      freeMinutes: 0,
      bands: [
        {
          label: 'Any time',
          weekdays: [1, 2, 3, 4, 5, 6, 7],
          from: '00:00',
          to: '24:00',
          steps: [{ unitMinutes: 60, amountMinor: 200 }],
        },
      ],
      rolling24hCapMinor: 2000,
      lostTicketMinor: 3500,
    },
  },
  {
    kind: 'member',
    key: 'mem-1',
    body: {
      displayName: 'Ada',
      vehicles: [{ vehicleId: 'veh-ada', plateDigest: plateDigest('HHAD1') }],
    },
  },
  device('sensor-1', { spaceId: 'bay-1' }),
  device('sign-1', { levelId: 'level-1' }),
]

/** A garage that runs, and what tests look at. */
export interface Garage {
  readonly folder: string
  readonly clock: ManualClock
  readonly random: Random
  readonly db: SiteDatabase
  readonly directory: Directory
  readonly options: ParkingOptions
  readonly kernel: Kernel
  readonly cards: CardPayments
  readonly gateway: SandboxGateway
  /** Barriers that opened, in order. */
  readonly vends: string[]
  readonly bugs: unknown[]
  readonly barrier: (deviceId: string) => Barrier
  /** Runs a command under a key of its own and gives its value; a refusal gives `{ refused: code }`. */
  readonly run: (kind: string, input: object) => Promise<Record<string, unknown>>
  /** Types of all entries so far but outcomes of effects. */
  readonly entryTypes: () => string[]
  readonly rebuildsEqual: () => boolean
  readonly passMinutes: (minutes: number) => void
  readonly close: () => void
}

let keys = 0

/** What is different about one test's garage. */
export interface GarageChanges {
  readonly folder?: string
  readonly clock?: ManualClock
  readonly canPay?: () => boolean
  readonly seed?: number
}

/** A garage over a real store and kernel, with barriers that remember their openings. */
export function openGarage(changes: GarageChanges = {}): Garage {
  const folder = changes.folder ?? mkdtempSync(join(tmpdir(), 'garage-'))
  const clock = changes.clock ?? new ManualClock(noonMs)
  const random = new SeededRandom(changes.seed ?? 11)
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  db.exec(syncTablesSql)
  const directory = new Directory(db, siteId)
  const rows = garageRows.map((row) => ({ ...row, epoch: 1, rev: 1 }))
  directory.apply(rows, { epoch: 1, rev: 1, handle: undefined, offset: '1' }, true)
  const subjects = new SubjectStore(new Uint8Array(32), random)
  const options: ParkingOptions = {
    directory,
    vault: createPlateVault({ subjects, random, directory, plateDigest }),
    bookings: siteBookedBays(directory),
    plateDigest,
    canPay: changes.canPay ?? (() => true),
    evForAll: false,
    tzdataVersion: '2025b',
  }
  const vends: string[] = []
  const gateway = new SandboxGateway(join(folder, 'gateway.sqlite'))
  const cards = new CardPayments({ gateway, random, wait: async () => {} })
  const modules: LedgerModule[] = [
    drawerModule,
    createBookingsModule({ directory, tzdataVersion: '2025b', subjects }),
    parkingModule(options),
  ]
  const bugs: unknown[] = []
  const barrier = (deviceId: string) => ({
    vend: async () => {
      vends.push(deviceId)
      return { outcome: 'done' } as const
    },
  })
  const kernel = new Kernel({
    db,
    siteId,
    incarnation: 1,
    clock,
    random,
    modules,
    effects: [vendHandler(barrier), ...cards.effectHandlers()],
    onBug: (error) => bugs.push(error),
  })
  return {
    folder,
    clock,
    random,
    db,
    directory,
    options,
    kernel,
    cards,
    gateway,
    vends,
    bugs,
    barrier,
    run: async (kind: string, input: object) => {
      keys += 1
      const outcome = await kernel.submit({
        kind,
        caller: 'test',
        key: `${clock.now().wallMs}-${keys}`,
        input,
      })
      return outcome.ok ? (outcome.value as Record<string, unknown>) : { refused: outcome.refusal.code }
    },
    entryTypes: () =>
      statement<{ type: string }>(db, "SELECT type FROM entries WHERE type <> 'effect.settled' ORDER BY seq")
        .all()
        .map(({ type }) => type),
    rebuildsEqual: () => checkRebuild(db, modules).equal,
    passMinutes: (minutes: number) => clock.advance(minutes * minuteMs),
    close: () => {
      kernel.close()
      db.close()
      gateway.close()
    },
  }
}
