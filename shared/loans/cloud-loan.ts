import type { LoanEndReason, LoanTerms } from '../wire/v1/loans.ts'
import type { Block, Position } from './block.ts'

/**
 * A loan as the cloud knows it: the taker. One row of its store, changed only under that row's lock.
 *
 *              loan.granted                 end: close, return, recall           loan.ended
 *   unknown ─────────────────────▶ open ──────────────────────────────▶ ended ──────────────▶ released
 *     │ │                          │  ▲                                  ▲ ▲                    ▲
 *     │ │     a new incarnation of │  │ loan.confirmed                   │ │                    │
 *     │ │     the site is given    ▼  │ of this incarnation              │ │   loan.ended of a  │
 *     │ └─(old incarnation)─▶ unconfirmed ───── end ─────────────────────┘ │   lost end         │
 *     │                            │                                       │   (suspended ──────┘)
 *     │                            │ a new epoch starts (from open, too)   │
 *     └─(old epoch)──────────▶ suspended ──── end: restored ───────────────┘
 *
 * Only `open` sells. Sold parts stand in every state. `ended` writes the row that names what stays sold.
 * suspended: granted to an earlier epoch. The store was restored, so sales may exist that it does not know; nobody sells
 * until the site has sent again what it has and no pass of a lost sale can be valid any more.
 */
export type CloudLoan =
  | { readonly kind: 'unknown' }
  | (CloudLoanFacts & { readonly kind: 'open' })
  | (CloudLoanFacts & { readonly kind: 'unconfirmed' })
  | (CloudLoanFacts & { readonly kind: 'suspended' })
  | (CloudLoanFacts & { readonly kind: 'ended'; readonly reason: LoanEndReason; readonly position: Position })
  | (CloudLoanFacts & { readonly kind: 'released' })

export type CloudLoanKind = CloudLoan['kind']
export type KnownCloudLoan = Exclude<CloudLoan, { kind: 'unknown' }>

/** What stays true of a loan once its entry was ingested. */
export interface CloudLoanFacts {
  readonly terms: LoanTerms
  /** The incarnation of the site that granted or last confirmed it. */
  readonly incarnation: number
  /** What the cloud sold and did not give up; no two of them meet. */
  readonly sales: readonly Sale[]
  /** Blocks that the cloud gave up and the site has not confirmed: sold by nobody. */
  readonly freed: readonly FreedBlock[]
}

/** One block of a booking inside the loan; `position` is that of the booking's last row. */
export interface Sale extends Block {
  readonly bookingId: string
  readonly status: 'held' | 'confirmed'
  /** While held: from this instant on the hold is over, epoch ms. */
  readonly holdUntilMs?: number
  readonly position: Position
}

/** A block given up by the row at `position`. */
export interface FreedBlock extends Block {
  readonly bookingId: string
  readonly position: Position
}

/** The loan before its entry was ingested. */
export const unknownLoan: CloudLoan = { kind: 'unknown' }
