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

/** Rows that a start carries out together, so that doors are served in between. */
const portionMax = 100
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
 * Carries out what the cloud sold, ended and moved (`booking`, `loan` and `allowance` rows) in the transaction that stores the rows with
 * their position, in the order of their places. A tombstone, and a copy without a row, end nothing (ARCHITECTURE §1).
 */
export class DirectorySales {
  readonly #options: DirectorySalesOptions

  constructor(options: DirectorySalesOptions) {
    this.#options = options
    options.directory.bind((rows, store) => this.#carryOut(rows, store))
  }

  /** Carries out what was stored before this release could read it; whatever was carried out before is passed over. */
  async catchUp(): Promise<void> {
    const rows = statement<{ kind: string; key: string; epoch: number; rev: number; body: string }>(
      this.#options.kernel.db,
      `SELECT kind, key, epoch, rev, body FROM directory WHERE kind IN ('booking', 'loan', 'allowance') ORDER BY epoch, rev`,
    ).all()
    const open = this.#open(rows.map((row) => ({ ...row, body: JSON.parse(row.body) })))
    for (let from = 0; from < open.length; from += portionMax) {
      this.#run(open.slice(from, from + portionMax), () => {})
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #carryOut(rows: readonly AppliedRow[], store: () => void): void {
    const { db } = this.#options.kernel
    const open = this.#open(rows)
    if (open.length === 0) db.transaction(store)()
    else this.#run(open, store)
  }

  #run(submissions: readonly Submission[], store: () => void): void {
    const { kernel, onRefused } = this.#options
    const outcomes = kernel.runTogether(submissions, store)
    for (const [at, outcome] of outcomes.entries()) {
      if (!outcome.ok) onRefused(outcome.refusal.code, submissions[at]?.key ?? '')
    }
  }

  #open(rows: readonly AppliedRow[]): Submission[] {
    const { directory, kernel } = this.#options
    const brought = new Set(
      rows.flatMap(({ kind, key, body }) => (kind === 'space' && body !== null ? [key] : [])),
    )
    const knowsSpace = (spaceId: string) =>
      brought.has(spaceId) || directory.get('space', spaceId) !== undefined
    return rows
      .filter(({ kind, body }) => binding.has(kind) && body !== null)
      .sort((a, b) => a.epoch - b.epoch || a.rev - b.rev)
      .flatMap((row) => submissionOf(kernel.db, row, knowsSpace))
  }
}

/** The command that a row asks for; none when it was carried out, or cannot be read: then it stays and is reported. */
function submissionOf(
  db: SiteDatabase,
  { kind, key, epoch, rev, body }: AppliedRow,
  knowsSpace: (spaceId: string) => boolean,
): Submission[] {
  const position: Position = { epoch, rev }
  const said = { caller, key: `${kind}/${key}/${epoch}.${rev}` }
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
