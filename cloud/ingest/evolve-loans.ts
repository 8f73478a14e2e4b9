import { blocksMeet } from '@gatehouse/shared/loans/block'
import type { CloudLoanCommand, CloudLoanRefusal } from '@gatehouse/shared/loans/cloud-command'
import type { CloudLoan, KnownCloudLoan } from '@gatehouse/shared/loans/cloud-loan'
import type { Result } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { LoanTerms } from '@gatehouse/shared/wire/v1/loans'

/** Why an entry about loans cannot be posted; it stays recorded, and a case is opened. */
export type UnpostableLoan =
  | 'unknown_loan'
  | 'loan_exists'
  | 'loan_reversed'
  | 'loan_overlaps'
  | 'unknown_space'
  | 'combined_space'

/** The loans of the site, as locked by the transaction that folds its entries. */
export interface FoldedLoans {
  /** Of the entries. */
  readonly incarnation: number
  readonly desk: {
    /** Of the site now. */
    readonly incarnation: number
    loan(loanId: string): CloudLoan
    all(): readonly KnownCloudLoan[]
    decide(loanId: string, command: CloudLoanCommand): Result<KnownCloudLoan | undefined, CloudLoanRefusal>
  }
  /** The spaces that the site has, as far as grants name them, and whether each is combined. */
  readonly spaces: ReadonlyMap<string, { readonly isCombined: boolean }>
  /** Loans that the site asked for back. */
  readonly recalled: Set<string>
  /** The last word on whether the site lends; `null`: it resumed. */
  stopped?: { readonly reason: string; readonly sinceMs: number } | null
}

/** Loans that an entry names, so that they are locked before it is folded. */
export function loansNamed(body: Readonly<Record<string, unknown>>): readonly string[] {
  const row = (body.row ?? {}) as Record<string, unknown>
  const named = [body.loanId, body.loanIds, row.loanIds].flat()
  return named.filter((loanId) => typeof loanId === 'string')
}

/**
 * Applies an entry of a site to its loans, or says why it cannot be. Entries of an incarnation before the present one
 * grant at most: what they say of loans and sales, today's site says anew (shared/loans/decisions.md).
 */
export function evolveLoans(
  folded: FoldedLoans,
  event: LedgerEvent,
  atMs: number,
): UnpostableLoan | undefined {
  const { desk } = folded
  if (event.type === 'loan.granted') return grant(folded, event.body)
  if (folded.incarnation !== desk.incarnation) return undefined
  switch (event.type) {
    case 'loan.confirmed':
      return grant(folded, event.body, 'confirmLoan')
    case 'loan.recalled': {
      const ended = desk.decide(event.body.loanId, { kind: 'endLoan', reason: 'recall' })
      if (!ended.ok && ended.error === 'unknown_loan') return 'unknown_loan'
      folded.recalled.add(event.body.loanId)
      return undefined
    }
    case 'loan.ended':
      return desk.decide(event.body.loanId, { kind: 'releaseLoan' }).ok ? undefined : 'unknown_loan'
    case 'lending.stopped':
      folded.stopped = { reason: event.body.reason, sinceMs: atMs }
      return undefined
    case 'lending.resumed':
      folded.stopped = null
      return undefined
    case 'booking.received': {
      const { bookingId, epoch, rev, outcome, standing } = event.body
      settle(folded, bookingId, {
        kind: 'settleSale',
        bookingId,
        position: { epoch, rev },
        outcome,
        standing,
      })
      return undefined
    }
    case 'booking.completed':
    case 'booking.no_show':
    case 'booking.cancelled':
    case 'booking.expired': {
      const { bookingId } = event.body
      settle(folded, bookingId, { kind: 'leaveSale', bookingId })
      return undefined
    }
    default:
      return undefined
  }
}

function settle({ desk }: FoldedLoans, bookingId: string, command: CloudLoanCommand): void {
  for (const { terms, sales, freed } of desk.all()) {
    if ([...sales, ...freed].some((block) => block.bookingId === bookingId))
      desk.decide(terms.loanId, command)
  }
}

function grant(
  { desk, spaces, incarnation }: FoldedLoans,
  terms: LoanTerms,
  kind: 'openLoan' | 'confirmLoan' = 'openLoan',
): UnpostableLoan | undefined {
  const known = desk.loan(terms.loanId)
  if (known.kind !== 'unknown') {
    if (!sameTerms(known.terms, terms)) return 'loan_exists'
  } else {
    const refused = refuseTerms(terms, spaces, desk.all())
    if (refused !== undefined) return refused
  }
  desk.decide(terms.loanId, { kind, terms, incarnation })
  return undefined
}

function sameTerms(a: LoanTerms, b: LoanTerms): boolean {
  return (
    a.spaceId === b.spaceId && a.fromMs === b.fromMs && a.toMs === b.toMs && a.sellUntilMs === b.sellUntilMs
  )
}

function refuseTerms(
  { spaceId, fromMs, toMs }: LoanTerms,
  spaces: FoldedLoans['spaces'],
  loans: readonly KnownCloudLoan[],
): UnpostableLoan | undefined {
  if (fromMs >= toMs) return 'loan_reversed'
  const space = spaces.get(spaceId)
  if (space === undefined) return 'unknown_space'
  if (space.isCombined) return 'combined_space'
  const block = { fromMs, blockToMs: toMs }
  const meets = loans.some(
    ({ kind, terms }) =>
      kind !== 'released' &&
      terms.spaceId === spaceId &&
      blocksMeet(block, { fromMs: terms.fromMs, blockToMs: terms.toMs }),
  )
  return meets ? 'loan_overlaps' : undefined
}
