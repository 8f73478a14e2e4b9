import { join } from 'node:path'
import type { FailpointName } from '@gatehouse/edge/ledger/failpoints'
import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { EnrolledMachine } from './base-world.ts'
import { startMs } from './base-world.ts'
import { CloudHost } from './cloud-host.ts'
import type { DatabaseCopies } from './database-copy.ts'
import { Diary } from './diary.ts'
import type { FetchedPass } from './fetched-pass.ts'
import type { FullDisks } from './full-disks.ts'
import type { LockWatch } from './lock-watch.ts'
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
  /** Connections of the second process of the cloud. */
  readonly besides: SimulatedPool
  readonly locks: LockWatch
  readonly tap: NotificationTap
  readonly copies: DatabaseCopies
  readonly disks: FullDisks
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

/** The life of a site that the cloud takes for the present one. */
interface CloudLife {
  readonly site_id: string
  readonly incarnation: number
  readonly public_key: string
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
  /** The process of the cloud that is up unless it was killed. */
  readonly cloud: CloudHost
  /** A second one, which comes and goes. */
  readonly beside: CloudHost
  /** The machine that is each site's. */
  readonly sites = new Map<string, { readonly machine: SiteMachine }>()
  /** Machines that others took over from, by site; an earlier one is scrapped for good. */
  readonly old = new Map<string, SiteMachine>()
  /** Boxes that were ever put up. */
  boxes = 0
  readonly heard: HeardBooking[] = []
  readonly calls: WaitingCall[] = []
  /** Passes on people's phones. */
  readonly passes: FetchedPass[] = []
  /** What sites have said about bookings and nobody has checked yet. */
  readonly told: { readonly siteId: string; readonly bookingId: string; readonly status: string }[] = []
  /** Broken promises, as sentences; the run ends at the first. */
  readonly violations: string[] = []
  /** When a copy of the cloud was taken that could be put back; true time. */
  copiedMs: number | undefined
  /** The last copy of each machine's disk. */
  readonly images = new Map<SiteMachine, DiskImage>()
  /** Sites of which something stays open until a person has looked: forked, sold twice, or told by an older life. */
  readonly forPerson = new Set<string>()
  /** Sites whose disk and witness went back together, of which nobody at the site can know. */
  readonly unwitnessed = new Set<string>()
  /** What was put into each bucket of credits, or asked to be; minor units. */
  readonly funded = new Map<string, number>()
  /** What the cloud is known to know, for who asks what a site stands at: its epoch, and its head of each life. */
  readonly cloudKnows = { epoch: 0, heads: new Map<string, ChainHead>() }
  /** How often the cloud has forgotten what it knew. */
  restores = 0
  /** Machines that a newer life of their site has replaced, with the run of theirs that has heard of it since. */
  readonly replaced = new Map<SiteMachine, string | undefined>()
  onDeed: (machine: SiteMachine, deed: Deed) => void = () => {}
  onCommitted: (machine: SiteMachine) => void = () => {}
  onFall: (machine: SiteMachine, at: FailpointName) => void = () => {}
  onCloudFall: () => void = () => {}
  /** Hears that a fault is to meet what holds now, not what held when its step began. */
  onMoment: () => void = () => {}
  /** Hears that everything that followed from one event is over. */
  onSettled: () => void = () => {}
  /** The machine that the next fault is meant for. */
  focus: SiteMachine | undefined
  onOpened: (machine: SiteMachine) => void = () => {}
  onPutBack: (machine: SiteMachine, image: DiskImage) => void = () => {}
  /** Handshakes of older lives. */
  readonly #fenced = new Set<number>()
  readonly #scrapped: SiteMachine[] = []
  #announcementsSeen = 0
  #seed = 0
  #cloudKilled = false
  #calls = 0

  constructor(stage: Stage) {
    this.stage = stage
    this.network = new Network(stage.time)
    const { time, pool, besides } = stage
    this.cloud = new CloudHost({ name: 'cloud', time, pool, diary: this.diary })
    this.beside = new CloudHost({ name: 'cloud-2', time, pool: besides, diary: this.diary })
    this.network.door = () => this.door()
    this.network.onMoved = (what, { id, site, flow, life }, status) => {
      this.diary.note(`  ${what} ${site} ${flow} ${id}${status === undefined ? '' : ` ${status}`}`)
      // Whatever the cloud hears from now on it answers as to an older life.
      const machine = this.machines.find((one) => one.isAlive(life))
      if (!machine || !this.replaced.has(machine)) return
      if (what === 'arrived' && flow === 'handshake') this.#fenced.add(id)
      if (what === 'answered' && status === 200 && this.#fenced.has(id)) this.replaced.set(machine, life)
    }
    this.diary.isAlive = (owner) =>
      owner.startsWith('cloud') || this.machines.some((machine) => machine.isAlive(owner))
    stage.pool.onKilled = () => {
      this.#cloudKilled = true
    }
  }

  /** Every machine that could run: those of the sites, then those that were replaced. */
  get machines(): readonly SiteMachine[] {
    return [...[...this.sites.values()].map(({ machine }) => machine), ...this.old.values()]
  }

  /** The processes of the cloud that run. */
  get clouds(): readonly CloudHost[] {
    return [this.cloud, this.beside].filter(({ isRunning }) => isRunning)
  }

  /** The process that the next call goes to: one after the other; a cloud that is down refuses. */
  door(): CloudHost {
    this.#calls += 1
    return this.clouds[this.#calls % Math.max(1, this.clouds.length)] ?? this.cloud
  }

  /** Counts statements of all processes, so that others can tell whether anything was asked. */
  get statements(): number {
    return this.stage.pool.statements + this.stage.besides.statements
  }

  /** Sets the scene for a seed and starts everything. */
  async begin(seed: number, sites: number): Promise<void> {
    const { time, chance, copies, enrolled } = this.stage
    time.reset(startMs)
    chance.reset(seed)
    this.stage.disks.reset()
    this.network.install()
    await copies.empty()
    await copies.put('base')
    this.cloud.reset(seed)
    this.beside.reset(seed ^ 0x5bd1_e995)
    await this.startCloud()
    const chosen = [...enrolled].slice(0, sites)
    this.#seed = seed
    for (const [siteId, { identity, keyFile }] of chosen) {
      const machine = this.newBox(siteId)
      machine.install(identity, keyFile)
      this.sites.set(siteId, { machine })
      await this.start(machine)
    }
    await this.moveAll()
  }

  /** Puts up a box with an empty disk. */
  newBox(siteId: string): SiteMachine {
    const { time, folder, reserveFile } = this.stage
    const name = this.sites.has(siteId) ? `${siteId}.${this.boxes}` : siteId
    const seed = this.#seed * 64 + this.boxes
    this.boxes += 1
    return new SiteMachine(
      { name, siteId, home: join(folder, `box-${this.boxes}`), seed },
      {
        ...{ time, network: this.network, diary: this.diary, reserveFile },
        onDeed: (from, deed) => this.onDeed(from, deed),
        onCommitted: (by) => this.onCommitted(by),
        onFall: (by, at) => this.onFall(by, at),
        onOpened: (by) => {
          this.stage.disks.limit(by)
          this.onOpened(by)
        },
      },
    )
  }

  /** The newest life of a site as the cloud knows it. */
  async lifeOf(
    siteId: string,
  ): Promise<{ readonly incarnation: number; readonly public_key: string } | undefined> {
    const [life] = await this.stage.pool.inspect<{ incarnation: number; public_key: string }>(
      'SELECT incarnation, public_key FROM sites JOIN site_incarnations USING (site_id, incarnation) WHERE site_id = $1',
      [siteId],
    )
    return life
  }

  /** A box has taken over a site; the one before stays where it is, and one before that is scrapped. */
  succeed(before: SiteMachine, box: SiteMachine): void {
    const { siteId } = box
    const scrapped = this.old.get(siteId)
    if (scrapped) {
      scrapped.kill()
      this.#scrapped.push(scrapped)
      this.replaced.delete(scrapped)
    }
    this.old.set(siteId, before)
    this.replaced.set(before, undefined)
    this.sites.set(siteId, { machine: box })
    this.forPerson.add(siteId)
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
    for (const machine of [...this.machines, ...this.#scrapped]) machine.bury()
    for (const process of this.clouds) await process.kill()
  }

  async startCloud(process = this.cloud): Promise<void> {
    if (process === this.cloud) this.#cloudKilled = false
    await process.start()
    await this.settle()
  }

  async killCloud(process = this.cloud): Promise<void> {
    await process.kill()
    // One caller at a time: what each does next is its own.
    while (this.network.breakOne(process.name)) await this.stage.quiet.settled()
    await this.settle()
  }

  /** Another database server with the older copy takes the place of the cloud's. */
  async restoreCloud(): Promise<void> {
    for (const process of this.clouds) await this.killCloud(process)
    await this.stage.copies.put('backup')
    this.restores += 1
    await this.stage.pool.inspect(`UPDATE cloud_identity SET database_identity = 'restored ${this.restores}'`)
    // The older copy may not know that a machine was replaced, and nobody has heard anything of this cloud yet.
    const lives = await this.stage.pool.inspect<CloudLife>(
      'SELECT site_id, incarnation, public_key FROM sites JOIN site_incarnations USING (site_id, incarnation)',
    )
    this.replaced.clear()
    this.#fenced.clear()
    // It may also not know the life that a machine has gone on to since: a person has to let a box adopt the site anew.
    for (const life of lives) {
      for (const machine of this.machines) {
        if (machine.siteId === life.site_id && isForeign(machine, life)) this.replaced.set(machine, undefined)
      }
    }
    await this.startCloud()
  }

  /** Starts the program of a machine; says whether it runs now. */
  async start(machine: SiteMachine): Promise<boolean> {
    if (!machine.isOff) return false
    machine.bury()
    this.breakOff(machine.siteId)
    machine.start().catch((error: unknown) => {
      if (machine.fell === undefined) this.violations.push(`${machine.name} does not open: ${String(error)}`)
    })
    await this.settle()
    return machine.life !== undefined
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

  #announcements(): number {
    return this.stage.pool.announcements + this.stage.besides.announcements
  }

  /** Resolves when no code runs any more: what the database announced is delivered, what was asked is numbered. */
  async settle(): Promise<void> {
    const { quiet, tap, time } = this.stage
    await quiet.settled()
    while (this.#announcements() !== this.#announcementsSeen) {
      this.#announcementsSeen = this.#announcements()
      for (const { name, payload } of await tap.take()) {
        for (const process of this.clouds) {
          time.owner = process.name
          process.notifications.deliver(name, payload)
          await quiet.settled()
        }
      }
    }
    this.network.arrange()
    if (this.#cloudKilled) {
      this.#cloudKilled = false
      this.diary.note('  the cloud fell between two statements')
      this.onCloudFall()
      await this.killCloud()
    }
    this.onSettled()
  }
}

/** A life that the cloud gave to another machine, or that it has forgotten; what it gave to this one it gives again. */
function isForeign(machine: SiteMachine, { incarnation, public_key }: CloudLife): boolean {
  if (machine.incarnation === incarnation) return false
  return machine.incarnation > incarnation || machine.publicKey !== public_key
}

function codeOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : ''
}
