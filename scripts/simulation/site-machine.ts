import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EdgeConfig, edgeConfigSchema } from '@gatehouse/edge/config'
import type { EdgeAdapters } from '@gatehouse/edge/edge-program'
import { createEdgeApp } from '@gatehouse/edge/http/app'
import type { FailpointName } from '@gatehouse/edge/ledger/failpoints'
import { adoptCommand } from '@gatehouse/edge/recovery/adopt-command'
import { finishTakeOver } from '@gatehouse/edge/recovery/take-over'
import type { Site } from '@gatehouse/edge/site/site'
import { SiteLives } from '@gatehouse/edge/site/site-lives'
import { loadIdentity, loadSiteKey, type SiteIdentity } from '@gatehouse/edge/sync/site-identity'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { Hono } from 'hono'
import { Registry } from 'prom-client'
import type { Diary } from './diary.ts'
import { clearDisk, copyDisk, type DiskImage } from './machine-disk.ts'
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
  /** Hears that a failpoint ends a life, while that still stands as it was. */
  readonly onFall: (machine: SiteMachine, at: FailpointName) => void
  /** Hears that the store is open, before anything can be asked of the site. */
  readonly onOpened: (machine: SiteMachine) => void
}

/** The program of a site as it runs on its machine, with its store open. */
export interface Life {
  readonly owner: string
  readonly site: Site
  readonly devices: SimulatedDevices
  readonly app: Pick<ReturnType<typeof createEdgeApp>, 'fetch'>
}

/** Ends a life at a failpoint; whatever the dead code does with it no longer matters. */
export class PowerLost extends Error {}

const address = '127.0.0.1:8101'
/** Machines of all runs of this process; host names are never used twice, because clients remember them. */
let hosts = 0

/** Which box it is. */
export interface Box {
  readonly name: string
  readonly siteId: string
  /** Folder for its disks, one life's after the other's. */
  readonly home: string
  readonly seed: number
}

/** The computer of a site: its disk, its clock, and one life after the other. */
export class SiteMachine {
  /** Of this box; the first of a site is called like the site. */
  readonly name: string
  readonly siteId: string
  readonly clock: SiteClock
  readonly #home: string
  readonly #around: MachineSurroundings
  readonly #random: SeededRandom
  #disks = 0
  #lives = 0
  #owner: string | undefined
  #life: Life | undefined
  #armed: { readonly name: FailpointName; left: number } | undefined
  /** Which failpoint ended the last life, if one did. */
  fell: FailpointName | undefined
  readonly #dead: { readonly sites: readonly Site[]; readonly folder: string }[] = []
  #sites: Site[] = []

  constructor({ name, siteId, home, seed }: Box, around: MachineSurroundings) {
    this.name = name
    this.siteId = siteId
    this.#home = home
    this.#around = around
    this.#random = new SeededRandom(seed)
    this.clock = new SiteClock(name, around.time)
    rmSync(home, { recursive: true, force: true })
    mkdirSync(this.folder, { recursive: true })
  }

  /** The folder of the present disk. */
  get folder(): string {
    return join(this.#home, `disk-${this.#disks}`)
  }

  /** The life that is running with its store open, if any. */
  get life(): Life | undefined {
    return this.#life
  }

  /** Whether no program runs; one that is just opening its store runs. */
  get isOff(): boolean {
    return this.#owner === undefined
  }

  /** The life of the site that the disk says it is. */
  get incarnation(): number {
    return loadIdentity(this.folder)?.incarnation ?? 0
  }

  /** The key that its disk holds, JWK `x`. */
  get publicKey(): string {
    return loadSiteKey(this.folder).publicKey
  }

  get armed(): FailpointName | undefined {
    return this.#armed?.name
  }

  /** Whether the program runs or is just starting. */
  isAlive(owner: string): boolean {
    return this.#owner === owner
  }

  /** Puts an enrolled identity onto an empty disk. */
  install(identity: SiteIdentity, keyFile: string): void {
    writeFileSync(join(this.folder, 'site-key.json'), keyFile)
    writeFileSync(join(this.folder, 'identity.json'), JSON.stringify(identity))
    this.#reserveRoom()
  }

  #reserveRoom(): void {
    linkSync(this.#around.reserveFile, join(this.folder, 'reserve.bin'))
  }

  /** Starts the program. Resolves when it is open, or when a failpoint ended it. */
  async start(): Promise<void> {
    finishTakeOver(this.folder)
    const identity = loadIdentity(this.folder)
    if (!identity) throw new RangeError(`${this.siteId} is not enrolled`)
    this.fell = undefined
    const owner = this.#begin()
    const config = this.#config()
    let devices = this.#connectDevices(owner)
    const adapters = {
      ...this.#adapters(owner),
      failpoint: (name: FailpointName) => this.#reach(owner, name),
      prepareDevices: async () => {
        devices = this.#connectDevices(owner)
        return devices
      },
    }
    const onSite = (site: Site | undefined) => {
      if (!this.isAlive(owner)) return
      this.#life = site && { owner, site, devices, app: this.#screens(config, adapters, site) }
      if (!site) return
      this.#sites.push(site)
      site.kernel.onCommitted(() => {
        if (this.isAlive(owner)) this.#around.onCommitted(this)
      })
      this.#around.onOpened(this)
    }
    await new SiteLives({ config, adapters, registry: () => new Registry(), onSite }).open(identity)
  }

  /** Takes over the site with the code, as `adopt` does; the exit code is there when it has ended. */
  adopt(code: string): { readonly owner: string; exit: number | undefined } {
    const attempt = { owner: this.#begin(), exit: undefined as number | undefined }
    const asked = { site: this.siteId, code }
    adoptCommand(this.#config(), this.#adapters(attempt.owner), asked, () => {}).then((exit) => {
      if (exit === 0) this.#reserveRoom()
      attempt.exit = exit
    })
    return attempt
  }

  /** Leaves the attempt to adopt as it is. */
  endAdoption(): void {
    const owner = this.#owner
    if (owner === undefined) return
    this.#owner = undefined
    this.#around.time.end(owner)
    this.#around.network.leave(owner)
  }

  /** Begins a run of a program; it calls the cloud under a host name of its own. */
  #begin(): string {
    const { time, network } = this.#around
    this.#lives += 1
    const owner = `${this.name}#${this.#lives}`
    hosts += 1
    this.#owner = owner
    network.join(`life-${hosts}.simulated`, this.siteId, owner)
    time.owner = owner
    return owner
  }

  #config(): EdgeConfig {
    return edgeConfigSchema.parse({
      dataFolder: this.folder,
      witnessFile: this.#witnessFile,
      cloud: { url: `http://life-${hosts}.simulated` },
      http: { requestsPerSecondMax: 100_000 },
    })
  }

  #adapters(owner: string): EdgeAdapters {
    const machineMark = sha256Hex(`hardware of ${this.name}`)
    const logger = this.#around.diary.logger(owner)
    return { clock: this.clock, random: this.#random, logger, machineMark }
  }

  #connectDevices(owner: string): SimulatedDevices {
    return new SimulatedDevices((deed) => {
      if (this.isAlive(owner)) this.#around.onDeed(this, deed)
    })
  }

  #screens(config: EdgeConfig, { logger }: Pick<EdgeAdapters, 'logger'>, site: Site): Life['app'] {
    return createEdgeApp({
      guards: { config: config.http, clock: this.clock, random: this.#random },
      version: 'simulated',
      operations: new Hono(),
      site: site.http,
      screens: { kiosk: this.folder, admin: this.folder },
      onError: (error) => logger.error({ error }, 'request failed'),
    })
  }

  /** Ends the life when it reaches the failpoint for the `left`-th time. */
  arm(name: FailpointName, left: number): void {
    this.#armed = { name, left }
  }

  disarm(): void {
    this.#armed = undefined
  }

  /**
   * Ends the life here and now. What reached the disk stays, everything else is gone: the next life gets a copy of the disk
   * as it is at this moment, whatever the dead code does with the old one.
   */
  kill(): void {
    const owner = this.#owner
    if (owner === undefined) return
    const { folder } = this
    this.#disks += 1
    copyDisk(folder, this.folder, 'all')
    this.#life = undefined
    this.#owner = undefined
    this.#armed = undefined
    this.#around.time.end(owner)
    this.#around.network.leave(owner)
    this.#dead.push({ sites: this.#sites, folder })
    this.#sites = []
  }

  /** Closes what killed lives left open; call it when nothing runs, before the next start. */
  bury(): void {
    for (const { sites, folder } of this.#dead.splice(0)) {
      for (const site of sites) site.kernel.db.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /** Copies the disk as it is; `undefined` when its store is not open. */
  takeImage(): DiskImage | undefined {
    if (!this.#life) return undefined
    const folder = join(this.#home, 'image')
    rmSync(folder, { recursive: true, force: true })
    copyDisk(this.folder, folder, 'image')
    const { incarnation, head } = this.#life.site.kernel
    return { folder, incarnation, head, witness: this.witness }
  }

  /** Puts an older copy of the disk back into a machine that is off; its witness lies elsewhere and stays as it is. */
  putImage({ folder }: DiskImage): void {
    clearDisk(this.folder)
    copyDisk(folder, this.folder, 'image')
  }

  /** What the machine remembers outside its disk: its last entry, as JSON. */
  get witness(): string | undefined {
    return existsSync(this.#witnessFile) ? readFileSync(this.#witnessFile, 'utf8') : undefined
  }

  set witness(remembered: string | undefined) {
    if (remembered === undefined) rmSync(this.#witnessFile, { force: true })
    else writeFileSync(this.#witnessFile, remembered)
  }

  get #witnessFile(): string {
    return join(this.#home, 'witness.json')
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
    this.#around.onFall(this, name)
    this.fell = name
    this.kill()
    throw new PowerLost(name)
  }
}
