import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { ChainHead, SealedEntry } from '@gatehouse/shared/ledger/chain'
import type { Random } from '@gatehouse/shared/random/random'
import { parseEvent } from '@gatehouse/shared/wire/v1/entries'
import Database from 'better-sqlite3'
import type { Command, CommandContext, EffectRequest, Projections, Refusal } from './command.ts'
import type { SiteDatabase } from './database.ts'
import { appendEntry } from './entry-store.ts'
import type { Failpoint } from './failpoints.ts'
import { applyEntry } from './projection.ts'
import { commandIdOf, findReceipt, type Outcome, wasAnswered, writeReceipt } from './receipts.ts'
import { statement } from './statements.ts'

/** A command that waits for its turn. */
export interface PendingCommand {
  readonly command: Command
  readonly caller: string
  readonly key: string
  readonly digest: string
  readonly input: unknown
}

/** An effect whose decision is part of the batch, with the moment it was decided. */
export interface DecidedEffect extends EffectRequest {
  readonly bootId: string
  readonly deadlineMonotonicMs: number
}

/** What running one command left behind; valid only once the batch is committed. */
export interface CommandRun {
  readonly outcome: Outcome
  readonly entries: readonly SealedEntry[]
  readonly effects: readonly DecidedEffect[]
}

export interface BatchEnvironment {
  readonly db: SiteDatabase
  readonly siteId: SiteId
  readonly incarnation: number
  readonly clock: Clock
  readonly random: Random
  readonly projections: readonly Projections[]
  /** Reports a bug inside a command; the command is answered `internal` and the others go on. */
  readonly onBug: (error: unknown, kind: string) => void
  readonly failpoint: Failpoint
  /** Whether refusals leave receipts; on a full disk they do not. */
  readonly keepsRefusals: () => boolean
}

/** Overlap and the like are refused by triggers; their message is the refusal code. */
const triggerCode = /^[a-z][a-z_]{2,40}$/

/**
 * Runs one command inside the open transaction, under a savepoint of its own.
 *
 * @throws SqliteError when the store itself failed (full, damaged); the whole batch is then rolled back.
 */
export function runCommand(env: BatchEnvironment, head: ChainHead, pending: PendingCommand): CommandRun {
  const { db } = env
  const known = answeredBefore(env, pending)
  if (known) return known
  const context = contextOf(env, pending)
  statement(db, 'SAVEPOINT command').run()
  try {
    const run = decideAndApply(env, head, pending, context)
    statement(db, 'RELEASE command').run()
    return run
  } catch (error) {
    if (isStoreFailure(error)) throw error
    statement(db, 'ROLLBACK TO command').run()
    statement(db, 'RELEASE command').run()
    const refusal = refusalOf(error)
    if (!refusal) {
      env.onBug(error, pending.command.kind)
      return { outcome: { ok: false, refusal: { code: 'internal' } }, entries: [], effects: [] }
    }
    return refuse(env, pending, context, refusal)
  }
}

/**
 * Runs one command inside the open transaction without a savepoint, which would copy every page that it touches.
 * `undefined` when a trigger or a bug stopped it: half of it may be written then, and the transaction must be rolled
 * back.
 *
 * @throws SqliteError when the store itself failed, as `runCommand` does.
 */
export function tryCommand(
  env: BatchEnvironment,
  head: ChainHead,
  pending: PendingCommand,
): CommandRun | undefined {
  try {
    return answeredBefore(env, pending) ?? decideAndApply(env, head, pending, contextOf(env, pending))
  } catch (error) {
    if (isStoreFailure(error)) throw error
    return undefined
  }
}

function answeredBefore({ db }: BatchEnvironment, pending: PendingCommand): CommandRun | undefined {
  const { caller, key, digest } = pending
  const known = findReceipt(db, caller, key, digest)
  if (known) return { outcome: known, entries: [], effects: [] }
  if (!wasAnswered(db, commandIdOf(caller, key))) return undefined
  return { outcome: { ok: false, refusal: { code: 'answered_before' } }, entries: [], effects: [] }
}

function contextOf(env: BatchEnvironment, { caller, key }: PendingCommand): CommandContext {
  return {
    at: env.clock.now(),
    random: env.random,
    siteId: env.siteId,
    caller,
    commandId: commandIdOf(caller, key),
  }
}

function decideAndApply(
  env: BatchEnvironment,
  head: ChainHead,
  pending: PendingCommand,
  context: CommandContext,
): CommandRun {
  const decided = pending.command.run(env.db, pending.input, context)
  env.failpoint('command.decided')
  if (!decided.ok) return refuse(env, pending, context, decided.error)
  const { events, effects = [], answer } = decided.value
  const origin = {
    site: env.siteId,
    incarnation: env.incarnation,
    at: context.at,
    commandId: context.commandId,
  }
  const entries: SealedEntry[] = []
  let last = head
  for (const event of events) {
    const sealed = appendEntry(env.db, last, event, origin)
    const readable = parseEvent(sealed.entry)
    if (!readable) throw new TypeError(`command ${pending.command.kind} made an unreadable ${event.type}`)
    applyEntry(env.db, env.projections, readable, sealed.entry)
    entries.push(sealed)
    last = { seq: sealed.entry.seq, hash: sealed.hash }
  }
  env.failpoint('entries.appended')
  const decidedEffects = effects.map((effect) => storeEffect(env.db, effect, context))
  const outcome: Outcome = { ok: true, value: answer() }
  writeReceipt(env.db, { ...pending, outcome, wallMs: context.at.wallMs })
  return { outcome, entries, effects: decidedEffects }
}

function refuse(
  env: BatchEnvironment,
  pending: PendingCommand,
  context: CommandContext,
  refusal: Refusal,
): CommandRun {
  const outcome: Outcome = { ok: false, refusal }
  if (env.keepsRefusals()) writeReceipt(env.db, { ...pending, outcome, wallMs: context.at.wallMs })
  return { outcome, entries: [], effects: [] }
}

function storeEffect(db: SiteDatabase, effect: EffectRequest, context: CommandContext): DecidedEffect {
  const { bootId, monotonicMs } = context.at
  const deadlineMonotonicMs = monotonicMs + effect.deadlineMs
  statement(
    db,
    'INSERT INTO effects (effect_id, kind, body, boot_id, deadline_monotonic_ms) VALUES (?, ?, ?, ?, ?)',
  ).run(effect.effectId, effect.kind, JSON.stringify(effect.body), bootId, deadlineMonotonicMs)
  return { ...effect, bootId, deadlineMonotonicMs }
}

function isStoreFailure(error: unknown): boolean {
  return error instanceof Database.SqliteError && !error.code.startsWith('SQLITE_CONSTRAINT')
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_CONSTRAINT_TRIGGER') return undefined
  return triggerCode.test(error.message) ? { code: error.message } : undefined
}
