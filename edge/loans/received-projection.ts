import type { Block } from '@gatehouse/shared/loans/block'
import { evolveKnownBooking, supersede } from '@gatehouse/shared/loans/known-booking'
import {
  type BookedStatus,
  statusAfterAdopted,
  statusAfterReceived,
} from '@gatehouse/shared/loans/received-books'
import { unpriced } from '@gatehouse/shared/loans/unpriced'
import type { Entry, EntryBody, Price } from '@gatehouse/shared/wire/v1/entries'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { loadKnown, loadNamed, saveKnown } from './known-booking-store.ts'

/** What a row or a pass says of a booking. */
interface Told {
  readonly spaceId: string
  readonly parts?: readonly string[] | undefined
  readonly holder: EntryBody<'booking.adopted'>['holder']
  readonly reference: string
  readonly fromMs: number
  readonly toMs: number
  readonly blockToMs: number
  readonly price: Price
  readonly holdUntilMs: number
}

/** Takes a row that was applied into the books; its money is the drawer's matter. */
export function receive(db: SiteDatabase, body: EntryBody<'booking.received'>, entry: Entry): void {
  const { bookingId, row, standing, outcome } = body
  const before = bookedStatus(db, bookingId)
  const status = statusAfterReceived(before, body)
  const event = { type: 'booking.received', body } as const
  // First: the store lets what the cloud sold into what is lent.
  saveKnown(db, bookingId, evolveKnownBooking(loadNamed(db, bookingId), event), row.loanIds)
  const takes = standing !== null && outcome === 'taken'
  if (standing === null || takes) freeBlocks(db, bookingId)
  const told = { ...row, holdUntilMs: row.holdUntilMs ?? entry.at.wallMs }
  if (before === undefined) insert(db, { bookingId, status, told, atMs: entry.at.wallMs })
  else if (takes) rewrite(db, bookingId, status, told)
  else setStatus(db, bookingId, status)
  if (before !== undefined) complete(db, bookingId, told)
  if (takes) takeBlocks(db, bookingId, { ...row, ...standing })
}

/** Takes a booking that came with a pass into the books, and ends the unpaid holds of the cloud that it proves over. */
export function adopt(db: SiteDatabase, body: EntryBody<'booking.adopted'>, entry: Entry): void {
  for (const other of body.supersedes ?? []) {
    saveKnown(db, other, supersede(loadKnown(db, other)))
    statement(db, "UPDATE bookings SET status = 'expired' WHERE booking_id = ? AND status = 'held'").run(
      other,
    )
    freeBlocks(db, other)
  }
  const { bookingId } = body
  const before = bookedStatus(db, bookingId)
  const event = { type: 'booking.adopted', body } as const
  saveKnown(db, bookingId, evolveKnownBooking(loadNamed(db, bookingId), event), body.loanIds)
  const status = statusAfterAdopted(before)
  const told = { ...body, price: unpriced, holdUntilMs: entry.at.wallMs }
  takeBlocks(db, bookingId, body)
  if (before === undefined) insert(db, { bookingId, status, told, atMs: entry.at.wallMs })
  else setStatus(db, bookingId, status)
}

function bookedStatus(db: SiteDatabase, bookingId: string): BookedStatus | undefined {
  return statement<{ status: BookedStatus }>(db, 'SELECT status FROM bookings WHERE booking_id = ?').get(
    bookingId,
  )?.status
}

function freeBlocks(db: SiteDatabase, bookingId: string): void {
  statement(db, 'DELETE FROM booking_blocks WHERE booking_id = ?').run(bookingId)
}

function takeBlocks(
  db: SiteDatabase,
  bookingId: string,
  { spaceId, parts = [], fromMs, blockToMs }: Pick<Told, 'spaceId' | 'parts'> & Block,
): void {
  freeBlocks(db, bookingId)
  for (const space of new Set([spaceId, ...parts])) {
    statement(db, 'INSERT INTO booking_blocks VALUES (?, ?, ?, ?)').run(bookingId, space, fromMs, blockToMs)
  }
}

function insert(
  db: SiteDatabase,
  booking: {
    readonly bookingId: string
    readonly status: BookedStatus
    readonly told: Told
    readonly atMs: number
  },
): void {
  const { bookingId, status, told, atMs } = booking
  statement(
    db,
    `INSERT INTO bookings (booking_id, space_id, status, holder_kind, holder_id, reference, from_ms, to_ms,
       block_to_ms, held_at_ms, hold_until_ms, price) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    bookingId,
    told.spaceId,
    status,
    told.holder.kind,
    told.holder.kind === 'member' ? told.holder.memberId : told.holder.guestId,
    told.reference,
    told.fromMs,
    told.toMs,
    told.blockToMs,
    atMs,
    told.holdUntilMs,
    JSON.stringify(told.price),
  )
}

// Its blocks were freed before and are taken after: it may have moved from a part to the whole.
function rewrite(db: SiteDatabase, bookingId: string, status: BookedStatus, told: Told): void {
  statement(
    db,
    `UPDATE bookings SET status = ?, space_id = ?, from_ms = ?, to_ms = ?, block_to_ms = ?, hold_until_ms = ?,
       price = ? WHERE booking_id = ?`,
  ).run(
    status,
    told.spaceId,
    told.fromMs,
    told.toMs,
    told.blockToMs,
    told.holdUntilMs,
    JSON.stringify(told.price),
    bookingId,
  )
}

function setStatus(db: SiteDatabase, bookingId: string, status: BookedStatus): void {
  statement(db, 'UPDATE bookings SET status = ? WHERE booking_id = ?').run(status, bookingId)
}

// What a pass cannot tell comes with the row: its price, its reference, and who booked where a guest came.
function complete(db: SiteDatabase, bookingId: string, { price, reference, holder }: Told): void {
  statement(
    db,
    `UPDATE bookings SET price = ?, reference = ?, holder_kind = ?, holder_id = ?
     WHERE booking_id = ? AND price ->> '$.currency' = ?`,
  ).run(
    JSON.stringify(price),
    reference,
    holder.kind,
    holder.kind === 'member' ? holder.memberId : holder.guestId,
    bookingId,
    unpriced.currency,
  )
}
