import { assertNever, err, ok, type Result } from '../result/result.ts'
import type { EntryBody, LedgerEvent } from '../wire/v1/entries.ts'
import type { ReceivedBooking, SoldBooking } from '../wire/v1/loans.ts'
import { type Block, blockInside, blocksMeet, isAtOrBefore, type Position, sameBlock } from './block.ts'
import { isRunning, type SiteLoan } from './site-loan.ts'

/**
 * A booking that the cloud sold, as the site's books know it.
 *
 *           end row names it            row: held             row: confirmed
 *   none ───────────────────▶ kept ───────────────▶ held ─────────────────▶ confirmed ──▶ checked_in ──▶ used
 *    │ │                        │                     │                        │ ▲            (the site alone)
 *    │ └────────pass────────────┴──────pass──▶ adopted ─── row: confirmed ─────┼─┘
 *    │                                            │                            │
 *    └────────────── row: cancelled, expired ─────┴────▶ gone ◀────────────────┘
 *
 * kept, held, adopted, confirmed and checked_in keep others out. From checked_in on, and in `used` (completed, left
 * early, no-show), the site's word is final: later rows that free or move it are `too_late`.
 */
export type KnownBooking =
  | { readonly kind: 'none' }
  | (Known & { readonly kind: 'kept' })
  | (Known & { readonly kind: 'held' })
  | (Known & { readonly kind: 'adopted' })
  | (Known & { readonly kind: 'confirmed' })
  | (Known & { readonly kind: 'checked_in' })
  | { readonly kind: 'used'; readonly block: Block; readonly position?: Position }
  | { readonly kind: 'gone'; readonly position?: Position }

export type KnownBookingKind = KnownBooking['kind']

interface Known {
  readonly block: Block
  /** Of the last row that was applied; none when only a pass or an end row told of it. */
  readonly position?: Position
}

/** What the site's books hold around a booking's blocks. */
export interface ReceivedContext {
  /** For each space that the booking occupies, the loan that the row or the pass leads to. */
  readonly loans: readonly SiteLoan[]
  /** Blocks of other bookings on those spaces that keep others out and meet the wanted block. */
  readonly inTheWay: readonly (Block & {
    readonly bookingId: string
    /** `cloud_hold`: an unpaid hold of the cloud in a loan. `adopted`: known from a pass alone. */
    readonly by: 'cloud_hold' | 'adopted' | 'other'
  })[]
}

type Received = Extract<LedgerEvent, { type: 'booking.received' }>

/**
 * Decides what a `booking` row of the directory does; always answered by an entry, which the cloud waits for. No entry
 * for a row at or before the last one applied: a replay. `displaced` occupies nothing: an exception, a full refund and an
 * offer of an equal space are owed (RULES, Booking). Money in the row is posted whatever the outcome. Run it in the
 * transaction that stores the row's position. A tombstone is not applied.
 */
export function receiveBooking(
  known: KnownBooking,
  sent: {
    readonly bookingId: Received['body']['bookingId']
    readonly row: SoldBooking
    readonly position: Position
  },
  context: ReceivedContext,
): readonly Received[] {
  const applied = known.kind === 'none' ? undefined : known.position
  if (applied !== undefined && isAtOrBefore(sent.position, applied)) return []
  const { bookingId, row, position } = sent
  const irregular = irregularityOf(row, context)
  const answer = outcomeOf(known, row, context)
  const body = { bookingId, ...position, row, ...answer, ...(irregular === undefined ? {} : { irregular }) }
  return [{ type: 'booking.received', body }]
}

type Answer = Pick<ReceivedBooking, 'outcome' | 'standing'>

function outcomeOf(known: KnownBooking, row: SoldBooking, context: ReceivedContext): Answer {
  const frees = row.status === 'cancelled' || row.status === 'expired'
  const wanted = { fromMs: row.fromMs, blockToMs: row.blockToMs }
  switch (known.kind) {
    case 'none':
      return frees ? nothing('freed') : place(wanted, row, context)
    case 'kept':
    case 'held':
    case 'adopted':
    case 'confirmed': {
      if (frees) return nothing('freed')
      if (!sameBlock(known.block, wanted)) return place(wanted, row, context)
      const isNews = known.kind === 'kept' || known.kind === 'held'
      return { outcome: isNews ? 'taken' : 'known', standing: known.block }
    }
    case 'checked_in':
      return frees || !sameBlock(known.block, wanted)
        ? { outcome: 'too_late', standing: known.block }
        : { outcome: 'known', standing: known.block }
    case 'used':
      return nothing(frees || !sameBlock(known.block, wanted) ? 'too_late' : 'known')
    case 'gone':
      return nothing(frees ? 'freed' : 'too_late')
    default:
      return assertNever(known)
  }
}

function nothing(outcome: ReceivedBooking['outcome']): Answer {
  return { outcome, standing: null }
}

// A sale is refused for want of room alone, never for its papers: the member was promised a space.
function place(wanted: Block, row: SoldBooking, { inTheWay }: ReceivedContext): Answer {
  const taken = inTheWay.filter((other) => blocksMeet(other, wanted))
  if (taken.length === 0) return { outcome: 'taken', standing: wanted }
  // A pass sold over an unpaid hold came before the hold's row: the hold was over by then.
  const isOver = row.status === 'held' && taken.every(({ by }) => by === 'adopted')
  return nothing(isOver ? 'freed' : 'displaced')
}

function irregularityOf(row: SoldBooking, { loans }: ReceivedContext): ReceivedBooking['irregular'] {
  if (row.status === 'cancelled' || row.status === 'expired') return undefined
  if (loans.some(({ kind }) => kind === 'none')) return 'unknown_loan'
  for (const loan of loans) {
    if (loan.kind === 'none') continue
    const covered = loan.kind === 'ended' ? loan.row : loan.terms
    if (!blockInside(row, covered)) return 'outside_loan'
  }
  return undefined
}

/** A believed pass that names a booking sold in a loan; `block` as its space is occupied, the gap included. */
export type PassBooking = Omit<EntryBody<'booking.adopted'>, 'supersedes' | 'irregular'>

export type Adoption = {
  /** To record before the door opens; none when the booking is in the books. */
  readonly events: readonly Extract<LedgerEvent, { type: 'booking.adopted' | 'lending.stopped' }>[]
  /** `serve`: the booking is good, decide access by it. `displaced`: refused, its space is taken by another. */
  readonly verdict: 'serve' | 'displaced'
}

export type AdoptionRefusal = 'loan_ended' | 'outside_loan' | 'booking_cancelled' | 'booking_over'

/**
 * Decides about the booking that a valid pass names (signature, validity, holder and revocation were judged before;
 * `context.loans[0]` is the loan that the pass names). Adopts it only inside loans that the site gave and has not ended.
 * A loan that it does not know proves a rollback: it serves if free, stops selling what it lends (`lending.stopped`), and
 * the caller raises the alarm. A later row of the booking is recognised by its id.
 */
export function adoptBooking(
  known: KnownBooking,
  pass: PassBooking,
  context: ReceivedContext,
): Result<Adoption, AdoptionRefusal> {
  switch (known.kind) {
    case 'held':
    case 'adopted':
    case 'confirmed':
    case 'checked_in':
      return ok({ events: [], verdict: 'serve' })
    case 'kept':
      return ok({ events: [{ type: 'booking.adopted', body: pass }], verdict: 'serve' })
    case 'used':
      return err('booking_over')
    case 'gone':
      return err('booking_cancelled')
    case 'none':
      return adoptUnseen(pass, context)
    default:
      return assertNever(known)
  }
}

function adoptUnseen(pass: PassBooking, context: ReceivedContext): Result<Adoption, AdoptionRefusal> {
  const [named] = context.loans
  const inTheWay = context.inTheWay.filter((other) => blocksMeet(other, pass))
  if (named === undefined || named.kind === 'none') {
    const { passId, loanIds } = pass
    const stopped = {
      type: 'lending.stopped',
      body: { reason: 'unknown_loan', passId, loanId: loanIds[0] },
    } as const
    if (inTheWay.length > 0) return ok({ events: [stopped], verdict: 'displaced' })
    const adopted = { type: 'booking.adopted', body: { ...pass, irregular: 'unknown_loan' } } as const
    return ok({ events: [stopped, adopted], verdict: 'serve' })
  }
  for (const loan of context.loans) {
    // The loan of another part may be unknown only together with the named one; an ended one kept what was sold.
    if (!isRunning(loan)) return err('loan_ended')
    if (!blockInside(pass, loan.terms)) return err('outside_loan')
  }
  if (inTheWay.some(({ by }) => by !== 'cloud_hold')) return ok({ events: [], verdict: 'displaced' })
  // The cloud sells over a hold of its own only when that has run out unpaid.
  const supersedes = inTheWay.map(({ bookingId }) => bookingId as PassBooking['bookingId'])
  const body = supersedes.length === 0 ? pass : { ...pass, supersedes }
  return ok({ events: [{ type: 'booking.adopted', body }], verdict: 'serve' })
}
