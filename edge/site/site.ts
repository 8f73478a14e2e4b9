import type { Registry } from 'prom-client'
import { runRemoteCommands } from '../access/remote-commands.ts'
import { confirmRestored } from '../backup/restored-note.ts'
import { BookingSweep } from '../bookings/booking-sweep.ts'
import { RequestRunner } from '../bookings/request-runner.ts'
import type { EdgeConfig } from '../config.ts'
import type { EdgeAdapters } from '../edge-program.ts'
import type { EdgeAppOptions } from '../http/app.ts'
import { DeviceCallers } from '../http/device-callers.ts'
import { LiveScreens } from '../http/live.ts'
import { announceEntries } from '../http/live-topics.ts'
import type { ReadinessCheck } from '../http/operations-routes.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { ParkingDevices } from '../parking/parking-devices.ts'
import { printerAlarms } from '../printing/printer-alarms.ts'
import { standByLoans } from '../recovery/stand-by-loans.ts'
import { retentionText } from '../retention/retention-text.ts'
import { CloudTime } from '../sync/cloud-time.ts'
import type { Directory } from '../sync/directory.ts'
import { loadSiteKey, type SiteIdentity } from '../sync/site-identity.ts'
import { SiteSync } from '../sync/site-sync.ts'
import { siteTokens } from '../sync/site-token.ts'
import { version } from '../version.ts'
import { makeLocalSecret } from './local-secret.ts'
import { openSiteAdmin } from './site-admin.ts'
import { openSiteCore, type SiteCore } from './site-core.ts'
import { prepareDevices, type SiteDevices } from './site-devices.ts'
import { SiteDoors } from './site-doors.ts'
import { SiteLending } from './site-lending.ts'
import { measureSite } from './site-metrics.ts'
import { siteRouting } from './site-routing.ts'
import { damageAdvice } from './site-store.ts'
import { siteSums } from './site-sums.ts'

const sweepMs = 1_000
const tickMs = 250
const pruneMs = 3_600_000
const storageCheckMs = 10_000
/** How old the copy is, at most, from which doors and exits go on when the ledger is damaged. */
const copyMs = 180_000
/** Seldom enough for a memory card, and often enough that few entries of a lost store go unnoticed. */
const witnessMs = 10_000

interface SiteParts {
  readonly core: SiteCore
  readonly devices: SiteDevices
  readonly live: LiveScreens
  readonly doors: SiteDoors
  readonly parking: ParkingDevices
  readonly sync: SiteSync
  readonly lending: SiteLending
}

/** An enrolled site with its store open: kernel, devices, sync and what its screens ask for. */
export class Site {
  readonly kernel: Kernel
  readonly directory: Directory
  readonly http: NonNullable<EdgeAppOptions['site']>
  readonly readiness: readonly ReadinessCheck[]
  readonly #parts: SiteParts
  readonly #adapters: EdgeAdapters
  readonly #requests: RequestRunner
  readonly #stopRemote: () => void
  readonly #timers: readonly NodeJS.Timeout[]

  private constructor(parts: SiteParts, adapters: EdgeAdapters, http: NonNullable<EdgeAppOptions['site']>) {
    const { core, doors, parking } = parts
    const { kernel, directory, care, retention } = core
    this.#parts = parts
    this.#adapters = adapters
    this.kernel = kernel
    this.directory = directory
    this.http = http
    this.readiness = readinessChecks(core, adapters)
    this.#requests = new RequestRunner({
      ...{ kernel, directory },
      onDecided: (request) => adapters.logger.info(request, 'request of the cloud decided'),
    })
    // A site that does not know what it has answered leaves the cloud's requests alone.
    if (core.damage) this.#requests.stop()
    else void this.#requests.runAll()
    this.#stopRemote = runRemoteCommands({
      ...{ kernel, directory },
      onDecided: (decided) => adapters.logger.info(decided, 'command from afar decided'),
    })
    const sweep = new BookingSweep({ kernel, directory, clock: adapters.clock })
    this.#timers = [
      setInterval(() => void sweep.run(), sweepMs),
      setInterval(() => {
        doors.tick()
        parking.tick()
      }, tickMs),
      setInterval(() => this.checkStorage(), storageCheckMs),
      setInterval(() => care.refreshCopy(), copyMs),
      setInterval(() => noteWitness(core, adapters), witnessMs),
      setInterval(() => void care.pruneReceipts(adapters.clock.now().wallMs), pruneMs),
      setInterval(() => void retention.run(), pruneMs),
    ]
    care.refreshCopy()
  }

  /** Opens the store, settles what a crash left open, then starts devices and sync. */
  static async open(
    config: EdgeConfig,
    adapters: EdgeAdapters,
    identity: SiteIdentity,
    registry: Registry,
    calls: SiteCalls,
  ): Promise<Site> {
    const { onStoreFailure } = calls
    const core = await openSiteCore(config, adapters, identity, onStoreFailure)
    const { kernel, directory, link } = core
    const { siteId, siteKey } = identity
    const callers = new DeviceCallers(directory)
    const live = new LiveScreens(siteId, () => adapters.clock.now().wallMs)
    const localSecret = makeLocalSecret(config.dataFolder, adapters.random)
    const prepare = adapters.prepareDevices ?? prepareDevices
    const devices = await prepare({ config, adapters, directory, localSecret })
    callers.onHeard((deviceId) => devices.hub.heardFrom(deviceId))
    const doors = new SiteDoors({ kernel, directory, hub: devices.hub, live, adapters, siteKey })
    core.connectHub(devices.hub, doors.watch)
    const parking = new ParkingDevices({
      ...{ kernel, directory, clock: adapters.clock, random: adapters.random },
      hub: devices.hub,
      logger: adapters.logger.child({ part: 'parking' }),
    })
    devices.hub.onEvent((event) => parking.handle(event))
    devices.hub.onEvent(printerAlarms({ kernel, clock: adapters.clock, random: adapters.random }))
    const sync = createSync({ config, adapters, identity, core, devices, calls })
    kernel.onCommitted((entries) => announceEntries(live, entries))
    link.onChange(() => live.changed('link'))
    directory.onChange(() => live.changed('plan'))
    measureSite(registry, { core, live, sync, devices, parking })
    const lending = new SiteLending(core, adapters)
    const admin = openSiteAdmin({ config, adapters, core, devices, lanes: parking.lanes, localSecret })
    const routes = siteRouting({
      lending,
      config,
      adapters,
      core,
      callers,
      doors,
      devices,
      parking,
      localSecret,
      siteKey,
    })
    await recordStart(core, adapters)
    await lending.start()
    await devices.start()
    sync.start()
    return new Site({ core, devices, live, doors, parking, sync, lending }, adapters, {
      callers,
      live,
      routes: [...routes, ...admin],
    })
  }

  /** Looks at once whether a full disk has room again, and decides what waited for it. Tells whether all commands are taken. */
  checkStorage(): boolean {
    const isOpen = this.#parts.core.care.checkStorage()
    if (isOpen) void this.#requests.runAll()
    return isOpen
  }

  /** Stops taking commands, finishes what waits, and closes devices, sync and store. */
  async stop(): Promise<void> {
    const { core, live, sync, devices, lending } = this.#parts
    for (const timer of this.#timers) clearInterval(timer)
    this.#requests.stop()
    this.#stopRemote()
    live.close()
    await lending.stop()
    await sync.stop()
    await core.retention.stop()
    this.kernel.close()
    await devices.stop()
    core.care.refreshCopy()
    noteWitness(core, this.#adapters)
    this.kernel.db.close()
  }
}

function noteWitness({ kernel, witness, damage }: SiteCore, { logger }: EdgeAdapters): void {
  if (damage) return
  try {
    witness.note(kernel)
  } catch (error) {
    // A full disk: the witness stays behind, which proves less and nothing wrong.
    logger.warn({ error }, 'the witness could not be moved on')
  }
}

/** What a site tells whoever opened it. */
export interface SiteCalls {
  readonly onStoreFailure: (error: unknown) => void
  /** The cloud holds more, or another history: this store is older than its own past. */
  readonly onLost: () => void
}

interface SyncParts {
  readonly config: EdgeConfig
  readonly adapters: EdgeAdapters
  readonly identity: SiteIdentity
  readonly core: SiteCore
  readonly devices: SiteDevices
  readonly calls: SiteCalls
}

function createSync(parts: SyncParts): SiteSync {
  const { config, adapters, identity, core, devices, calls } = parts
  const { clock, random, logger, failpoint, machineMark } = adapters
  const cloudTime = new CloudTime(clock)
  return new SiteSync({
    kernel: core.kernel,
    directory: core.directory,
    identity,
    cloudUrl: config.cloud.url,
    token: siteTokens({ identity, key: loadSiteKey(config.dataFolder), clock, cloudTime }),
    cloudTime,
    clock,
    random,
    link: core.link,
    version,
    devicesDown: devices.down,
    sums: () => siteSums(core.kernel),
    uploads: core.damage === undefined,
    machineMark,
    onInStep: (epoch) => {
      confirmRestored(config.dataFolder)
      core.witness.trust()
      standByLoans(core.kernel, epoch).catch(calls.onStoreFailure)
    },
    onLost: calls.onLost,
    log: (problem, detail) => {
      logger.warn({ detail }, problem)
      calls.onStoreFailure(detail)
    },
    ...(failpoint && { failpoint }),
  })
}

async function recordStart({ kernel }: SiteCore, { clock }: EdgeAdapters): Promise<void> {
  const key = `start-${clock.now().bootId}-${kernel.incarnation}-${kernel.head.seq}`
  const input = { version, incarnation: kernel.incarnation }
  await kernel.submit({ kind: 'recordStart', caller: 'system', key, input })
}

function readinessChecks(
  { kernel, directory, damage, retention }: SiteCore,
  { clock }: EdgeAdapters,
): ReadinessCheck[] {
  return [
    { name: 'ledger', check: () => (damage ? { ok: false, detail: damageAdvice(damage) } : { ok: true }) },
    { name: 'directory', check: () => ({ ok: directory.site() !== undefined }) },
    // Entries that are kept too long are in nobody's way: the site is ready, and the detail says what is wrong.
    { name: 'retention', check: () => ({ ok: true, detail: retentionText(retention.state) }) },
    { name: 'storage', check: () => ({ ok: kernel.storage === 'open', detail: kernel.storage }) },
    {
      name: 'clock',
      check: () => {
        const { quality } = clock.now()
        return { ok: quality === 'trusted', detail: quality }
      },
    },
  ]
}
