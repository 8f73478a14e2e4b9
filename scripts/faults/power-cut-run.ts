import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { type Random, randomInt } from '@gatehouse/shared/random/random'
import { rowsOf } from '../demo/world/rows.ts'
import { freePort } from '../story/free-port.ts'
import { EdgeLife, type EdgeWeakness } from './edge-life.ts'
import { KioskRequests } from './kiosk-requests.ts'
import { type LoneSite, writeLoneSite } from './lone-site.ts'
import { auditRemains, keysOf, type Remains } from './power-cut-audit.ts'
import type { PowerCutDisk } from './power-cut-disk.ts'
import { Visitors } from './visitors.ts'

/** How many times, and how, the power is cut. */
export interface CutPlan {
  /** Each ends by a cut in which the edge is killed; the next starts on what that left. */
  readonly lives: number
  /** Further cuts in each life, for which the edge only stands still. */
  readonly cutsWhileAlive: number
  readonly weakness?: EdgeWeakness
}

/** One cut: how many answers had left the site by then, and what was found afterwards. */
export interface Cut extends Remains {
  readonly kind: 'killed' | 'stood still'
  readonly answered: number
  /** From the last instruction of the edge to the end of the copy. */
  readonly copiedAfterMs: number
}

const caller = 'kiosk:kiosk-1'
const atOnce = 6
const answersMax = 25
const pollMs = 1
const answersMsMax = 10_000
const standstillMsMax = 5_000

/** A lone garage on a disk of its own, with people at its kiosk, whose power is cut again and again. */
export class PowerCutRun {
  readonly #disk: PowerCutDisk
  readonly #random: Random
  readonly #lone: LoneSite
  readonly #plan: CutPlan
  readonly #kiosk: KioskRequests
  readonly visitors: Visitors
  readonly cuts: Cut[] = []
  #life: EdgeLife | undefined
  #people: Promise<void>[] = []
  #leaving = false

  private constructor(disk: PowerCutDisk, random: Random, plan: CutPlan, port: number) {
    this.#disk = disk
    this.#random = random
    this.#plan = plan
    this.#lone = writeLoneSite(disk.site, { siteId: 'quay-street', port })
    disk.settle()
    const { site } = this.#lone
    this.#kiosk = new KioskRequests(`http://127.0.0.1:${port}`, site.callers.kiosk)
    this.visitors = new Visitors({
      ...{ kiosk: this.#kiosk, random, nowMs: performance.timeOrigin },
      bayIds: rowsOf(site.rows, 'space').flatMap(({ key, body }) => (body.outOfService ? [] : [key])),
      // The sandbox of card payments is a file that forgets in a power cut; a real gateway is elsewhere.
      endings: ['cash', 'cancelled', 'rival', 'parked_cash'],
    })
  }

  /** Prepares a site on an empty disk. */
  static async prepare(disk: PowerCutDisk, random: Random, plan: CutPlan): Promise<PowerCutRun> {
    return new PowerCutRun(disk, random, plan, await freePort())
  }

  /** How many answers reached the kiosk. */
  get answered(): number {
    return this.#kiosk.acknowledged.length
  }

  /** Lives through the whole plan, with people at the kiosk all the time. */
  async run(): Promise<void> {
    const { lives, cutsWhileAlive } = this.#plan
    this.#people = Array.from({ length: atOnce }, async () => {
      while (!this.#leaving) await this.visitors.next()
    })
    for (let life = 0; life < lives; life += 1) {
      if (life > 0) this.#disk.restorePower()
      await this.#start()
      for (let cut = 0; cut < cutsWhileAlive; cut += 1) await this.#cutStandingStill()
      await this.#cutKilled()
    }
  }

  /** Starts the edge on what the last cut left, lets everybody who is there finish, and ends it in peace. */
  async comeBack(): Promise<void> {
    this.#disk.restorePower()
    await this.#start()
    this.#leaving = true
    await Promise.all(this.#people)
    await this.#living.stop()
  }

  /** Ends the edge and lets nobody wait any longer. */
  async close(): Promise<void> {
    this.#leaving = true
    this.#kiosk.abandon()
    this.#life?.kill()
    await this.#life?.ended
    await Promise.all(this.#people)
  }

  async #start(): Promise<void> {
    const { configPath } = this.#lone
    this.#life = new EdgeLife(configPath, this.#disk.logPath, undefined, this.#plan.weakness)
    if (await this.#life.ready()) return
    const hint = `The edge did not start on what the cut left: ${readFileSync(this.#disk.logPath, 'utf8')}`
    throw new SiteError({ code: 'edge_not_ready', op: 'faults.power', hint, retryable: false })
  }

  async #cutStandingStill(): Promise<void> {
    const { pid } = this.#living
    await this.#someAnswers()
    const stoppedMs = performance.now()
    process.kill(pid, 'SIGSTOP')
    try {
      await standstill(pid)
      await this.#disk.cut()
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await this.#audit('stood still', stoppedMs)
  }

  async #cutKilled(): Promise<void> {
    await this.#someAnswers()
    const killedMs = performance.now()
    this.#living.kill()
    await this.#life?.ended
    await this.#disk.cut()
    await this.#audit('killed', killedMs)
  }

  /** Lets a drawn number of answers leave the site, so that the cut comes right after one. */
  async #someAnswers(): Promise<void> {
    const wanted = this.answered + 1 + randomInt(this.#random, answersMax)
    const lateMs = performance.now() + answersMsMax
    while (this.answered < wanted && this.#living.alive && performance.now() < lateMs) await wait(pollMs)
  }

  /** Called when nothing was answered since the cut: the edge is dead, or goes on in a later turn only. */
  async #audit(kind: Cut['kind'], cutMs: number): Promise<void> {
    const copiedAfterMs = performance.now() - cutMs
    const acknowledged = [...this.#kiosk.acknowledged]
    const keys = keysOf(this.#lone.dataFolder)
    const remains = await this.#disk.inspect((folder) => auditRemains({ folder, caller, acknowledged, keys }))
    this.cuts.push({ ...remains, kind, answered: acknowledged.length, copiedAfterMs })
  }

  get #living(): EdgeLife {
    if (this.#life?.alive) return this.#life
    const hint = `The edge ended by itself: ${readFileSync(this.#disk.logPath, 'utf8')}`
    throw new SiteError({ code: 'edge_ended', op: 'faults.power', hint, retryable: false })
  }
}

/** Waits until no thread of the process runs or waits for a disk. */
async function standstill(pid: number): Promise<void> {
  const lateMs = performance.now() + standstillMsMax
  while (performance.now() < lateMs) {
    const states = readdirSync(`/proc/${pid}/task`).map((task) => {
      // proc_pid_stat(5): the state follows the name, which is in parentheses.
      const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')
      return stat.slice(stat.lastIndexOf(')') + 2)[0]
    })
    if (states.every((state) => state === 'T')) return
    await wait(pollMs)
  }
  const hint = 'The edge did not stand still.'
  throw new SiteError({ code: 'edge_not_still', op: 'faults.power', hint, retryable: false })
}
