import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ed25519Signer } from '@gatehouse/shared/passes/ed25519'
import type { Logger } from 'pino'
import type { DoorWatch } from '../access/door-watch.ts'
import { isRestoredUnconfirmed, restoredReason } from '../backup/restored-note.ts'
import type { BookingEnvironment } from '../bookings/booking-environment.ts'
import { openSubjectKey, SubjectStore } from '../bookings/subject-store.ts'
import type { EdgeConfig } from '../config.ts'
import type { DeviceHub } from '../devices/hub.ts'
import { CardPayments } from '../drawer/card-payments.ts'
import { SandboxConnection } from '../drawer/sandbox-connection.ts'
import type { EdgeAdapters } from '../edge-program.ts'
import type { DamageNote } from '../ledger/damage-note.ts'
import { DiskReserve } from '../ledger/disk-reserve.ts'
import { Kernel } from '../ledger/kernel.ts'
import type { ParkingOptions } from '../parking/parking-options.ts'
import { checkpointFile } from '../retention/checkpoint-file.ts'
import { Retention, type RetentionOptions } from '../retention/retention.ts'
import { lastContactMs } from '../sync/cloud-contact.ts'
import { Directory } from '../sync/directory.ts'
import { Link } from '../sync/link.ts'
import { loadSiteKey, type SiteIdentity } from '../sync/site-identity.ts'
import { syncTablesSql } from '../sync/tables.ts'
import { standingVerdict } from '../sync/upload-position.ts'
import { type ConnectedDevices, effectHandlers } from './effect-handlers.ts'
import { parkingOptions, type SiteModulesOptions, siteModules } from './site-modules.ts'
import { openStore } from './site-store.ts'
import { releaseReserve, StoreCare } from './store-care.ts'
import { subjectKeyPath } from './store-file.ts'
import { WitnessKeeper } from './witness.ts'

/** Between two portions of old entries, so that many of them never take the machine from people. */
const restMs = 50

/** What a site is without its wires: store, kernel, directory and money. */
export interface SiteCore {
  readonly kernel: Kernel
  readonly directory: Directory
  readonly link: Link
  readonly care: StoreCare
  /** Prunes entries that are old and acknowledged. */
  readonly retention: Retention
  /** Present while the ledger is moved aside because it was damaged. */
  readonly damage: DamageNote | undefined
  /** Remembers the last entry outside the store. */
  readonly witness: WitnessKeeper
  readonly cards: CardPayments
  readonly bookingEnvironment: BookingEnvironment
  readonly parking: ParkingOptions
  /** Gives effects their devices, once these are started, and what keeps doors released. */
  readonly connectHub: (hub: DeviceHub, doors?: DoorWatch) => void
}

/** Opens the store and settles what a crash left open. */
export async function openSiteCore(
  config: EdgeConfig,
  adapters: EdgeAdapters,
  identity: SiteIdentity,
  onStoreFailure: (error: unknown) => void,
): Promise<SiteCore> {
  const { dataFolder } = config
  const { clock, random, logger, failpoint } = adapters
  const reserve = new DiskReserve(join(dataFolder, 'reserve.bin'))
  const storage = reserve.restore() ? 'open' : 'reserved'
  const { siteId, siteKey, cloudPublicKey, incarnation } = identity
  const { publicKey, privateKey } = loadSiteKey(dataFolder)
  const { db, damage, seed } = openStore({ dataFolder, incarnation, nowMs: clock.now().wallMs, logger })
  db.exec(syncTablesSql)
  seed()
  const directory = new Directory(db, siteId)
  const link = new Link(clock, lastContactMs(db))
  const sandbox = new SandboxConnection(join(dataFolder, 'sandbox-gateway.sqlite'))
  const gateway = adapters.aroundGateway?.(sandbox) ?? sandbox
  const cards = new CardPayments({ gateway, random, wait: (ms) => wait(ms) })
  let connected: ConnectedDevices | undefined
  const options: SiteModulesOptions = {
    directory,
    link,
    random,
    ...{ siteKey, cloudPublicKey },
    paperKey: { publicKey, sign: ed25519Signer(privateKey) },
    subjects: new SubjectStore(openSubjectKey(subjectKeyPath(dataFolder), random), random),
    tzdataVersion: process.versions.tz ?? 'unknown',
    // Asked only while commands run, when the kernel below exists.
    canSell: () => kernel.sells,
  }
  const modules = siteModules(options)
  const kernel: Kernel = new Kernel({
    receiptKey: siteKey,
    ...{ db, siteId, incarnation, storage, clock, random, modules },
    effects: effectHandlers(() => connected, cards),
    onBug: (error, what) => logger.error({ error, what }, 'a command failed'),
    onDamaged: onStoreFailure,
    onDiskFull: () => {
      logger.error('the disk is full: the reserve is released, selling stops')
      releaseReserve(db, reserve)
    },
    ...(failpoint && { failpoint }),
  })
  kernel.setSelling(whyNotSelling(dataFolder, damage, logger) ?? standingVerdict(db, incarnation))
  const witness = new WitnessKeeper(config)
  if (damage) seed()
  else await witness.compare(kernel)
  await kernel.recoverEffects()
  await cards.recover(kernel)
  const keepsCopy = damage === undefined
  const care = new StoreCare({ kernel, reserve, dataFolder, logger, keepsCopy, onFailure: onStoreFailure })
  const retention = keepEntries(config, adapters, { kernel, modules }, onStoreFailure)
  return {
    kernel,
    directory,
    link,
    care,
    retention,
    damage,
    witness,
    cards,
    bookingEnvironment: options,
    parking: parkingOptions(options),
    connectHub: (hub, doors) => {
      connected = { hub, doors }
    },
  }
}

function keepEntries(
  { dataFolder, ledger }: EdgeConfig,
  { clock, logger }: EdgeAdapters,
  site: Pick<RetentionOptions, 'kernel' | 'modules'>,
  onStoreFailure: (error: unknown) => void,
): Retention {
  return new Retention({
    ...{ ...site, clock, keptDays: ledger.keptDays, rest: () => wait(restMs) },
    path: join(dataFolder, checkpointFile),
    onFailure: (error) => {
      logger.error({ error }, 'old entries could not be pruned')
      onStoreFailure(error)
    },
  })
}

/** A damaged ledger does not know what it sold, and one from a backup not what it sold since. */
function whyNotSelling(
  dataFolder: string,
  damage: DamageNote | undefined,
  logger: Logger,
): string | undefined {
  if (damage) return 'ledger_damaged'
  if (!isRestoredUnconfirmed(dataFolder)) return undefined
  logger.warn(
    'this store came from a backup: nothing is sold until the cloud has nothing that is missing here',
  )
  return restoredReason
}
