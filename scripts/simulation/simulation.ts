import { join } from 'node:path'
import type { EnrolledMachine } from './base-world.ts'
import { startMs } from './base-world.ts'
import { CloudHost } from './cloud-host.ts'
import type { DatabaseCopies } from './database-copy.ts'
import { Diary } from './diary.ts'
import type { DiskImage } from './machine-disk.ts'
import { Network } from './network.ts'
import type { Quiet } from './quiet.ts'
import type { SeededChance } from './seeded-chance.ts'
import type { Deed } from './simulated-devices.ts'
import type { SimulatedPool } from './simulated-pool.ts'
import { SiteMachine } from './site-machine.ts'
import type { NotificationTap } from './staged-notifications.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What all runs of a process share. */
export interface Stage {
  readonly time: VirtualTime
  readonly quiet: Quiet
  readonly chance: SeededChance
  readonly pool: SimulatedPool
  readonly tap: NotificationTap
  readonly copies: DatabaseCopies
  readonly enrolled: ReadonlyMap<string, EnrolledMachine>
  /** Folder for the disks of machines. */
  readonly folder: string
  readonly reserveFile: string
}

/** A booking that somebody at a kiosk or with the app has heard of. */
export interface HeardBooking {
  readonly siteId: string
  readonly bookingId: string
  readonly spaceId: string
  readonly fromMs: number
  readonly toMs: number
  readonly totalMinor: number
  /** Booked in the app by this member; at the kiosk when absent. */
  readonly memberId?: string
}

/** A call that somebody waits for. */
export interface WaitingCall {
  readonly what: string
  /** Whose answer is waited for. */
  readonly of: string
  outcome: string | undefined
}

const heardMax = 60
/** Messages that may follow from one another between two moments. */
const movesMax = 2_000
const callsMax = 40

/** One world: sites, cloud, network, clocks, disks and what people know. Everything that moves is moved here. */
export class Simulation {
  readonly stage: Stage
  readonly diary = new Diary()
  readonly network: Network
  readonly cloud: CloudHost
  readonly sites = new Map<string, { readonly machine: SiteMachine; readonly enrolled: EnrolledMachine }>()
  readonly heard: HeardBooking[] = []
  readonly calls: WaitingCall[] = []
  /** What sites have said about bookings and nobody has checked yet. */
  readonly told: { readonly siteId: string; readonly bookingId: string; readonly status: string }[] = []
  /** Broken promises, as sentences; the run ends at the first. */
  readonly violations: string[] = []
  /** When a copy of the cloud was taken that could be put back; true time. */
  copiedMs: number | undefined
  /** The last copy of each machine's disk. */
  readonly images = new Map<SiteMachine, DiskImage>()
  /** Sites whose machine went back to an older disk at some time. */
  readonly putBack = new Set<string>()
  /** How often the cloud has forgotten what it knew. */
  restores = 0
  /** Sites whose machine was replaced while it went on, with the life that has heard of it since. */
  readonly replaced = new Map<string, string | undefined>()
  onDeed: (machine: SiteMachine, deed: Deed) => void = () => {}
  onCommitted: (machine: SiteMachine) => void = () => {}
  onOpened: (machine: SiteMachine) => void = () => {}
  onPutBack: (machine: SiteMachine, image: DiskImage) => void = () => {}
  /** Handshakes of older lives. */
  readonly #fenced = new Set<number>()
  #announcementsSeen = 0
  #cloudKilled = false

  constructor(stage: Stage) {
    this.stage = stage
    this.network = new Network(stage.time)
    this.cloud = new CloudHost({ time: stage.time, pool: stage.pool, diary: this.diary })
    this.network.cloud = (request) => this.cloud.fetch(request)
    this.network.onMoved = (what, { id, site, flow, life }, status) => {
      this.diary.note(`  ${what} ${site} ${flow} ${id}${status === undefined ? '' : ` ${status}`}`)
      // Whatever the cloud hears from now on it answers as to an older life.
      if (what === 'arrived' && flow === 'handshake' && this.replaced.has(site)) this.#fenced.add(id)
      if (what === 'answered' && status === 200 && this.#fenced.has(id)) this.replaced.set(site, life)
    }
    this.diary.isAlive = (owner) =>
      owner === 'cloud' || [...this.sites.values()].some(({ machine }) => machine.isAlive(owner))
    stage.pool.onKilled = () => {
      this.#cloudKilled = true
    }
  }

  get machines(): readonly SiteMachine[] {
    return [...this.sites.values()].map(({ machine }) => machine)
  }

  /** Sets the scene for a seed and starts everything. */
  async begin(seed: number, sites: number): Promise<void> {
    const { time, chance, copies, enrolled, folder, reserveFile } = this.stage
    time.reset(startMs)
    chance.reset(seed)
    this.network.install()
    await copies.empty()
    await copies.put('base')
    this.cloud.reset(seed)
    await this.startCloud()
    const chosen = [...enrolled].slice(0, sites)
    for (const [index, [siteId, identity]] of chosen.entries()) {
      const machine = new SiteMachine(siteId, join(folder, siteId), seed * 64 + index, {
        ...{ time, network: this.network, diary: this.diary, reserveFile },
        onDeed: (from, deed) => this.onDeed(from, deed),
        onCommitted: (by) => this.onCommitted(by),
        onOpened: (by) => this.onOpened(by),
      })
      machine.install(identity.identity, identity.keyFile)
      this.sites.set(siteId, { machine, enrolled: identity })
      await this.startSite(siteId)
    }
    await this.moveAll()
  }

  /** Moves every message that can move, and what follows from it. */
  async moveAll(): Promise<void> {
    for (let moves = 0; moves < movesMax; moves += 1) {
      const [message] = this.network.movable()
      if (!message) return
      this.network.move(message)
      await this.settle()
    }
  }

  /** Ends every life; nothing of this world goes on. */
  async end(): Promise<void> {
    for (const machine of this.machines) machine.kill()
    await this.settle()
    for (const machine of this.machines) machine.bury()
    if (this.cloud.isRunning) await this.cloud.kill()
  }

  async startCloud(): Promise<void> {
    this.#cloudKilled = false
    await this.cloud.start()
    await this.settle()
  }

  async killCloud(): Promise<void> {
    await this.cloud.kill()
    this.breakOff('cloud')
    // One caller at a time: what each does next is its own.
    while (this.network.breakOne()) await this.stage.quiet.settled()
    await this.settle()
  }

  /** Another database server with the older copy takes the place of the cloud's. */
  async restoreCloud(): Promise<void> {
    if (this.cloud.isRunning) await this.killCloud()
    await this.stage.copies.put('backup')
    this.restores += 1
    await this.stage.pool.inspect(`UPDATE cloud_identity SET database_identity = 'restored ${this.restores}'`)
    // The older copy may not know that a machine was replaced, and nobody has heard anything of this cloud yet.
    const lives = await this.stage.pool.inspect<{ site_id: string; incarnation: number }>(
      'SELECT site_id, incarnation FROM sites',
    )
    this.replaced.clear()
    this.#fenced.clear()
    // It may also not know the life that a machine has gone on to since: a person has to enrol that one anew.
    for (const { site_id, incarnation } of lives) {
      const own = this.sites.get(site_id)?.machine.incarnation
      if (own !== undefined && own !== incarnation) this.replaced.set(site_id, undefined)
    }
    await this.startCloud()
  }

  /** Starts the program of a site; says whether it runs now. */
  async startSite(siteId: string): Promise<boolean> {
    const site = this.sites.get(siteId)
    if (!site?.machine.isOff) return false
    site.machine.bury()
    this.breakOff(siteId)
    site.machine.start().catch((error: unknown) => {
      if (site.machine.fell === undefined) this.violations.push(`${siteId} does not open: ${String(error)}`)
    })
    await this.settle()
    return site.machine.life !== undefined
  }

  /** Lets time pass: every timer that is due fires once, one after the other. */
  async pass(byMs: number): Promise<void> {
    const { time } = this.stage
    for (const id of time.advance(byMs)) {
      time.fire(id)
      await this.settle()
    }
  }

  /** Waits for an answer without holding up the world. */
  watch(
    what: string,
    of: string,
    call: Promise<Response>,
    onAnswer: (status: number, body: unknown) => void,
  ): WaitingCall {
    const waiting: WaitingCall = { what, of, outcome: undefined }
    this.calls.push(waiting)
    if (this.calls.length > callsMax) this.calls.shift()
    call.then(
      async (answer) => {
        const body: unknown = await answer.json().catch(() => undefined)
        waiting.outcome = `${answer.status} ${codeOf(body)}`
        if (answer.status >= 500 && codeOf(body) === 'internal')
          this.violations.push(`${what}: internal failure`)
        onAnswer(answer.status, body)
      },
      () => {
        waiting.outcome = 'no connection'
      },
    )
    return waiting
  }

  /** Whoever waits for a life that ended sees the connection break. */
  breakOff(of: string): void {
    for (const call of this.calls) if (call.of === of) call.outcome ??= 'no connection'
  }

  hear(booking: HeardBooking): void {
    if (this.heard.some(({ bookingId }) => bookingId === booking.bookingId)) return
    this.heard.push(booking)
    if (this.heard.length > heardMax) this.heard.shift()
  }

  /** Resolves when no code runs any more: what the database announced is delivered, what was asked is numbered. */
  async settle(): Promise<void> {
    const { quiet, pool, tap, time } = this.stage
    await quiet.settled()
    while (pool.announcements !== this.#announcementsSeen) {
      this.#announcementsSeen = pool.announcements
      for (const { name, payload } of await tap.take()) {
        time.owner = 'cloud'
        if (this.cloud.isRunning) this.cloud.notifications.deliver(name, payload)
        await quiet.settled()
      }
    }
    this.network.arrange()
    if (this.#cloudKilled) {
      this.#cloudKilled = false
      this.diary.note('  the cloud fell between two statements')
      await this.killCloud()
    }
  }
}

function codeOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : ''
}
