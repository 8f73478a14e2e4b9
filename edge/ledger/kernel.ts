import type { Clock } from '@gatehouse/shared/clock/clock'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { ChainHead, SealedEntry } from '@gatehouse/shared/ledger/chain'
import type { Random } from '@gatehouse/shared/random/random'
import { ok, type Result } from '@gatehouse/shared/result/result'
import { type BatchEnvironment, type PendingCommand, runCommand, tryCommand } from './batch.ts'
import type { Command, LedgerModule, Projections, Refusal } from './command.ts'
import { CommandQueue, isUrgent } from './command-queue.ts'
import type { SiteDatabase } from './database.ts'
import { type EffectHandler, EffectRunner } from './effects.ts'
import { readHead } from './entry-store.ts'
import { type Failpoint, noFailpoint } from './failpoints.ts'
import { ledgerModule } from './ledger-module.ts'
import { bodyDigest, type Outcome } from './receipts.ts'
import { type StorageState, storageFailure } from './storage-state.ts'
import { type Committed, commitInTime, commitTogether } from './transaction.ts'

/**
 * The command pipeline of a site.
 *
 *   submit ─▶ queue by priority ─▶ ┌ one transaction, one sync ──────────────────┐ ─▶ answers
 *                                  │ per command: receipt? decide, append, apply │ ─▶ effects ─▶ effect.settled
 *                                  └─────────────────────────────────────────────┘ ─▶ listeners (upload, screens)
 *
 * Nobody is answered and nothing physical happens before the sync. Commands are serial by construction.
 */

/** Commands that share one transaction and one sync at most. */
const batchMax = 128
/** As long as commands keep coming in, a batch is gathered; doors, gates and life safety do not wait for it. */
const gatherMsMax = 4

export interface KernelOptions {
  readonly db: SiteDatabase
  readonly siteId: SiteId
  readonly incarnation: number
  readonly clock: Clock
  readonly random: Random
  /** Keys the digests of command bodies in receipts. */
  readonly receiptKey: string
  readonly modules: readonly LedgerModule[]
  readonly effects: readonly EffectHandler[]
  readonly onBug: (error: unknown, what: string) => void
  /** Called when the disk is full, so that reserved room can be given back. */
  readonly onDiskFull?: () => void
  /** Called when the store turns out to be damaged; nothing more can be recorded in it. */
  readonly onDamaged?: (error: unknown) => void
  /** `reserved` when the site starts on a full disk: no reserve could be made. */
  readonly storage?: StorageState
  readonly failpoint?: Failpoint
}

/** A command as callers send it. `key` is the caller's idempotency key. */
export interface Submission {
  readonly kind: string
  readonly caller: string
  readonly key: string
  readonly input: unknown
}

interface Waiting extends PendingCommand {
  readonly answer: (outcome: Outcome) => void
}

/** The serial, durable heart of the edge: takes commands, keeps the ledger, starts effects. */
export class Kernel {
  readonly db: SiteDatabase
  readonly siteId: SiteId
  readonly incarnation: number
  readonly #commands = new Map<string, Command>()
  readonly #queue = new CommandQueue<Waiting>()
  readonly #env: BatchEnvironment
  readonly #options: KernelOptions
  readonly #effects: EffectRunner
  readonly #listeners = new Set<(entries: readonly SealedEntry[]) => void>()
  #head: ChainHead
  #storage: StorageState = 'open'
  #sellingStopped: string | undefined
  #scheduled = false
  #closed = false
  readonly #shed = [0, 0, 0, 0]

  constructor(options: KernelOptions) {
    const modules = [ledgerModule, ...options.modules]
    for (const module of modules) {
      options.db.exec(module.tablesSql)
      for (const command of module.commands) this.#commands.set(command.kind, command)
    }
    this.db = options.db
    this.siteId = options.siteId
    this.incarnation = options.incarnation
    this.#options = options
    const projections: readonly Projections[] = modules.map((module) => module.projections)
    this.#storage = options.storage ?? 'open'
    this.#env = {
      ...options,
      projections,
      failpoint: options.failpoint ?? noFailpoint,
      // What is left of the disk is for facts.
      keepsRefusals: () => this.#storage === 'open',
    }
    this.#effects = new EffectRunner({
      handlers: options.effects,
      clock: options.clock,
      failpoint: this.#env.failpoint,
      settle: (settlement) =>
        this.submit({
          kind: 'settleEffect',
          caller: 'effects',
          key: settlement.effectId,
          input: settlement,
        }),
    })
    this.#head = readHead(options.db, options.incarnation)
  }

  get head(): ChainHead {
    return this.#head
  }

  get storage(): StorageState {
    return this.#storage
  }

  /** Whether selling commands are accepted now. */
  get sells(): boolean {
    return this.#whySellingStops() === undefined
  }

  /** Commands refused as `busy` since the start, by priority 0 to 3: the queue of their priority was full. */
  get shed(): readonly number[] {
    return this.#shed
  }

  /** How many commands wait now. */
  get waiting(): number {
    return this.#queue.size
  }

  /** Stops selling for a stated reason (`fenced`, `store_damaged`), or allows it again. */
  setSelling(stoppedBecause: string | undefined): void {
    this.#sellingStopped = stoppedBecause
  }

  /** Refuses everything from now on: the store is damaged and will be moved aside. */
  giveUp(): void {
    this.#storage = 'damaged'
  }

  /** Allows all commands again after the disk got room. */
  storageRestored(): void {
    this.#storage = 'open'
  }

  /** Calls `listener` after each commit with the entries it made, in order. Returns a function that stops it. */
  onCommitted(listener: (entries: readonly SealedEntry[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Settles what a crash left open: physical effects become `unknown`, repeatable ones run again. */
  async recoverEffects(): Promise<void> {
    await this.#effects.recover(this.db)
  }

  /**
   * Queues a command and answers once it is durable.
   *
   * Refusals besides the command's own: `invalid_input`, `key_reused`, `busy` (queue full), `store_full`
   * and `selling_stopped` (selling commands only), `store_unavailable`, `internal`.
   */
  submit(submission: Submission): Promise<Outcome> {
    if (this.#closed) return Promise.resolve(refused('stopping'))
    if (this.#storage === 'damaged') return Promise.resolve(refused('store_unavailable'))
    const pending = this.#pending(submission)
    if (!pending.ok) return Promise.resolve({ ok: false, refusal: pending.error })
    return new Promise((answer) => {
      const waiting = { ...pending.value, answer }
      const { priority } = waiting.command
      if (!this.#queue.push(priority, waiting)) {
        this.#shed[priority] = (this.#shed[priority] ?? 0) + 1
        return answer(refused('busy'))
      }
      this.#schedule()
    })
  }

  #pending({ kind, caller, key, input }: Submission): Result<PendingCommand, Refusal> {
    const command = this.#commands.get(kind)
    if (!command) throw new TypeError(`unknown command ${kind}`)
    const parsed = command.parse(input)
    if (!parsed.ok) return parsed
    const digest = bodyDigest(this.#options.receiptKey, kind, input)
    return ok({ command, caller, key, digest, input: parsed.value })
  }

  /**
   * Runs commands at once, in their order, in one transaction with `store`, which comes last; answers in the same order.
   * For what another flow brings and its position: neither is durable without the other. A refused command does not stop
   * the rest.
   *
   * @throws what the store throws (full, damaged), `SiteError` `store_unavailable`; nothing of it is durable then.
   */
  runTogether(submissions: readonly Submission[], store: () => void): readonly Outcome[] {
    if (this.#closed || this.#storage === 'damaged') throw storeUnavailable()
    const asked = submissions.map((submission) => this.#pending(submission))
    try {
      const committed = commitTogether(this.#env, this.#head, asked, store)
      this.#publish([], committed)
      return committed.runs.map(({ outcome }) => outcome)
    } catch (error) {
      this.#noteFull(error)
      throw error
    }
  }

  /** Runs what still waits, then refuses new commands. */
  close(): void {
    this.#closed = true
    while (this.#queue.size > 0) this.#drain()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#gather(0, this.#options.clock.now().monotonicMs + gatherMsMax))
  }

  /**
   * Takes another turn at reading input as long as each brings more commands, so that people who arrive together
   * share one sync. A turn without news costs nothing: input that is not there is not waited for.
   */
  #gather(known: number, untilMs: number): void {
    const { size, hasUrgent } = this.#queue
    if (size > known && !hasUrgent && size < batchMax && this.#options.clock.now().monotonicMs < untilMs) {
      setImmediate(() => this.#gather(size, untilMs))
      return
    }
    this.#scheduled = false
    this.#drain()
    if (this.#queue.size > 0) this.#schedule()
  }

  #drain(): void {
    const batch = this.#queue.take(batchMax)
    const allowed = batch.filter((waiting) => {
      const stopped = waiting.command.sells ? this.#whySellingStops() : undefined
      if (stopped) waiting.answer({ ok: false, refusal: stopped })
      return !stopped
    })
    if (allowed.length === 0) return
    try {
      const done = this.#commit(allowed)
      this.#queue.putBack(allowed.slice(done).map((waiting) => [waiting.command.priority, waiting]))
    } catch (error) {
      this.#recoverBatch(allowed, error)
    }
  }

  /** Runs and syncs commands of the batch in order until its time is used up; tells how many. */
  #commit(batch: readonly Waiting[]): number {
    // Hardly a command is stopped by a trigger or a bug, so that savepoints wait for a second try. A door does not:
    // its batch has them at once.
    const hasUrgent = batch.some(({ command }) => isUrgent(command.priority))
    const tried = hasUrgent ? undefined : commitInTime(this.#env, this.#head, batch, tryCommand)
    const committed = tried ?? commitInTime(this.#env, this.#head, batch, runCommand)
    if (committed) this.#publish(batch, committed)
    return committed?.runs.length ?? 0
  }

  #publish(batch: readonly Waiting[], { runs, head }: Committed): void {
    this.#head = head
    // Effects first: a strike must not wait until screens have been told.
    for (const run of runs) for (const effect of run.effects) this.#effects.start(effect)
    this.#env.failpoint('answer.before')
    for (const [index, run] of runs.entries()) batch[index]?.answer(run.outcome)
    const entries = runs.flatMap((run) => run.entries)
    if (entries.length > 0) for (const listener of this.#listeners) this.#tell(listener, entries)
  }

  /** What is committed and answered stays so, whatever a listener does. */
  #tell(listener: (entries: readonly SealedEntry[]) => void, entries: readonly SealedEntry[]): void {
    try {
      listener(entries)
    } catch (error) {
      this.#options.onBug(error, 'ledger.listener')
    }
  }

  #recoverBatch(batch: readonly Waiting[], error: unknown): void {
    if (this.#noteFull(error)) {
      // The reserve was given back: what must go on is tried again, selling is refused by the queue's filter.
      for (const waiting of batch) {
        if (!this.#queue.push(waiting.command.priority, waiting)) waiting.answer(refused('busy'))
      }
      this.#schedule()
      return
    }
    const failure = storageFailure(error)
    if (failure === 'damaged') {
      this.giveUp()
      this.#options.onDamaged?.(error)
    } else {
      this.#options.onBug(error, 'ledger.commit')
    }
    const code = failure === 'disk_full' ? 'store_full' : 'store_unavailable'
    for (const waiting of batch) waiting.answer(refused(code))
  }

  /** Gives reserved room back when the disk turns out to be full; tells whether it did. */
  #noteFull(error: unknown): boolean {
    if (storageFailure(error) !== 'disk_full' || this.#storage !== 'open') return false
    this.#storage = 'reserved'
    this.#options.onDiskFull?.()
    return true
  }

  #whySellingStops(): Refusal | undefined {
    if (this.#storage === 'reserved') return { code: 'store_full' }
    if (this.#sellingStopped) return { code: 'selling_stopped', detail: { reason: this.#sellingStopped } }
    return undefined
  }
}

function storeUnavailable(): SiteError {
  const hint =
    'The site is stopping, or its ledger is damaged; what was brought is taken after the next start.'
  return new SiteError({ code: 'store_unavailable', op: 'kernel.run_together', hint, retryable: true })
}

function refused(code: string): Outcome {
  return { ok: false, refusal: { code } }
}
