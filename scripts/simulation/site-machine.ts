import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { edgeConfigSchema } from '@gatehouse/edge/config'
import { createEdgeApp } from '@gatehouse/edge/http/app'
import type { FailpointName } from '@gatehouse/edge/ledger/failpoints'
import { Site } from '@gatehouse/edge/site/site'
import { storeFile } from '@gatehouse/edge/site/store-file'
import type { SiteIdentity } from '@gatehouse/edge/sync/site-identity'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { Hono } from 'hono'
import { Registry } from 'prom-client'
import type { Diary } from './diary.ts'
import type { Network } from './network.ts'
import { type Deed, SimulatedDevices } from './simulated-devices.ts'
import { SiteClock } from './site-clock.ts'
import type { VirtualTime } from './virtual-time.ts'
import { kioskSecret } from './world-rows.ts'

/** What a machine takes from the simulated world. */
export interface MachineSurroundings {
  readonly time: VirtualTime
  readonly network: Network
  readonly diary: Diary
  /** A full disk reserve that every machine links, so that none has to write eight megabytes. */
  readonly reserveFile: string
  readonly onDeed: (machine: SiteMachine, deed: Deed) => void
  /** Hears of each commit before anything else follows from it but effects and answers. */
  readonly onCommitted: (machine: SiteMachine) => void
}

/** One run of the site's program on its machine. */
export interface Life {
  readonly owner: string
  readonly site: Site
  readonly devices: SimulatedDevices
  readonly app: Pick<ReturnType<typeof createEdgeApp>, 'fetch'>
}

/** Ends a life at a failpoint; whatever the dead code does with it no longer matters. */
export class PowerLost extends Error {}

const address = '127.0.0.1:8101'
/** Files of the store; what else is in the folder never changes. */
const storeFiles = [storeFile, `${storeFile}-wal`]
/** Machines of all runs of this process; host names are never used twice, because clients remember them. */
let hosts = 0

/** The computer of a site: its disk, its clock, and one life after the other. */
export class SiteMachine {
  readonly siteId: string
  readonly folder: string
  readonly clock: SiteClock
  readonly #around: MachineSurroundings
  readonly #random: SeededRandom
  #lives = 0
  #starting: string | undefined
  #life: Life | undefined
  #armed: { readonly name: FailpointName; left: number } | undefined
  /** Which failpoint ended the last life, if one did. */
  fell: FailpointName | undefined

  constructor(siteId: string, folder: string, seed: number, around: MachineSurroundings) {
    this.siteId = siteId
    this.folder = folder
    this.#around = around
    this.#random = new SeededRandom(seed)
    this.clock = new SiteClock(siteId, around.time)
  }

  /** The life that is running, if any. */
  get life(): Life | undefined {
    return this.#life
  }

  get armed(): FailpointName | undefined {
    return this.#armed?.name
  }

  /** Whether the program runs or is just starting. */
  isAlive(owner: string): boolean {
    return this.#life?.owner === owner || this.#starting === owner
  }

  /** Puts an enrolled identity onto an empty disk. */
  install(identity: SiteIdentity, keyFile: string): void {
    mkdirSync(this.folder, { recursive: true })
    writeFileSync(join(this.folder, 'site-key.json'), keyFile)
    writeFileSync(join(this.folder, 'identity.json'), JSON.stringify(identity))
    linkSync(this.#around.reserveFile, join(this.folder, 'reserve.bin'))
  }

  /** Starts the program. Resolves when it is open, or when a failpoint ended it. */
  async start(identity: SiteIdentity): Promise<void> {
    const { time, network, diary } = this.#around
    this.#lives += 1
    this.fell = undefined
    const owner = `${this.siteId}#${this.#lives}`
    const host = `life-${++hosts}.simulated`
    this.#starting = owner
    network.join(host, this.siteId, owner)
    time.owner = owner
    const config = edgeConfigSchema.parse({
      dataFolder: this.folder,
      cloud: { url: `http://${host}` },
      http: { requestsPerSecondMax: 100_000 },
    })
    const devices = new SimulatedDevices((deed) => {
      if (this.isAlive(owner)) this.#around.onDeed(this, deed)
    })
    const adapters = {
      clock: this.clock,
      random: this.#random,
      logger: diary.logger(owner),
      failpoint: (name: FailpointName) => this.#reach(owner, name),
      prepareDevices: async () => devices,
    }
    const site = await Site.open(config, adapters, identity, new Registry(), {
      onStoreFailure: () => {},
      onLost: () => {},
    })
    const app = createEdgeApp({
      guards: { config: config.http, clock: this.clock, random: this.#random },
      version: 'simulated',
      operations: new Hono(),
      site: site.http,
      screensFolder: this.folder,
      onError: (error) => adapters.logger.error({ error }, 'request failed'),
    })
    this.#starting = undefined
    this.#life = { owner, site, devices, app }
    site.kernel.onCommitted(() => {
      if (this.isAlive(owner)) this.#around.onCommitted(this)
    })
  }

  /** Ends the life when it reaches the failpoint for the `left`-th time. */
  arm(name: FailpointName, left: number): void {
    this.#armed = { name, left }
  }

  disarm(): void {
    this.#armed = undefined
  }

  /** Ends the life here and now. What reached the disk stays, everything else is gone. */
  kill(): void {
    const life = this.#life
    const owner = life?.owner ?? this.#starting
    if (owner === undefined) return
    this.#saveDisk()
    this.#life = undefined
    this.#starting = undefined
    this.#armed = undefined
    this.#around.time.forget(owner)
    this.#around.network.leave(owner)
    this.#dead.push(life)
  }

  readonly #dead: (Life | undefined)[] = []

  /** Closes what killed lives left open; call it when nothing runs, before the next start. */
  bury(): void {
    if (this.#dead.length === 0) return
    for (const life of this.#dead.splice(0)) life?.site.kernel.db.close()
    for (const file of storeFiles) {
      rmSync(join(this.folder, file), { force: true })
      const saved = join(this.folder, `${file}.saved`)
      if (existsSync(saved)) copyFileSync(saved, join(this.folder, file))
    }
  }

  /** Calls the site as its kiosk; never answered when the life ends meanwhile. */
  async kiosk(method: 'GET' | 'POST', path: string, key?: string, body?: unknown): Promise<Response> {
    const life = this.#life
    if (!life) throw new TypeError('fetch failed')
    this.#around.time.owner = life.owner
    const text = body === undefined ? '' : JSON.stringify(body)
    const request = new Request(`http://${address}/api/v1${path}`, {
      method,
      headers: {
        host: address,
        authorization: `Bearer ${kioskSecret}`,
        ...(method === 'POST' && {
          'content-type': 'application/json',
          'content-length': String(text.length),
        }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(method === 'POST' && { body: text === '' ? '{}' : text }),
    })
    const socket = { remoteAddress: '127.0.0.1', remotePort: 1, remoteFamily: 'IPv4' }
    return life.app.fetch(request, { incoming: { socket } })
  }

  /** Runs `act` on behalf of the running life. */
  asSite(act: (life: Life) => void): boolean {
    if (!this.#life) return false
    this.#around.time.owner = this.#life.owner
    act(this.#life)
    return true
  }

  #reach(owner: string, name: FailpointName): void {
    if (!this.isAlive(owner)) throw new PowerLost(name)
    if (this.#armed?.name !== name) return
    this.#armed.left -= 1
    if (this.#armed.left > 0) return
    this.fell = name
    this.kill()
    throw new PowerLost(name)
  }

  #saveDisk(): void {
    for (const file of storeFiles) {
      const from = join(this.folder, file)
      const to = join(this.folder, `${file}.saved`)
      rmSync(to, { force: true })
      if (existsSync(from)) copyFileSync(from, to)
    }
  }
}
