import type { LoanEnd, LoanEndReason, LoanTerms, ReceivedBooking } from '../wire/v1/loans.ts'
import type { Block, Position } from './block.ts'
import type { CloudLoan } from './cloud-loan.ts'

export type CloudLoanCommand =
  /** The entry `loan.granted` was ingested. */
  | { readonly kind: 'openLoan'; readonly terms: LoanTerms; readonly incarnation: number }
  /** A new booking, or the new block of a moved one; `holdUntilMs` when it is not paid yet. */
  | (Block & { readonly kind: 'sell'; readonly bookingId: string; readonly holdUntilMs?: number })
  | { readonly kind: 'confirmSale'; readonly bookingId: string }
  /** The booking was cancelled, its hold ran out, or it moves elsewhere. */
  | { readonly kind: 'freeSale'; readonly bookingId: string }
  | { readonly kind: 'endLoan'; readonly reason: LoanEndReason }
  /** The entry `booking.received` was ingested: the site's answer to the row at `position`. */
  | {
      readonly kind: 'settleSale'
      readonly bookingId: string
      readonly position: Position
      readonly outcome: ReceivedBooking['outcome']
      readonly standing: Block | null
    }
  /** An entry of the site ended the booking: no-show, completed or left early, cancelled through the site. */
  | { readonly kind: 'leaveSale'; readonly bookingId: string }
  /** The entry `loan.confirmed` was ingested. */
  | { readonly kind: 'confirmLoan'; readonly terms: LoanTerms; readonly incarnation: number }
  /** The entry `loan.ended` was ingested: the site sells there again. */
  | { readonly kind: 'releaseLoan' }
  /** A new incarnation of the site was issued; in that same transaction, for each of its loans. */
  | { readonly kind: 'startIncarnation' }
  /** A new epoch started; in that same transaction, for each loan. */
  | { readonly kind: 'startEpoch' }

export type CloudLoanCommandKind = CloudLoanCommand['kind']

/** What the transaction knows; read after the locks were taken. */
export interface CloudLoanContext {
  /** The cloud's clock, read under the loan's lock. */
  readonly nowMs: number
  readonly epoch: number
  /** Of the site now. */
  readonly incarnation: number
  /** The place that the directory row of this transaction gets, under the site's row lock. */
  readonly position: Position
  /**
   * Only for loans of an earlier epoch. `siteCaughtUp`: the site has sent again all that it keeps, up to the head it
   * reported in this epoch. `oldPassesOver`: no pass signed in an earlier epoch can still be valid (start of the epoch
   * plus the longest life of a pass plus clock uncertainty), or a person took the risk and is named in the audit.
   */
  readonly restored: { readonly siteCaughtUp: boolean; readonly oldPassesOver: boolean }
}

/** Every reason a command is refused; nothing is written then. */
export type CloudLoanRefusal =
  | 'unknown_loan'
  | 'loan_ended'
  | 'loan_suspended'
  | 'loan_unconfirmed'
  | 'sell_until_passed'
  | 'reversed'
  | 'outside_loan'
  | 'taken'
  | 'awaiting_site'
  | 'booking_exists'
  | 'unknown_sale'
  | 'hold_over'
  | 'hold_running'
  | 'site_not_caught_up'
  | 'passes_alive'
  | 'wrong_reason'

/** The loan to store, and the body of the `loan` row to write with it at `context.position`. */
export interface CloudLoanChange {
  readonly loan: CloudLoan
  readonly endRow?: LoanEnd
}
