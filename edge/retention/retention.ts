import { existsSync } from 'node:fs'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { LedgerModule } from '../ledger/command.ts'
import { prunedHead } from '../ledger/kept-chain.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { statement } from '../ledger/statements.ts'
import {
  CheckpointFile,
  type CheckpointProblem,
  type LedgerRow,
  misfit,
  type NamedEntry,
  removeCheckpoint,
  storedCheckpoint,
} from './checkpoint-file.ts'
import { type AgedEntry, type LedgerPlace, reachOf } from './decide-retention.ts'
import { acknowledgedPlace, prunable } from './retention-module.ts'

/** Entries whose age is looked at, and entries replayed into the checkpoint, before somebody else gets a turn. */
const scannedPerPortionMax = 500
const replayedPerPortionMax = 50
const dayMs = 24 * 3_600_000
const start: LedgerPlace = { incarnation: 0, seq: 0 }

/** Places where a crash is tested: nothing pruned yet, the checkpoint complete, a portion of entries gone. */
export type RetentionFailpoint = (
  name: 'checkpoint.advanced' | 'checkpoint.complete' | 'entries.pruned',
) => void

export interface RetentionOptions {
  readonly kernel: Kernel
  /** Every module of the kernel: its tables are what the checkpoint holds. */
  readonly modules: readonly LedgerModule[]
  /** Absolute path of the checkpoint's file. */
  readonly path: string
  /** How long entries are kept at least, whole days. */
  readonly keptDays: number
  readonly clock: Clock
  /** Awaited between portions, so that doors and people come first. */
  readonly rest: () => Promise<void>
  readonly onFailure: (error: unknown) => void
  readonly failpoint?: RetentionFailpoint
}

/** What is kept and whether pruning goes on. */
export interface RetentionState {
  readonly keptDays: number
  /** The last pruned entry of the present life; 0 while nothing of it was pruned. */
  readonly prunedSeq: number
  /** When the checkpoint in force was made, epoch milliseconds. */
  readonly checkpointMs: number | undefined
  /** Why nothing is pruned any more; the site itself goes on. */
  readonly problem: CheckpointProblem | 'failed' | undefined
}

/**
 * Prunes entries that are old and acknowledged behind a checkpoint (edge/retention/decisions.md):
 *
 *   find how far ─▶ replay into the checkpoint ─▶ digest ─▶ name it in the store and delete, portion by portion
 *
 * Each arrow is durable before the next step, and each step can be begun again: entries go only behind a whole checkpoint.
 */
export class Retention {
  readonly #options: RetentionOptions
  #running: Promise<void> | undefined
  #stopped = false
  #problem: RetentionState['problem']

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  get state(): RetentionState {
    const { kernel, keptDays } = this.#options
    return {
      keptDays,
      prunedSeq: prunedHead(kernel.db, kernel.incarnation).seq,
      checkpointMs: storedCheckpoint(kernel.db)?.madeMs,
      problem: this.#problem,
    }
  }

  /** Prunes what is old enough now; joins a run that is under way. Never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#tryOnce().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Ends after the portion in hand. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  async #tryOnce(): Promise<void> {
    try {
      this.#problem = await this.#once()
    } catch (error) {
      this.#problem = 'failed'
      this.#options.onFailure(error)
    }
  }

  async #once(): Promise<RetentionState['problem']> {
    const { kernel, path, modules, clock, keptDays } = this.#options
    const { wallMs, quality } = clock.now()
    // A ledger that is damaged, fenced, contradicted or out of room is not pruned as well.
    if (this.#stopped || quality !== 'trusted' || !kernel.sells) return this.#problem
    if (!existsSync(path)) {
      if (storedCheckpoint(kernel.db)) return 'checkpoint_missing'
      if ((await this.#reach(start, wallMs - keptDays * dayMs)) === undefined) return undefined
    }
    let file = new CheckpointFile(path, modules)
    try {
      const wrong = misfit(kernel.db, file.position)
      if (wrong !== undefined && storedCheckpoint(kernel.db)) return wrong
      if (wrong !== undefined) {
        // Of another life, and nothing was pruned behind it: the whole ledger is here to begin anew from.
        file.close()
        removeCheckpoint(path)
        file = new CheckpointFile(path, modules)
      }
      const upTo = await this.#reach(file.position ?? start, wallMs - keptDays * dayMs)
      if (upTo) await this.#advance(file, upTo)
      await this.#prune(file)
    } finally {
      file.close()
    }
    return undefined
  }

  /** How far entries after a place are old and acknowledged; `undefined` when the next one is not. */
  async #reach(after: LedgerPlace, cutoffMs: number): Promise<LedgerPlace | undefined> {
    const { kernel, rest } = this.#options
    const bounds = { cutoffMs, acknowledged: acknowledgedPlace(kernel.db) }
    let upTo: LedgerPlace | undefined
    let from = after
    while (!this.#stopped) {
      const entries = this.#agesAfter(from)
      const reach = reachOf(entries, bounds)
      upTo = reach.upTo ?? upTo
      const last = entries.at(-1)
      if (!reach.goesOn || !last) break
      from = last
      await rest()
    }
    return upTo
  }

  #agesAfter({ incarnation, seq }: LedgerPlace): AgedEntry[] {
    return statement<AgedEntry>(
      this.#options.kernel.db,
      `SELECT incarnation, seq, json_extract(text, '$.at.wallMs') AS wallMs, json_extract(text, '$.at.quality') AS quality
       FROM entries WHERE (incarnation, seq) > (?, ?) ORDER BY incarnation, seq LIMIT ?`,
    ).all(incarnation, seq, scannedPerPortionMax)
  }

  async #advance(file: CheckpointFile, upTo: LedgerPlace): Promise<void> {
    const { kernel, rest, failpoint } = this.#options
    while (!this.#stopped) {
      const { incarnation, seq } = file.position ?? start
      const rows = statement<LedgerRow>(
        kernel.db,
        `SELECT incarnation, seq, hash, text FROM entries WHERE (incarnation, seq) > (?, ?) AND (incarnation, seq) <= (?, ?)
         ORDER BY incarnation, seq LIMIT ?`,
      ).all(incarnation, seq, upTo.incarnation, upTo.seq, replayedPerPortionMax)
      if (rows.length === 0) return
      file.advance(rows)
      failpoint?.('checkpoint.advanced')
      await rest()
    }
  }

  async #prune(file: CheckpointFile): Promise<void> {
    const { kernel, clock, rest, failpoint } = this.#options
    const { position } = file
    if (!position || this.#stopped || prunable(kernel.db, position, 1).length === 0) return
    const checkpoint = { ...position, stateDigest: await this.#digest(file, position) }
    failpoint?.('checkpoint.complete')
    const { bootId, monotonicMs } = clock.now()
    for (let portion = 1; !this.#stopped; portion += 1) {
      const key = `prune-entries-${bootId}-${monotonicMs}-${portion}`
      const outcome = await kernel.submit({
        kind: 'pruneEntries',
        caller: 'system',
        key,
        input: checkpoint,
      })
      failpoint?.('entries.pruned')
      if (!outcome.ok || outcome.value === 0) return
      await rest()
    }
  }

  async #digest(file: CheckpointFile, position: NamedEntry): Promise<string> {
    const stored = storedCheckpoint(this.#options.kernel.db)
    const isNamed = stored?.incarnation === position.incarnation && stored.seq === position.seq
    return isNamed ? stored.stateDigest : file.stateDigest(this.#options.rest)
  }
}
