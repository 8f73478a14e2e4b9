import { allowanceIdSchema, bookingIdSchema, loanIdSchema } from '@gatehouse/shared/ids/ids'
import type { Position } from '@gatehouse/shared/loans/block'
import { directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import { wasAllowanceReceived } from '../credits/receive-allowance.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import type { Kernel, Submission } from '../ledger/kernel.ts'
import { statement } from '../ledger/statements.ts'
import type { AppliedRow, Directory } from '../sync/directory.ts'
import { loadLoan } from './loan-store.ts'
import { wasReceived } from './received-command.ts'

/** Rows that are carried out together: whoever stands at a door waits for one portion at most. */
const portionMax = 8
/** A receipt of its own for each place of each row. */
const caller = 'cloud:directory'
const binding: ReadonlySet<string> = new Set(['booking', 'loan', 'allowance'])

export interface DirectorySalesOptions {
  readonly kernel: Kernel
  readonly directory: Directory
  /** A row that could not be carried out: it stays in the directory, and is reported. */
  readonly onRefused: (reason: string, row: string) => void
}

/**
 * Carries out what the cloud sold, ended and moved (`booking`, `loan` and `allowance` rows), in the order of their places
 * and before the rows and their position are stored: in the same transaction, or when they are many in portions ahead of
 * it. Each is recorded with its place, so that a crash in between repeats nothing and the position never claims what was
 * not done. A tombstone, and a copy without a row, end nothing (ARCHITECTURE §1).
 */
export class DirectorySales {
  readonly #options: DirectorySalesOptions
  /** What was carried out ahead of rows that are not stored yet; a refusal leaves no other trace. */
  readonly #ahead = new Set<string>()

  constructor(options: DirectorySalesOptions) {
    this.#options = options
    options.directory.bind({
      prepare: (rows, signal) => this.#prepare(rows, signal),
      carryOut: (rows, store) => this.#carryOut(rows, store),
    })
  }

  /** Carries out what was stored before this release could read it; whatever was carried out before is passed over. */
  async catchUp(): Promise<void> {
    const rows = statement<{ kind: string; key: string; epoch: number; rev: number; body: string }>(
      this.#options.kernel.db,
      `SELECT kind, key, epoch, rev, body FROM directory WHERE kind IN ('booking', 'loan', 'allowance') ORDER BY epoch, rev`,
    ).all()
    await this.#runInPortions(
      rows.map((row) => ({ ...row, body: JSON.parse(row.body) })),
      () => false,
    )
  }

  async #prepare(rows: readonly AppliedRow[], signal: AbortSignal): Promise<void> {
    const open = this.#open(rows)
    if (open.length > portionMax) await this.#runInPortions(rows, () => signal.aborted)
  }

  async #runInPortions(rows: readonly AppliedRow[], isStopped: () => boolean): Promise<void> {
    const open = this.#open(rows)
    const knowsSpace = this.#spacesWith(rows)
    for (let from = 0; from < open.length && !isStopped(); from += portionMax) {
      const portion = open.slice(from, from + portionMax)
      this.#run(portion, knowsSpace, () => {})
      for (const row of portion) this.#ahead.add(placeOf(row))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #carryOut(rows: readonly AppliedRow[], store: () => void): void {
    this.#run(this.#open(rows), this.#spacesWith(rows), store)
    this.#ahead.clear()
  }

  #run(rows: readonly AppliedRow[], knowsSpace: KnowsSpace, store: () => void): void {
    const { kernel, onRefused } = this.#options
    const submissions = rows.flatMap((row) => submissionOf(kernel.db, row, knowsSpace))
    if (submissions.length === 0) {
      kernel.db.transaction(store)()
      return
    }
    const outcomes = kernel.runTogether(submissions, store)
    for (const [at, outcome] of outcomes.entries()) {
      if (!outcome.ok) onRefused(outcome.refusal.code, submissions[at]?.key ?? '')
    }
  }

  /** The rows that bind and were not carried out ahead, in the order of their places. */
  #open(rows: readonly AppliedRow[]): readonly AppliedRow[] {
    return rows
      .filter((row) => binding.has(row.kind) && row.body !== null && !this.#ahead.has(placeOf(row)))
      .sort((a, b) => a.epoch - b.epoch || a.rev - b.rev)
  }

  #spacesWith(rows: readonly AppliedRow[]): KnowsSpace {
    const { directory } = this.#options
    const brought = new Set(
      rows.flatMap(({ kind, key, body }) => (kind === 'space' && body !== null ? [key] : [])),
    )
    return (spaceId) => brought.has(spaceId) || directory.get('space', spaceId) !== undefined
  }
}

/** Whether the site has a space, or has it with the rows that come together. */
type KnowsSpace = (spaceId: string) => boolean

function placeOf({ kind, key, epoch, rev }: AppliedRow): string {
  return `${kind}/${key}/${epoch}.${rev}`
}

/** The command that a row asks for; none when it was carried out, or cannot be read: then it stays and is reported. */
function submissionOf(db: SiteDatabase, applied: AppliedRow, knowsSpace: KnowsSpace): Submission[] {
  const { kind, key, epoch, rev, body } = applied
  const position: Position = { epoch, rev }
  const said = { caller, key: placeOf(applied) }
  if (kind === 'loan') {
    const loanId = loanIdSchema.safeParse(key)
    const row = directoryBodies.loan.safeParse(body)
    if (!loanId.success || !row.success || loadLoan(db, key).kind === 'ended') return []
    return [{ ...said, kind: 'applyLoanEnd', input: { loanId: loanId.data, row: row.data, position } }]
  }
  if (kind === 'allowance') {
    const allowanceId = allowanceIdSchema.safeParse(key)
    const row = directoryBodies.allowance.safeParse(body)
    if (!allowanceId.success || !row.success || wasAllowanceReceived(db, key, position)) return []
    return [
      {
        ...said,
        kind: 'receiveAllowance',
        input: { allowanceId: allowanceId.data, row: row.data, position },
      },
    ]
  }
  const bookingId = bookingIdSchema.safeParse(key)
  const row = directoryBodies.booking.safeParse(body)
  if (!bookingId.success || !row.success || wasReceived(db, key, position)) return []
  const input = {
    ...{ bookingId: bookingId.data, row: row.data, position },
    knowsSpace: knowsSpace(row.data.spaceId),
  }
  return [{ ...said, kind: 'receiveBooking', input }]
}
