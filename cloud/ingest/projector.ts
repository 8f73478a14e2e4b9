import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import type { Notifications } from '../database/notifications.ts'
import type { Pool } from '../database/pool.ts'
import { parseAppendedNote } from './appended-note.ts'
import { HandedEntries } from './handed-entries.ts'
import { projectNext, type RunOutcome } from './project.ts'
import type { StreamId } from './stream-store.ts'

const retryMs = 1_000
const sweepMs = 15_000
/** However many sites come back at once: each run has a connection, and those who wait for an answer need some, too. */
const runsAtOnceMax = 4
/** Streams of which a process knows how far they are projected; it forgets them all when there are more. */
const projectedMax = 10_000

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
  /** Up to where somebody wants each stream projected; `Infinity`: as far as it goes. */
  readonly #woken = new Map<string, number>()
  readonly #projected = new Map<string, number>()
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
      const appended = parseAppendedNote(payload)
      if (appended === undefined) this.#sweepNow()
      else this.wake(appended, appended.headSeq)
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
    this.wake(stream, entries.at(-1)?.entry.seq)
  }

  /** Projects a stream soon, at least up to an entry that is known to be there; cheap to call often. */
  wake(stream: StreamId, toSeq = Number.POSITIVE_INFINITY): void {
    if (this.#stopped) return
    const name = `${stream.siteId}/${stream.incarnation}`
    // A process hears the note of its own append when it has long projected it.
    if (this.#isProjected(name, toSeq)) return
    this.#woken.set(name, Math.max(toSeq, this.#woken.get(name) ?? 0))
    if (!this.#running.has(name)) this.#running.set(name, this.#run(stream, name))
  }

  /** Resolves when the runs in flight have ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }

  async #run(stream: StreamId, name: string): Promise<void> {
    const { onFailure } = this.#options
    try {
      for (let toSeq = this.#wanted(name); toSeq > 0 && !this.#stopped; toSeq = this.#wanted(name)) {
        if (this.#isProjected(name, toSeq)) continue
        while ((await this.#runInTurn(stream, name)) === 'behind' && !this.#stopped);
      }
    } catch (error) {
      onFailure(stream, error)
      if (this.#stopped) return
      clearTimeout(this.#failed.get(name))
      this.#failed.set(
        name,
        setTimeout(() => this.wake(stream), retryMs),
      )
    } finally {
      // In the same turn in which it was seen that nobody wants more.
      this.#running.delete(name)
    }
  }

  #isProjected(name: string, toSeq: number): boolean {
    return (this.#projected.get(name) ?? 0) >= toSeq
  }

  /** Takes what was woken; 0 when nobody wants anything. */
  #wanted(name: string): number {
    const toSeq = this.#woken.get(name) ?? 0
    this.#woken.delete(name)
    return toSeq
  }

  async #runInTurn(stream: StreamId, name: string): Promise<RunOutcome['kind']> {
    const { pool, clock, onProjected } = this.#options
    if (this.#runsNow < runsAtOnceMax) this.#runsNow += 1
    else await new Promise<void>((resolve) => this.#inTurn.push(resolve))
    try {
      const outcome = await projectNext(pool, stream, clock.now().wallMs, this.#handed)
      if (outcome.kind === 'busy') this.#handed.forget(stream)
      onProjected?.(stream, outcome.count)
      if (this.#projected.size >= projectedMax) this.#projected.clear()
      if (outcome.toSeq !== undefined) this.#projected.set(name, outcome.toSeq)
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
