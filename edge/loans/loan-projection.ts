import type { SpaceBlock } from '@gatehouse/shared/loans/block'
import { evolveKnownBooking, type KnownBookingEvent, keep } from '@gatehouse/shared/loans/known-booking'
import { evolveSiteLoan, type SiteLoanEvent } from '@gatehouse/shared/loans/site-loan'
import type { Entry, EntryBody } from '@gatehouse/shared/wire/v1/entries'
import type { Projections } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { inTheWay, loadKnown, saveKnown } from './known-booking-store.ts'
import { setLendingStop } from './lending-state.ts'
import { loadLoan, saveLoan } from './loan-store.ts'
import { adopt, receive } from './received-projection.ts'

function applyLoan(db: SiteDatabase, event: SiteLoanEvent, entry: Entry): void {
  const before = loadLoan(db, event.body.loanId)
  const after = evolveSiteLoan(before, event)
  if (after.kind === 'none') return
  const states = event.type === 'loan.confirmed' || (event.type === 'loan.granted' && before.kind === 'none')
  const { incarnation, seq } = entry
  saveLoan(db, after, {
    ...(states && after.kind !== 'ended' ? { stated: { incarnation, seq } } : {}),
    confirmed: event.type === 'loan.confirmed',
  })
}

function endLoan(db: SiteDatabase, body: EntryBody<'loan.ended'>, entry: Entry): void {
  if (loadLoan(db, body.loanId).kind === 'ended') return
  applyLoan(db, { type: 'loan.ended', body }, entry)
  for (const { bookingId, fromMs, blockToMs } of body.row.kept) {
    keepBooking(db, bookingId, { spaceId: body.row.spaceId, fromMs, blockToMs }, body.loanId)
  }
}

/** A block that meets another cannot be kept; what becomes of that booking is decided when its row comes. */
function keepBooking(
  db: SiteDatabase,
  bookingId: string,
  { spaceId, fromMs, blockToMs }: SpaceBlock,
  loanId: string,
): void {
  const known = loadKnown(db, bookingId)
  if (known.kind !== 'none' && known.kind !== 'kept') return
  if (fromMs >= blockToMs || isOwnBooking(db, bookingId)) return
  if (inTheWay(db, { bookingId, spaceIds: [spaceId], fromMs, blockToMs }).length > 0) return
  saveKnown(db, bookingId, keep(known, { fromMs, blockToMs }), [loanId])
  statement(db, 'INSERT OR IGNORE INTO booking_blocks VALUES (?, ?, ?, ?)').run(
    bookingId,
    spaceId,
    fromMs,
    blockToMs,
  )
}

function isOwnBooking(db: SiteDatabase, bookingId: string): boolean {
  return statement(db, 'SELECT 1 FROM bookings WHERE booking_id = ?').get(bookingId) !== undefined
}

// What the site did with a booking of the cloud; of its own bookings nothing is noted here.
function follow(db: SiteDatabase, event: KnownBookingEvent): void {
  const known = loadKnown(db, event.body.bookingId)
  if (known.kind !== 'none') saveKnown(db, event.body.bookingId, evolveKnownBooking(known, event))
}

/** How entries about loans, and about bookings that the cloud sold, change the books. */
export const loanProjections: Projections = {
  'loan.granted': (db, body, entry) => applyLoan(db, { type: 'loan.granted', body }, entry),
  'loan.confirmed': (db, body, entry) => applyLoan(db, { type: 'loan.confirmed', body }, entry),
  'loan.recalled': (db, body, entry) => applyLoan(db, { type: 'loan.recalled', body }, entry),
  'loan.ended': endLoan,
  'lending.stopped': (db, { reason }, entry) => setLendingStop(db, reason, entry.at.wallMs),
  'lending.resumed': (db, _body, entry) => setLendingStop(db, null, entry.at.wallMs),
  'booking.received': receive,
  'booking.adopted': adopt,
  'booking.checked_in': (db, body) => follow(db, { type: 'booking.checked_in', body }),
  'booking.completed': (db, body) => follow(db, { type: 'booking.completed', body }),
  'booking.no_show': (db, body) => follow(db, { type: 'booking.no_show', body }),
  'booking.cancelled': (db, body) => follow(db, { type: 'booking.cancelled', body }),
  'booking.expired': (db, body) => follow(db, { type: 'booking.expired', body }),
}
