import { assertNever, err, ok, type Result } from '../result/result.ts'
import type { EntryBody } from '../wire/v1/entries.ts'
import type { LoanEnd, LoanTerms } from '../wire/v1/loans.ts'
import { type Block, blocksMeet, type Position, type SpaceBlock } from './block.ts'
import { isRunning, type RunningLoan, type SiteLoan, type SiteLoanEvent } from './site-loan.ts'

export type SiteLoanCommand =
  | { readonly kind: 'grantLoan'; readonly terms: LoanTerms }
  | { readonly kind: 'recallLoan'; readonly reason: EntryBody<'loan.recalled'>['reason'] }
  /** The `loan` row of the directory; in the order of positions, after all rows of sales before it. */
  | {
      readonly kind: 'applyLoanEnd'
      readonly loanId: LoanTerms['loanId']
      readonly row: LoanEnd
      readonly position: Position
    }
  /** A new incarnation stands by what the cloud says was lent. */
  | { readonly kind: 'confirmLoan'; readonly terms: LoanTerms }

export type SiteLoanCommandKind = SiteLoanCommand['kind']

/** What the site knows about the loan's space when it decides. */
export interface SiteLoanContext {
  readonly nowMs: number
  /** The epoch the site last heard of. */
  readonly epoch: number
  /** False while `lending.stopped`, while fenced, and while the clock is not trusted. */
  readonly mayLend: boolean
  /** A combined space lends as its parts, never by itself. */
  readonly isCombined: boolean
  /**
   * Blocks on the space that keep others out: of its own bookings and of the wholes it is part of, holds and held
   * extensions included, and what ended loans keep whose rows have not come yet.
   */
  readonly occupied: readonly (Block & { readonly bookingId: string; readonly soldIn?: string })[]
  /** Other loans of the space that are not over. */
  readonly others: readonly RunningLoan[]
}

/** Every reason a command about a loan is refused. */
export type SiteLoanRefusal =
  | 'unknown_loan'
  | 'loan_exists'
  | 'loan_ended'
  | 'reversed'
  | 'cut_off'
  | 'old_epoch'
  | 'combined_space'
  | 'lending_stopped'
  | 'already_lent'
  | 'not_free'

/**
 * Decides a command about one loan on the site; the entries must be durable before anything of them leaves it
 * (ARCHITECTURE §2: the giver shrinks before the taker grows). No entries means that it already holds: a second grant
 * with the same terms, recall or end row changes nothing.
 *
 * Run `applyLoanEnd` inside the transaction that stores the row's position, in the order of positions. No other command,
 * and no clock, ends a loan.
 */
export function decideSiteLoan(
  loan: SiteLoan,
  command: SiteLoanCommand,
  context: SiteLoanContext,
): Result<readonly SiteLoanEvent[], SiteLoanRefusal> {
  switch (command.kind) {
    case 'grantLoan':
      return grantLoan(loan, command.terms, context)
    case 'recallLoan':
      return recallLoan(loan, command.reason)
    case 'applyLoanEnd': {
      const { loanId, row, position } = command
      return loan.kind === 'ended' ? ok([]) : ok([{ type: 'loan.ended', body: { loanId, ...position, row } }])
    }
    case 'confirmLoan':
      return confirmLoan(loan, command.terms, context)
    default:
      return assertNever(command)
  }
}

function grantLoan(
  loan: SiteLoan,
  terms: LoanTerms,
  context: SiteLoanContext,
): Result<readonly SiteLoanEvent[], SiteLoanRefusal> {
  if (loan.kind === 'ended') return err('loan_ended')
  if (isRunning(loan)) return sameTerms(loan.terms, terms) ? ok([]) : err('loan_exists')
  if (terms.fromMs >= terms.toMs) return err('reversed')
  if (context.nowMs >= terms.sellUntilMs || terms.sellUntilMs > terms.toMs) return err('cut_off')
  // Such a loan would never be opened, only stand in the way until it was ended.
  if (terms.epoch !== context.epoch) return err('old_epoch')
  if (context.isCombined) return err('combined_space')
  if (!context.mayLend) return err('lending_stopped')
  const block = { fromMs: terms.fromMs, blockToMs: terms.toMs }
  if (context.others.some((other) => meets(other.terms, block))) return err('already_lent')
  if (context.occupied.some((other) => blocksMeet(other, block))) return err('not_free')
  return ok([{ type: 'loan.granted', body: terms }])
}

function recallLoan(
  loan: SiteLoan,
  reason: EntryBody<'loan.recalled'>['reason'],
): Result<readonly SiteLoanEvent[], SiteLoanRefusal> {
  switch (loan.kind) {
    case 'none':
      return err('unknown_loan')
    case 'lent':
      return ok([{ type: 'loan.recalled', body: { loanId: loan.terms.loanId, reason } }])
    case 'recalled':
    case 'ended':
      return ok([])
    default:
      return assertNever(loan)
  }
}

/**
 * A restored site may have sold inside a loan that its image did not know. It lends it all the same, so that nobody adds
 * to the harm, and asks for it back; which sale stands is decided when the cloud's rows meet its own bookings.
 */
function confirmLoan(
  loan: SiteLoan,
  terms: LoanTerms,
  context: SiteLoanContext,
): Result<readonly SiteLoanEvent[], SiteLoanRefusal> {
  if (loan.kind === 'ended') return err('loan_ended')
  if (isRunning(loan) && !sameTerms(loan.terms, terms)) return err('loan_exists')
  const block = { fromMs: terms.fromMs, blockToMs: terms.toMs }
  const isOwnSale = (other: SiteLoanContext['occupied'][number]) => other.soldIn !== terms.loanId
  const contradicted =
    context.others.some((other) => meets(other.terms, block)) ||
    context.occupied.some((other) => blocksMeet(other, block) && isOwnSale(other))
  const confirmed: SiteLoanEvent = { type: 'loan.confirmed', body: terms }
  const reason = contradicted ? 'contradiction' : loan.kind === 'recalled' ? 'policy' : undefined
  if (reason === undefined) return ok([confirmed])
  // The cloud may have lost the first recall with the entries that the image lost; a second one does no harm.
  return ok([confirmed, { type: 'loan.recalled', body: { loanId: terms.loanId, reason } }])
}

function meets(terms: LoanTerms, block: Block): boolean {
  return blocksMeet({ fromMs: terms.fromMs, blockToMs: terms.toMs }, block)
}

function sameTerms(a: LoanTerms, b: LoanTerms): boolean {
  return (
    a.loanId === b.loanId &&
    a.spaceId === b.spaceId &&
    a.fromMs === b.fromMs &&
    a.toMs === b.toMs &&
    a.sellUntilMs === b.sellUntilMs &&
    a.epoch === b.epoch
  )
}

/**
 * The loan that keeps the site from selling, when there is one. Ask before every hold, extension and walk-in, with one
 * block for each space that the booking would occupy (itself and its parts): refuse with `lent`, and recall it when the
 * cloud can be reached. `loans` are those of the spaces concerned that are not over.
 */
export function lentLoanInTheWay(
  loans: readonly RunningLoan[],
  blocks: readonly SpaceBlock[],
): RunningLoan | undefined {
  return loans.find(({ terms }) =>
    blocks.some((block) => block.spaceId === terms.spaceId && meets(terms, block)),
  )
}
