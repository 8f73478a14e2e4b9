import type { Clock } from '@gatehouse/shared/clock/clock'
import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import type { Notifications } from '../database/notifications.ts'
import type { Pool } from '../database/pool.ts'
import { HandedEntries } from './handed-entries.ts'
import { projectNext, type RunOutcome } from './project.ts'
import type { StreamId } from './stream-store.ts'

const retryMs = 1_000
const sweepMs = 15_000
/** However many sites come back at once: each run has a connection, and those who wait for an answer need some, too. */
const runsAtOnceMax = 4

export interface ProjectorOptions {
  readonly pool: Pool
  readonly clock: Clock
  readonly notifications: Notifications
  /** Called when a run failed; it is tried again after a second. */
  readonly onFailure: (stream: StreamId, error: unknown) => void
  /** Called after each run with the number of entries it projected. */
  readonly onProjected?: (stream: StreamId, count: number) => void
}

/**
 * Keeps projections up to date: one run per stream at a time, a few streams beside each other, all in turn.
 *
 *   idle ─ wake ─▶ in turn ─▶ running ─ more or woken meanwhile ─▶ in turn ─▶ running ─ caught up ─▶ idle
 *                                └ failure ─▶ waiting 1 s ─▶ in turn
 */
export class Projector {
  readonly #options: ProjectorOptions
  readonly #running = new Map<string, Promise<void>>()
  readonly #woken = new Set<string>()
  readonly #handed = new HandedEntries()
  readonly #failed = new Map<string, NodeJS.Timeout>()
  /** Streams that wait for their turn; at most one place for each. */
  readonly #inTurn: (() => void)[] = []
  #runsNow = 0
  #stopped = false
  #sweep: NodeJS.Timeout | undefined
  #stopListening = () => {}

  constructor(options: ProjectorOptions) {
    this.#options = options
  }

  /** Projects what is behind, then follows appends of all processes; sweeps every 15 s besides. */
  async start(): Promise<void> {
    this.#stopListening = this.#options.notifications.on('ledger', (payload) => {
      const stream = parseStream(payload)
      if (stream === undefined) this.#sweepNow()
      else this.wake(stream)
    })
    this.#sweep = setInterval(() => this.#sweepNow(), sweepMs)
    await this.#wakeBehind()
  }

  /** Lets runs in flight end and starts no more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#stopListening()
    clearInterval(this.#sweep)
    for (const timer of this.#failed.values()) clearTimeout(timer)
    await Promise.all(this.#running.values())
  }

  /** Projects entries that this process committed, soon and without reading them back. */
  appended(stream: StreamId, entries: readonly SealedEntry[]): void {
    this.#handed.keep(stream, entries)
    this.wake(stream)
  }

  /** Projects a stream soon; cheap to call often. */
  wake(stream: StreamId): void {
    if (this.#stopped) return
    const name = `${stream.siteId}/${stream.incarnation}`
    this.#woken.add(name)
    if (this.#running.has(name)) return
    const running = this.#run(stream, name).finally(() => this.#running.delete(name))
    this.#running.set(name, running)
  }

  /** Resolves when the runs in flight have ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }

  async #run(stream: StreamId, name: string): Promise<void> {
    const { onFailure } = this.#options
    try {
      while (!this.#stopped && this.#woken.delete(name)) {
        while ((await this.#runInTurn(stream)) === 'behind' && !this.#stopped);
      }
    } catch (error) {
      onFailure(stream, error)
      if (this.#stopped) return
      clearTimeout(this.#failed.get(name))
      this.#failed.set(
        name,
        setTimeout(() => this.wake(stream), retryMs),
      )
    }
  }

  async #runInTurn(stream: StreamId): Promise<RunOutcome['kind']> {
    const { pool, clock, onProjected } = this.#options
    if (this.#runsNow < runsAtOnceMax) this.#runsNow += 1
    else await new Promise<void>((resolve) => this.#inTurn.push(resolve))
    try {
      const outcome = await projectNext(pool, stream, clock.now().wallMs, this.#handed)
      if (outcome.kind === 'busy') this.#handed.forget(stream)
      onProjected?.(stream, outcome.count)
      return outcome.kind
    } finally {
      // Whoever is next takes over the place.
      const next = this.#inTurn.shift()
      if (next === undefined) this.#runsNow -= 1
      else next()
    }
  }

  #sweepNow(): void {
    // A sweep that fails finds the same streams 15 s later.
    void this.#wakeBehind().catch(() => undefined)
  }

  async #wakeBehind(): Promise<void> {
    const { rows } = await this.#options.pool.query<{ site_id: SiteId; incarnation: number }>(
      `SELECT s.site_id, s.incarnation FROM streams s
       LEFT JOIN projection_positions p USING (site_id, incarnation)
       WHERE s.head_seq > coalesce(p.seq, 0) OR p.audit_seq < p.seq`,
    )
    for (const row of rows) this.wake({ siteId: row.site_id, incarnation: row.incarnation })
  }
}

function parseStream(payload: string): StreamId | undefined {
  const [site, incarnation] = payload.split('/')
  const siteId = siteIdSchema.safeParse(site)
  return siteId.success && incarnation !== undefined
    ? { siteId: siteId.data, incarnation: Number(incarnation) }
    : undefined
}
