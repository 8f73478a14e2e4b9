import { bookingIdSchema } from '../ids/ids.ts'
import { assertNever, err, ok, type Result } from '../result/result.ts'
import type { LoanEnd, LoanEndReason } from '../wire/v1/loans.ts'
import { blockInside, blocksMeet } from './block.ts'
import type {
  CloudLoanChange,
  CloudLoanCommand,
  CloudLoanContext,
  CloudLoanRefusal,
} from './cloud-command.ts'
import type { CloudLoan, CloudLoanKind, KnownCloudLoan, Sale } from './cloud-loan.ts'
import { leaveSale, settleSale } from './settled-sale.ts'

type Decision = Result<CloudLoanChange, CloudLoanRefusal>
type Of<K extends CloudLoanCommand['kind']> = Extract<CloudLoanCommand, { kind: K }>

/**
 * Decides a command about one loan in the cloud. The caller holds the loan's row lock from before the read until its
 * commit, after the site's row lock of the directory (loans of one booking in the order of their ids), and writes in the
 * same transaction: the loan, `endRow` when there is one, and for `sell`, `confirmSale` and `freeSale` the whole booking
 * as a `booking` row at `context.position`. An exclusion constraint over sales and freed blocks per space stands behind it.
 *
 * Commands that carry an entry of the site (`openLoan`, `settleSale`, `leaveSale`, `confirmLoan`, `releaseLoan`) are
 * never refused for their state, but for a loan that is not known: then the entry is quarantined, as a fact. Entries of an
 * incarnation before the present one are stored and, but for `openLoan`, not given here: today's site answers the rows anew.
 */
export function decideCloudLoan(
  loan: CloudLoan,
  command: CloudLoanCommand,
  context: CloudLoanContext,
): Decision {
  if (loan.kind === 'unknown') return decideUnknown(command, context)
  switch (command.kind) {
    case 'openLoan':
      return unchanged(loan)
    case 'sell':
      return sell(loan, command, context)
    case 'confirmSale':
      return confirmSale(loan, command, context)
    case 'freeSale':
      return freeSale(loan, command, context)
    case 'endLoan':
      return endLoan(loan, command.reason, context)
    case 'settleSale':
      return ok({ loan: settleSale(loan, command) })
    case 'leaveSale':
      return ok({ loan: leaveSale(loan, command.bookingId) })
    case 'confirmLoan':
      return confirmLoan(loan, command, context)
    case 'releaseLoan':
      return ok({ loan: { ...facts(loan), freed: [], kind: 'released' } })
    case 'startIncarnation':
      return loan.kind === 'open' ? ok({ loan: { ...facts(loan), kind: 'unconfirmed' } }) : unchanged(loan)
    case 'startEpoch':
      return isLive(loan.kind) ? ok({ loan: { ...facts(loan), kind: 'suspended' } }) : unchanged(loan)
    default:
      return assertNever(command)
  }
}

function decideUnknown(command: CloudLoanCommand, context: CloudLoanContext): Decision {
  switch (command.kind) {
    case 'openLoan':
    case 'confirmLoan': {
      const { terms, incarnation } = command
      const kind =
        terms.epoch !== context.epoch
          ? 'suspended'
          : incarnation !== context.incarnation
            ? 'unconfirmed'
            : 'open'
      return ok({ loan: { kind, terms, incarnation, sales: [], freed: [] } })
    }
    case 'startIncarnation':
    case 'startEpoch':
      return ok({ loan: { kind: 'unknown' } })
    case 'sell':
    case 'confirmSale':
    case 'freeSale':
    case 'endLoan':
    case 'settleSale':
    case 'leaveSale':
    case 'releaseLoan':
      return err('unknown_loan')
    default:
      return assertNever(command)
  }
}

/** Why nothing is sold in a loan of this kind; `undefined` when it is. */
const unsold: Record<KnownCloudLoan['kind'], CloudLoanRefusal | undefined> = {
  open: undefined,
  unconfirmed: 'loan_unconfirmed',
  suspended: 'loan_suspended',
  ended: 'loan_ended',
  released: 'loan_ended',
}

function sell(loan: KnownCloudLoan, command: Of<'sell'>, context: CloudLoanContext): Decision {
  const refusal = unsold[loan.kind]
  if (refusal !== undefined) return err(refusal)
  if (context.nowMs >= loan.terms.sellUntilMs) return err('sell_until_passed')
  if (command.fromMs >= command.blockToMs) return err('reversed')
  if (!blockInside(command, loan.terms)) return err('outside_loan')
  const { bookingId, fromMs, blockToMs, holdUntilMs } = command
  if (loan.sales.some((sale) => sale.bookingId === bookingId)) return err('booking_exists')
  if (loan.sales.some((sale) => blocksMeet(sale, command))) return err('taken')
  // The member may have entered with a pass. A moved booking may meet its own old block: it is the same holder.
  if (loan.freed.some((freed) => freed.bookingId !== bookingId && blocksMeet(freed, command))) {
    return err('awaiting_site')
  }
  const { position } = context
  const sale: Sale =
    holdUntilMs === undefined
      ? { bookingId, fromMs, blockToMs, status: 'confirmed', position }
      : { bookingId, fromMs, blockToMs, status: 'held', holdUntilMs, position }
  return ok({ loan: { ...loan, sales: [...loan.sales, sale] } })
}

function confirmSale(loan: KnownCloudLoan, command: Of<'confirmSale'>, context: CloudLoanContext): Decision {
  const sale = loan.sales.find(({ bookingId }) => bookingId === command.bookingId)
  if (sale === undefined) return err('unknown_sale')
  if (sale.status === 'confirmed') return unchanged(loan)
  // The restored store may have lost that this hold ran out and its block was sold to another.
  if (sale.position.epoch !== context.epoch) return err('loan_suspended')
  if (sale.holdUntilMs !== undefined && context.nowMs >= sale.holdUntilMs) return err('hold_over')
  const { holdUntilMs: _, ...rest } = sale
  const confirmed: Sale = { ...rest, status: 'confirmed', position: context.position }
  return ok({ loan: { ...loan, sales: loan.sales.map((other) => (other === sale ? confirmed : other)) } })
}

/** A hold that was never paid had no pass, so that its block is free again at once. */
function freeSale(loan: KnownCloudLoan, command: Of<'freeSale'>, context: CloudLoanContext): Decision {
  const sale = loan.sales.find(({ bookingId }) => bookingId === command.bookingId)
  if (sale === undefined) return err('unknown_sale')
  const sales = loan.sales.filter((other) => other !== sale)
  if (sale.status === 'held') return ok({ loan: { ...loan, sales } })
  const { bookingId, fromMs, blockToMs } = sale
  const freed = [...loan.freed, { bookingId, fromMs, blockToMs, position: context.position }]
  return ok({ loan: { ...loan, sales, freed } })
}

function endLoan(loan: KnownCloudLoan, reason: LoanEndReason, context: CloudLoanContext): Decision {
  switch (loan.kind) {
    case 'ended':
    case 'released':
      return unchanged(loan)
    case 'suspended':
      if (reason !== 'restored') return err('loan_suspended')
      if (!context.restored.siteCaughtUp) return err('site_not_caught_up')
      if (!context.restored.oldPassesOver) return err('passes_alive')
      break
    case 'open':
    case 'unconfirmed':
      if (reason === 'restored') return err('wrong_reason')
      break
    default:
      return assertNever(loan)
  }
  const { position } = context
  return ok({ loan: { ...facts(loan), kind: 'ended', reason, position }, endRow: endRowOf(loan, reason) })
}

function endRowOf({ terms, sales, freed }: KnownCloudLoan, reason: LoanEndReason): LoanEnd {
  const { spaceId, fromMs, toMs } = terms
  return {
    reason,
    spaceId,
    fromMs,
    toMs,
    kept: sales.map((sale) => ({
      bookingId: bookingIdSchema.parse(sale.bookingId),
      status: sale.status,
      fromMs: sale.fromMs,
      blockToMs: sale.blockToMs,
    })),
    freed: freed.map((block) => ({
      bookingId: bookingIdSchema.parse(block.bookingId),
      fromMs: block.fromMs,
      blockToMs: block.blockToMs,
    })),
  }
}

function confirmLoan(
  loan: KnownCloudLoan,
  { incarnation }: Of<'confirmLoan'>,
  context: CloudLoanContext,
): Decision {
  if (loan.kind !== 'unconfirmed' || incarnation !== context.incarnation) return unchanged(loan)
  return ok({ loan: { ...facts(loan), kind: 'open', incarnation } })
}

function isLive(kind: CloudLoanKind): boolean {
  return kind === 'open' || kind === 'unconfirmed'
}

function unchanged(loan: CloudLoan): Decision {
  return ok({ loan })
}

function facts({ terms, incarnation, sales, freed }: KnownCloudLoan) {
  return { terms, incarnation, sales, freed }
}
