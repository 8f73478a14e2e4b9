import * as ids from '@gatehouse/shared/ids/ids'
import { isAtOrBefore } from '@gatehouse/shared/loans/block'
import { type KnownBooking, receiveBooking } from '@gatehouse/shared/loans/received-booking'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { positionSchema, soldBookingSchema } from '@gatehouse/shared/wire/v1/loans'
import { z } from 'zod'
import { type Command, type Decision, defineCommand, type Refusal } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { inTheWay, loadNamed } from './known-booking-store.ts'
import { loadLoan } from './loan-store.ts'

const input = z.object({
  bookingId: ids.bookingIdSchema,
  row: soldBookingSchema,
  position: positionSchema,
  /** Whether the site has the space, or has it with the rows that come together with this one. */
  knowsSpace: z.boolean(),
})

/**
 * Applies a `booking` row of the directory, inside the transaction that stores its position, and answers it with an entry.
 * Refusal: `reversed`, for a row that cannot be a booking.
 */
export const receiveBookingCommand: Command = defineCommand({
  kind: 'receiveBooking',
  priority: 3,
  sells: false,
  input,
  run: receiveRow,
})

function receiveRow(
  db: SiteDatabase,
  { bookingId, row, position, knowsSpace }: z.infer<typeof input>,
): Result<Decision<{ readonly outcome: string }>, Refusal> {
  const { fromMs, toMs, blockToMs } = row
  if (fromMs >= toMs || blockToMs < toMs) return err({ code: 'reversed' })
  const loans = row.loanIds.map((loanId) => loadLoan(db, loanId))
  const spaceIds = [row.spaceId, ...(row.parts ?? [])]
  const others = inTheWay(db, { bookingId, spaceIds, fromMs, blockToMs })
  // There is no room in a space that the site never had: the booking is displaced like one without room.
  const nowhere = !knowsSpace && loans.every(({ kind }) => kind === 'none')
  const nobody = { bookingId, fromMs, blockToMs, by: 'other' } as const
  const known = unlessInTheWay(loadNamed(db, bookingId), others.length > 0)
  const sent = { bookingId, row, position }
  const events = receiveBooking(known, sent, { loans, inTheWay: nowhere ? [nobody] : others })
  return ok({ events, answer: () => ({ outcome: events[0]?.body.outcome ?? 'replayed' }) })
}

/** What the end of one loan keeps may meet a sale in another space of the same booking: then its row decides anew. */
function unlessInTheWay(known: KnownBooking, isInTheWay: boolean): KnownBooking {
  return known.kind === 'kept' && isInTheWay ? { kind: 'none' } : known
}

/** Tells whether a row was applied before: by its place, of which only a later one changes anything. */
export function wasReceived(
  db: SiteDatabase,
  bookingId: string,
  position: { readonly epoch: number; readonly rev: number },
): boolean {
  const known = loadNamed(db, bookingId)
  const applied = known.kind === 'none' ? undefined : known.position
  return applied !== undefined && isAtOrBefore(position, applied)
}
