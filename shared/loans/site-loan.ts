import { assertNever } from '../result/result.ts'
import type { LedgerEvent } from '../wire/v1/entries.ts'
import type { LoanEnd, LoanTerms } from '../wire/v1/loans.ts'
import type { Position } from './block.ts'

/**
 * A loan as the site knows it: the giver.
 *
 *            loan.granted                loan.recalled
 *   none ───────────────────▶ lent ──────────────────────▶ recalled
 *    │  ▲                      │ ▲ loan.confirmed (new       │ ▲
 *    │  └ (old image restored) │ └─ incarnation, stands by)  │ └─ loan.confirmed
 *    │                         │                             │
 *    │        loan.ended: the cloud's end row was applied    │
 *    └──────────────────────▶ ended ◀────────────────────────┘
 *
 * lent and recalled: the site sells nothing that meets the loan. No clock leads out of them.
 * none ──loan.confirmed──▶ lent: a restored site learns from the cloud what it had lent.
 * none ──loan.ended──▶ ended: it learns that it had lent it once; a pass that names it proves no rollback then.
 */
export type SiteLoan =
  | { readonly kind: 'none' }
  | { readonly kind: 'lent'; readonly terms: LoanTerms }
  | { readonly kind: 'recalled'; readonly terms: LoanTerms }
  | {
      readonly kind: 'ended'
      readonly loanId: LoanTerms['loanId']
      readonly row: LoanEnd
      readonly position: Position
    }

export type SiteLoanKind = SiteLoan['kind']

/** A loan that the site gave and that is not over. */
export type RunningLoan = Extract<SiteLoan, { kind: 'lent' | 'recalled' }>

/** The entries that decisions about a loan produce. */
export type SiteLoanEvent = Extract<LedgerEvent, { type: `loan.${string}` }>

/** The loan before its first entry. */
export const noLoan: SiteLoan = { kind: 'none' }

/** Tells whether the site has lent it: what meets it is not the site's to sell. */
export function isRunning(loan: SiteLoan): loan is RunningLoan {
  return loan.kind === 'lent' || loan.kind === 'recalled'
}

/** Applies one recorded entry of this loan. What the ledger cannot hold in this order changes nothing. */
export function evolveSiteLoan(loan: SiteLoan, event: SiteLoanEvent): SiteLoan {
  switch (event.type) {
    case 'loan.granted':
      return loan.kind === 'none' ? { kind: 'lent', terms: event.body } : loan
    case 'loan.confirmed':
      return loan.kind === 'ended' || isRunning(loan) ? loan : { kind: 'lent', terms: event.body }
    case 'loan.recalled':
      return isRunning(loan) ? { kind: 'recalled', terms: loan.terms } : loan
    case 'loan.ended': {
      const { loanId, row, epoch, rev } = event.body
      return loan.kind === 'ended' ? loan : { kind: 'ended', loanId, row, position: { epoch, rev } }
    }
    default:
      return assertNever(event)
  }
}
