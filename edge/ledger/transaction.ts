import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { Result } from '@gatehouse/shared/result/result'
import {
  type BatchEnvironment,
  type CommandRun,
  type PendingCommand,
  runCommand,
  type tryCommand,
} from './batch.ts'
import type { Refusal } from './command.ts'
import { isUrgent } from './command-queue.ts'
import { statement } from './statements.ts'

/** After this long a batch is synced with what it has, so that a door waits for one short batch at most. */
const batchMsMax = 8
/** Behind a door in the same batch others are decided only this long: whoever stands there waits for the sync. */
const behindUrgentMsMax = 1

/** What one transaction made durable: its commands in their order, and the head of the chain behind them. */
export interface Committed {
  readonly runs: readonly CommandRun[]
  readonly head: ChainHead
}

/**
 * Runs commands in their order until the time of a batch is used up, one at least, and syncs them once. `undefined`, and
 * nothing is kept, when `run` could not finish one of them.
 *
 * @throws SqliteError when the store itself failed; nothing is kept then either.
 */
export function commitInTime(
  env: BatchEnvironment,
  head: ChainHead,
  batch: readonly PendingCommand[],
  run: typeof tryCommand,
): Committed | undefined {
  const startMs = env.clock.now().monotonicMs
  const hasUrgent = batch.some(({ command }) => isUrgent(command.priority))
  const runs: CommandRun[] = []
  let last = head
  const isDurable = transact(env, () => {
    for (const pending of batch) {
      const delaysDoor = hasUrgent && !isUrgent(pending.command.priority)
      const usedMs = env.clock.now().monotonicMs - startMs
      if (runs.length > 0 && usedMs > (delaysDoor ? behindUrgentMsMax : batchMsMax)) break
      const ran = run(env, last, pending)
      if (!ran) return false
      last = headAfter(last, ran)
      runs.push(ran)
    }
    return true
  })
  return isDurable ? { runs, head: last } : undefined
}

/**
 * Runs all of the commands in their order, then `store`, and syncs them once; a refused command does not stop the rest.
 *
 * @throws what the store throws; nothing is kept then.
 */
export function commitTogether(
  env: BatchEnvironment,
  head: ChainHead,
  asked: readonly Result<PendingCommand, Refusal>[],
  store: () => void,
): Committed {
  const runs: CommandRun[] = []
  let last = head
  transact(env, () => {
    for (const pending of asked) {
      const ran: CommandRun = pending.ok
        ? runCommand(env, last, pending.value)
        : { outcome: { ok: false, refusal: pending.error }, entries: [], effects: [] }
      last = headAfter(last, ran)
      runs.push(ran)
    }
    store()
    return true
  })
  return { runs, head: last }
}

/** Makes `work` durable, all of it or, when it says no or throws, nothing; tells which. */
function transact({ db, failpoint }: BatchEnvironment, work: () => boolean): boolean {
  statement(db, 'BEGIN IMMEDIATE').run()
  try {
    if (!work()) {
      db.exec('ROLLBACK')
      return false
    }
    failpoint('commit.before')
    statement(db, 'COMMIT').run()
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    throw error
  }
  failpoint('commit.after')
  return true
}

function headAfter(head: ChainHead, { entries }: CommandRun): ChainHead {
  const last = entries.at(-1)
  return last ? { seq: last.entry.seq, hash: last.hash } : head
}
