import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccessBooking } from '@gatehouse/shared/access/decide-access'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import {
  type DeviceId,
  type DoorId,
  deviceIdSchema,
  doorIdSchema,
  siteIdSchema,
} from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { usualSettings } from '@gatehouse/shared/wire/v1/testing/usual-settings'
import type { DeviceEvent } from '../../devices/hub.ts'
import type { LedgerModule } from '../../ledger/command.ts'
import { openDatabase, type SiteDatabase } from '../../ledger/database.ts'
import { readEntries } from '../../ledger/entry-store.ts'
import { Kernel } from '../../ledger/kernel.ts'
import { type AppliedRow, Directory } from '../../sync/directory.ts'
import { syncTablesSql } from '../../sync/tables.ts'
import { accessModule } from '../access-module.ts'
import { accessDeviceEvents } from '../device-events.ts'
import { DoorWatch, type DoorWatchOptions, keepPulseMs } from '../door-watch.ts'
import { HoldKeeper } from '../hold-keeper.ts'
import { passKnowledge } from '../pass-keys.ts'
import { strikeHandler } from '../strike-effect.ts'

export const siteKey = Buffer.alloc(32, 3).toString('base64url')
export const siteId = siteIdSchema.parse('harbour-house')
export const frontDoor = doorIdSchema.parse('front')
export const minute = 60_000
/** Friday 2026-11-20, 10:00 in Berlin. */
export const friday10 = Date.parse('2026-11-20T10:00:00+01:00')

const weekdays = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '08:00', to: '20:00' }))
const rows: readonly (readonly [kind: string, key: string, body: AppliedRow['body']])[] = [
  [
    'site',
    siteId,
    {
      name: 'Harbour House',
      kind: 'coworking',
      description: '',
      address: '',
      timeZone: 'Europe/Berlin',
      position: { latitude: 0, longitude: 0 },
      currency: 'EUR',
      openingHours: weekdays,
      amenities: [],
      settings: usualSettings,
    },
  ],
  [
    'plan',
    'resident',
    {
      name: 'Resident',
      monthlyMinor: 1,
      discountPercent: 0,
      covers: [],
      access: { doors: 'public', hours: weekdays },
    },
  ],
  ['member', 'm-1', { displayName: 'Demo Member', planId: 'resident', vehicles: [] }],
  [
    'credential',
    'c-card',
    { kind: 'card', digest: credentialDigest(siteKey, 'card', '4711'), memberId: 'm-1', revoked: false },
  ],
  [
    'credential',
    'c-pin',
    { kind: 'pin', digest: credentialDigest(siteKey, 'pin', '123456'), memberId: 'm-1', revoked: false },
  ],
  [
    'door',
    frontDoor,
    {
      name: 'Front door',
      levelId: 'l-0',
      public: true,
      readerDeviceId: 'front-reader',
      strikeDeviceId: 'front-strike',
      contactDeviceId: 'front-contact',
      exitButtonDeviceId: 'front-exit',
      pulseMs: 3000,
      at: { x: 0, y: 0 },
    },
  ],
  [
    'door',
    'elm',
    {
      name: 'Elm',
      levelId: 'l-0',
      public: false,
      readerDeviceId: 'elm-reader',
      strikeDeviceId: 'elm-strike',
      pulseMs: 3000,
      at: { x: 0, y: 0 },
    },
  ],
]

const doorsModule = (directory: Directory, bookings: readonly AccessBooking[]) =>
  accessModule({
    ...{ directory, bookingsOf: () => bookings, directoryAgeMs: () => 0 },
    ...{
      passes: passKnowledge(directory, { cloudPublicKey: '' }),
      bookingOfPass: () => ({ booking: { kind: 'unknown' }, events: [] }),
    },
  })

/** A site whose ledger, doors and strikes a test looks at. */
export interface DoorSite {
  readonly folder: string
  readonly clock: ManualClock
  readonly db: SiteDatabase
  readonly directory: Directory
  readonly kernel: Kernel
  readonly module: LedgerModule
  readonly doors: DoorWatch
  readonly holds: HoldKeeper
  /** The devices of the strikes that were energised. */
  readonly strikes: readonly string[]
  /** What was handed to the kiosk: kind and digest of a credential. */
  readonly kiosk: readonly string[]
  /** What readers were told to show: device and signal. */
  readonly signals: readonly string[]
  /** What locks were told without a decision: door, and `keep` released or `rest`. */
  readonly locks: readonly string[]
  /** Whether the front door's lock is released now; of its pulses the last counts, as with every driver. */
  readonly isReleased: () => boolean
  readonly events: () => { readonly type: string; readonly body: Record<string, unknown> }[]
  /** The types of its entries; of a refusal its reason. */
  readonly types: () => unknown[]
  readonly handle: (event: object) => void
  /** Lets the time of cards pass that wait for their PIN. */
  readonly tick: () => void
}

/** A site with a front door and a room's door over a store in `folder`; another `seed` for each of its lives. */
export function openDoors(
  folder = mkdtempSync(join(tmpdir(), 'access-')),
  bookings: readonly AccessBooking[] = [],
  seed = 5,
): DoorSite {
  const clock = new ManualClock(friday10)
  const random = new SeededRandom(seed)
  const db: SiteDatabase = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  db.exec(syncTablesSql)
  const directory = new Directory(db, siteId)
  const applied = rows.map(([kind, key, body]) => ({ kind, key, body, epoch: 1, rev: 1 }))
  directory.apply(applied, { epoch: 1, rev: 1, handle: undefined, offset: '1' }, true)
  const module = doorsModule(directory, bookings)
  const { strikes, strike, drive, isReleased } = simulateStrikes(clock)
  const kernel = new Kernel({
    receiptKey: 'test',
    db,
    siteId,
    incarnation: 1,
    clock,
    random,
    modules: [module],
    effects: [strikeHandler(strike, () => doors)],
    onBug: (error) => {
      throw error
    },
  })
  const signals: string[] = []
  const locks: string[] = []
  const onLock = (doorId: DoorId, how: 'keep' | 'rest') => {
    locks.push(`${doorId}:${how}`)
    drive(directory.get('door', doorId)?.strikeDeviceId ?? '', how === 'keep' ? keepPulseMs : 0)
  }
  const doors: DoorWatch = watchDoors({ kernel, directory, clock }, signals, onLock)
  const kiosk: string[] = []
  const onKioskCredential = (_reader: string, kind: string, digest: string) =>
    void kiosk.push(`${kind}:${digest}`)
  const { handle, tick } = accessDeviceEvents({
    ...{ kernel, directory, doors, random, clock, siteKey, onKioskCredential },
    onAnswer: (deviceId, signal) => void signals.push(`${deviceId}:${signal}`),
  })
  const holds = new HoldKeeper({ kernel, directory, doors, clock, random })
  const events = () => eventsOf(db)
  const types = () => events().map(({ type, body }) => (type === 'access.refused' ? body.reason : type))
  return {
    folder,
    clock,
    db,
    directory,
    kernel,
    module,
    doors,
    strikes,
    kiosk,
    signals,
    locks,
    isReleased: () => isReleased('front-strike'),
    holds,
    events,
    types,
    tick,
    handle: (event: object) => handle(event as DeviceEvent),
  }
}

/** Strikes that do what they are told, and remember it; a later pulse replaces the one that runs. */
function simulateStrikes(clock: ManualClock) {
  const strikes: string[] = []
  const untilMs = new Map<string, number>()
  const nowMs = () => clock.now().monotonicMs
  const drive = (deviceId: string, pulseMs: number) => untilMs.set(deviceId, nowMs() + pulseMs)
  const strike = async (deviceId: DeviceId, { pulseMs }: { readonly pulseMs: number }) => {
    strikes.push(deviceId)
    drive(deviceId, pulseMs)
    return { outcome: 'done' } as const
  }
  const isReleased = (deviceId: string) => nowMs() < (untilMs.get(deviceId) ?? 0)
  return { strikes, strike, drive, isReleased }
}

/** The doors' watch as a site wires it. */
function watchDoors(
  {
    kernel,
    directory,
    clock,
  }: { readonly kernel: Kernel; readonly directory: Directory; readonly clock: ManualClock },
  signals: string[],
  onLock: DoorWatchOptions['onLock'],
): DoorWatch {
  return new DoorWatch({
    directory,
    clock,
    onReport: (doorId, state) =>
      void kernel.submit({
        kind: 'reportDoor',
        caller: 'contact',
        key: `${doorId}-${state}-${clock.now().monotonicMs}`,
        input: { doorId, state },
      }),
    onTrouble: (doorId, fault) =>
      void kernel.submit({
        kind: 'reportDoorTrouble',
        caller: 'contact',
        key: `${doorId}-${fault}-${clock.now().monotonicMs}`,
        input: { doorId, fault },
      }),
    onWarn: (doorId) => void signals.push(`${doorId}:close_door`),
    onLock,
  })
}

const eventsOf = (db: SiteDatabase) =>
  readEntries(db, { incarnation: 1, afterSeq: 0, limit: 500 }).map(({ text }) => JSON.parse(text))

/** A card held to a reader. */
export const card = (deviceId: string, number: string) => ({
  kind: 'card',
  deviceId: deviceIdSchema.parse(deviceId),
  number,
})
/** Digits typed at the front door. */
export const pin = (digits: string) => ({
  kind: 'pin',
  deviceId: deviceIdSchema.parse('front-reader'),
  digits,
})
