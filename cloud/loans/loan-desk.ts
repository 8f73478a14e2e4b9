import type { BookingId, SiteId } from '@gatehouse/shared/ids/ids'
import type { Position } from '@gatehouse/shared/loans/block'
import type {
  CloudLoanCommand,
  CloudLoanContext,
  CloudLoanRefusal,
} from '@gatehouse/shared/loans/cloud-command'
import { type CloudLoan, type KnownCloudLoan, unknownLoan } from '@gatehouse/shared/loans/cloud-loan'
import { decideCloudLoan } from '@gatehouse/shared/loans/decide-cloud-loan'
import { ok, type Result } from '@gatehouse/shared/result/result'
import type { SoldBooking } from '@gatehouse/shared/wire/v1/loans'
import { channels } from '../database/notifications.ts'
import type { Transaction } from '../database/pool.ts'
import { lockNextPosition } from '../directory/next-position.ts'
import { type DirectoryWrite, putRows } from '../directory/put-rows.ts'
import { siteChange } from '../ingest/site-change.ts'
import { lockLoans, type WantedLoans, writeLoan } from './loan-store.ts'

/** What is known of restores, for loans of an earlier epoch (shared/loans/decisions.md). */
export type RestoredFacts = CloudLoanContext['restored']

const notRestored: RestoredFacts = { siteCaughtUp: false, oldPassesOver: false }

/**
 * Some loans of one site in one transaction: locked, decided about, and written with the rows that tell the site.
 * The order of locks is that of `decideCloudLoan`: the site's directory, then the loans by their ids; bookings after them.
 */
export class LoanDesk {
  readonly siteId: SiteId
  /** The cloud's clock, read under the locks, epoch ms. */
  readonly nowMs: number
  /** Of the site now. */
  readonly incarnation: number
  readonly #tx: Transaction
  readonly #restored: RestoredFacts
  readonly #stored: ReadonlyMap<string, KnownCloudLoan>
  readonly #loans: Map<string, KnownCloudLoan>
  readonly #writes: DirectoryWrite[] = []
  readonly #first: Position

  private constructor(parts: {
    readonly tx: Transaction
    readonly siteId: SiteId
    readonly nowMs: number
    readonly incarnation: number
    readonly restored: RestoredFacts
    readonly loans: ReadonlyMap<string, KnownCloudLoan>
    readonly first: Position
  }) {
    this.#tx = parts.tx
    this.siteId = parts.siteId
    this.nowMs = parts.nowMs
    this.incarnation = parts.incarnation
    this.#restored = parts.restored
    this.#stored = parts.loans
    this.#loans = new Map(parts.loans)
    this.#first = parts.first
  }

  /** Takes the locks, reads the loans wanted, and then the clock, `now`. Throws `unknown_site`. */
  static async open(
    tx: Transaction,
    now: () => number,
    wanted: WantedLoans & { readonly siteId: SiteId; readonly restored?: RestoredFacts },
  ): Promise<LoanDesk> {
    const { siteId, restored = notRestored } = wanted
    const first = await lockNextPosition(tx, siteId)
    const { loans, incarnation } = await lockLoans(tx, siteId, wanted)
    return new LoanDesk({ tx, siteId, nowMs: now(), incarnation, restored, loans, first })
  }

  /** The position that the next row told in this transaction gets. */
  get position(): Position {
    return { epoch: this.#first.epoch, rev: this.#first.rev + this.#writes.length }
  }

  /** The loan as decided so far. */
  loan(loanId: string): CloudLoan {
    return this.#loans.get(loanId) ?? unknownLoan
  }

  /** All loans read, as decided so far. */
  all(): readonly KnownCloudLoan[] {
    return [...this.#loans.values()]
  }

  /** Decides a command about one loan; its end row goes down with the transaction. Refusals change nothing. */
  decide(loanId: string, command: CloudLoanCommand): Result<KnownCloudLoan | undefined, CloudLoanRefusal> {
    const { nowMs, incarnation, position } = this
    const context = { nowMs, incarnation, epoch: position.epoch, position, restored: this.#restored }
    const decided = decideCloudLoan(this.loan(loanId), command, context)
    if (!decided.ok) return decided
    const { loan, endRow } = decided.value
    if (loan.kind === 'unknown') return ok(undefined)
    this.#loans.set(loanId, loan)
    if (endRow !== undefined) {
      this.#writes.push({ kind: 'loan', key: loanId, body: endRow })
    }
    return ok(loan)
  }

  /** Tells the site the whole booking as it stands now, in a row at `position`. */
  tell(bookingId: BookingId, body: SoldBooking): void {
    this.#writes.push({ kind: 'booking', key: bookingId, body })
  }

  /** Writes the loans that changed and the rows, in the order in which they were decided. */
  async save(): Promise<void> {
    for (const [loanId, after] of this.#loans) {
      const before = this.#stored.get(loanId) ?? unknownLoan
      if (before === after) continue
      await writeLoan(this.#tx, this.siteId, { before, after, nowMs: this.nowMs })
    }
    if (this.#writes.length === 0) return
    await putRows(this.#tx, this.siteId, this.#writes)
    const change = siteChange(
      this.siteId,
      this.#writes.map(({ kind }) => `${kind}.changed`),
    )
    // A site acts on a row as soon as it sees it: what it saw must not be lost by a crash of the store.
    await this.#tx.query(
      `SELECT set_config('synchronous_commit', 'on', true), pg_notify('${channels.site}', $1)`,
      [JSON.stringify(change)],
    )
  }
}
