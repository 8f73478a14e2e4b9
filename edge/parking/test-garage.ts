import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { cloudKeys, siteKeys } from '@gatehouse/shared/passes/testing/sample-passes'
import { type Random, SeededRandom } from '@gatehouse/shared/random/random'
import { accessModule } from '../access/access-module.ts'
import { passKnowledge } from '../access/pass-keys.ts'
import { createBookingsModule } from '../bookings/bookings-module.ts'
import { SubjectStore } from '../bookings/subject-store.ts'
import type { Barrier } from '../devices/ports/barrier.ts'
import type { DriveOutcome } from '../devices/ports/drive-outcome.ts'
import type { Paper } from '../devices/ports/printer.ts'
import { CardPayments } from '../drawer/card-payments.ts'
import { drawerModule } from '../drawer/drawer-module.ts'
import { SandboxGateway } from '../drawer/sandbox-gateway.ts'
import { helpModule } from '../help/help-module.ts'
import type { LedgerModule } from '../ledger/command.ts'
import { openDatabase, type SiteDatabase } from '../ledger/database.ts'
import { Kernel } from '../ledger/kernel.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { statement } from '../ledger/statements.ts'
import { loansModule } from '../loans/loans-module.ts'
import { printHandler } from '../printing/print-effect.ts'
import { printingModule } from '../printing/printing-module.ts'
import { Directory } from '../sync/directory.ts'
import { syncTablesSql } from '../sync/tables.ts'
import { siteBookedBays } from './booked-bays.ts'
import { parkingModule } from './parking-module.ts'
import type { ParkingOptions } from './parking-options.ts'
import { createPlateVault } from './plate-vault.ts'
import { garageRows, plateDigest, siteId } from './test-garage-rows.ts'
import { vendHandler } from './vend.ts'

/** A Friday noon in Berlin. */
const noonMs = Date.UTC(2026, 10, 20, 11)
const minuteMs = 60_000

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
  /** What was printed. */
  readonly papers: Paper[]
  /** Outputs that were switched: `device output ms`, 0 to rest. */
  readonly kept: string[]
  readonly bugs: unknown[]
  readonly barrier: (deviceId: string) => Barrier
  /** Runs a command under a key of its own and gives its value; a refusal gives `{ refused: code }`. */
  readonly run: (kind: string, input: object) => Promise<Record<string, unknown>>
  /** Types of all entries so far but outcomes of effects. */
  readonly entryTypes: () => string[]
  /** Kind and subject of every incident so far. */
  readonly incidents: () => [kind: string, about: string][]
  readonly rebuildsEqual: () => boolean
  readonly passMinutes: (minutes: number) => void
  readonly close: () => void
}

let keys = 0
const done: DriveOutcome = { outcome: 'done' }

/** Signs papers with the test's site key, and believes them and those of the test's cloud. */
function papersOf(directory: Directory): Pick<ParkingOptions, 'passes' | 'papers'> {
  const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  return {
    passes: passKnowledge(directory, {
      cloudPublicKey: base64url(cloudKeys.publicKey),
      sitePublicKey: base64url(siteKeys.publicKey),
    }),
    papers: { siteId, issuer: 'site', keyId: siteKeys.keyId, sign: siteKeys.sign },
  }
}

/** The garage's doors, which believe no booking. */
function doorsOf({ directory, passes }: ParkingOptions): LedgerModule {
  return accessModule({
    directory,
    bookingsOf: () => [],
    directoryAgeMs: () => 0,
    passes,
    bookingOfPass: () => ({ booking: { kind: 'refused', why: 'outside_loan' }, events: [] }),
  })
}

/** What is different about one test's garage. */
export interface GarageChanges {
  readonly folder?: string
  readonly clock?: ManualClock
  readonly canPay?: () => boolean
  readonly seed?: number
  /** What every attempt to print comes to. */
  readonly printing?: DriveOutcome
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
    ...papersOf(directory),
    canPay: changes.canPay ?? (() => true),
    evForAll: false,
    tzdataVersion: '2025b',
  }
  const [vends, kept]: [string[], string[]] = [[], []]
  const gateway = new SandboxGateway(join(folder, 'gateway.sqlite'))
  const cards = new CardPayments({ gateway, random, wait: async () => {} })
  const modules: LedgerModule[] = [
    drawerModule,
    createBookingsModule({ directory, tzdataVersion: '2025b', subjects }),
    loansModule({ directory }),
    parkingModule(options),
    helpModule,
    printingModule,
    doorsOf(options),
  ]
  const bugs: unknown[] = []
  const papers: Paper[] = []
  const print = rememberingPrinter(papers, changes.printing ?? done)
  const barrier = (deviceId: string) => rememberingBarrier(deviceId, vends, kept)
  const kernel = new Kernel({
    receiptKey: 'test',
    db,
    siteId,
    incarnation: 1,
    clock,
    random,
    modules,
    effects: [vendHandler(barrier), printHandler(print), ...cards.effectHandlers()],
    onBug: (error) => bugs.push(error),
  })
  return {
    ...{ folder, clock, random, db, directory, options },
    ...{ kernel, cards, gateway, vends, kept, papers, bugs, barrier },
    run: async (kind: string, input: object) => {
      keys += 1
      const key = `${clock.now().wallMs}-${keys}`
      const outcome = await kernel.submit({ kind, caller: 'test', key, input })
      return outcome.ok ? (outcome.value as Record<string, unknown>) : { refused: outcome.refusal.code }
    },
    entryTypes: () => entryTypes(db),
    incidents: () => incidents(db),
    rebuildsEqual: () => checkRebuild(db, modules).equal,
    passMinutes: (minutes: number) => clock.advance(minutes * minuteMs),
    close: () => {
      kernel.close()
      db.close()
      gateway.close()
    },
  }
}

function rememberingPrinter(papers: Paper[], outcome: DriveOutcome) {
  return async (_deviceId: string, paper: Paper) => {
    papers.push(paper)
    return outcome
  }
}

function entryTypes(db: SiteDatabase): string[] {
  const text = "SELECT type FROM entries WHERE type <> 'effect.settled' ORDER BY seq"
  return statement<{ type: string }>(db, text)
    .all()
    .map(({ type }) => type)
}

function incidents(db: SiteDatabase): [string, string][] {
  const text = "SELECT text FROM entries WHERE type = 'incident.opened' ORDER BY seq"
  return statement<{ text: string }>(db, text)
    .all()
    .map((row) => JSON.parse(row.text).body)
    .map(({ kind, about }) => [String(kind), String(about)])
}

function rememberingBarrier(deviceId: string, vends: string[], kept: string[]): Barrier {
  return {
    vend: async () => {
      vends.push(deviceId)
      return { outcome: 'done' }
    },
    keep: async (output, forMs) => {
      kept.push(`${deviceId} ${output} ${forMs}`)
      return { outcome: 'done' }
    },
  }
}
