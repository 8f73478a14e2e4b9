import { type CloudCore, composeCloud } from '@gatehouse/cloud/cloud-core'
import { type CloudConfig, cloudConfigSchema } from '@gatehouse/cloud/config'
import type { Auth } from '@gatehouse/cloud/members/auth'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { Counter, Registry } from 'prom-client'
import type { Diary } from './diary.ts'
import type { SimulatedPool } from './simulated-pool.ts'
import { StagedNotifications } from './staged-notifications.ts'
import type { VirtualTime } from './virtual-time.ts'

const plenty = { perSecond: 100_000, burst: 100_000 }

/** The header in which a member of the simulation says who they are; it stands for a log-in. */
export const memberHeader = 'x-simulated-member'

export interface CloudHostOptions {
  /** Of the process; who owns its timers and what it logs. */
  readonly name: string
  readonly time: VirtualTime
  readonly pool: SimulatedPool
  readonly diary: Diary
}

/** A process of the cloud: one life after the other over one database. */
export class CloudHost {
  readonly #options: CloudHostOptions
  readonly #config: CloudConfig
  #random = new SeededRandom(1)
  #notifications = new StagedNotifications()
  #core: CloudCore | undefined
  #end: (broken: TypeError) => void = () => {}
  #ended: Promise<never> = new Promise(() => {})

  constructor(options: CloudHostOptions) {
    this.#options = options
    this.#config = cloudConfigSchema.parse({
      dataFolder: 'unused',
      http: { allowedHosts: ['cloud.simulated'] },
      limits: { perAddress: plenty, perUser: plenty, perLogIn: plenty },
      siteAnswerMaxMs: 8_000,
    })
  }

  get name(): string {
    return this.#options.name
  }

  get pool(): SimulatedPool {
    return this.#options.pool
  }

  get notifications(): StagedNotifications {
    return this.#notifications
  }

  get isRunning(): boolean {
    return this.#core !== undefined
  }

  get clock(): Clock {
    const { time } = this.#options
    return {
      now: () => ({ wallMs: time.nowMs, bootId: this.name, monotonicMs: time.nowMs, quality: 'trusted' }),
    }
  }

  /** Begins with a seed: chance starts anew, no life is left. */
  reset(seed: number): void {
    this.#random = new SeededRandom(seed)
    this.#core = undefined
  }

  /** Starts a life of the cloud. */
  async start(): Promise<void> {
    const { name, time, pool, diary } = this.#options
    time.owner = name
    this.#notifications = new StagedNotifications()
    const adapters = { clock: this.clock, random: this.#random, logger: diary.logger(name) }
    const core = await composeCloud(this.#config, adapters, {
      pool: pool.newLife(),
      notifications: this.#notifications,
      metrics: noMetrics(),
      auth: () => simulatedAuth,
    })
    core.work()
    this.#core = core
    this.#ended = new Promise((_resolve, reject) => {
      this.#end = reject
    })
    this.#ended.catch(() => {})
  }

  /** Ends the life as a kill does: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    const { name, time, pool } = this.#options
    this.#core = undefined
    time.forget(name)
    await pool.endLife()
    this.#end(new TypeError('fetch failed'))
  }

  /** Answers a request; a cloud that does not run refuses the connection. */
  async fetch(request: Request): Promise<Response> {
    const core = this.#core
    if (!core) throw new TypeError('fetch failed')
    return core.fetch(request)
  }

  /** The same for somebody who sees the connection break when the process ends first. */
  answer(request: Request): Promise<Response> {
    return Promise.race([this.fetch(request), this.#ended])
  }
}

function noMetrics() {
  const registers: Registry[] = []
  const counter = (name: string) => new Counter({ name, help: name, registers })
  return {
    registry: new Registry(),
    entriesReceived: counter('received'),
    entriesProjected: counter('projected'),
    projectionFailures: counter('failed'),
  }
}

/** Log-in is not what is simulated: a header says who asks. */
const simulatedAuth = {
  api: {
    getSession: async ({ headers }: { headers: Headers }) => {
      const memberId = headers.get(memberHeader)
      if (memberId === null) return null
      return { user: { id: `user-${memberId}`, email: '', name: memberId, role: 'member', memberId } }
    },
  },
} as unknown as Auth
