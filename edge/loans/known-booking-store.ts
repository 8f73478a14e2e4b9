import type { Block, SpaceBlock } from '@gatehouse/shared/loans/block'
import { standsAs, supersede } from '@gatehouse/shared/loans/known-booking'
import type { KnownBooking, ReceivedContext } from '@gatehouse/shared/loans/received-booking'
import { assertNever } from '@gatehouse/shared/result/result'
import { loadBooking } from '../bookings/booking-store.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

interface KnownRow {
  readonly known: Exclude<KnownBooking['kind'], 'none'>
  readonly fromMs: number | null
  readonly blockToMs: number | null
  readonly epoch: number | null
  readonly rev: number | null
}

/** What the site's books know of a booking that the cloud sold. */
export function loadKnown(db: SiteDatabase, bookingId: string): KnownBooking {
  const row = statement<KnownRow>(
    db,
    `SELECT known, from_ms AS fromMs, block_to_ms AS blockToMs, epoch, rev FROM cloud_bookings
     WHERE booking_id = ?`,
  ).get(bookingId)
  return row ? knownOf(row) : { kind: 'none' }
}

/**
 * What the books know of a booking that a row names: like `loadKnown`, and a booking that this site itself decided as if
 * the cloud had sold it, so that a row that reaches for one is answered.
 */
export function loadNamed(db: SiteDatabase, bookingId: string): KnownBooking {
  const known = loadKnown(db, bookingId)
  if (known.kind !== 'none') return known
  const booking = loadBooking(db, bookingId)
  switch (booking.kind) {
    case 'none':
      return known
    case 'held':
    case 'confirmed':
    case 'checked_in':
      return { kind: booking.kind, block: { fromMs: booking.fromMs, blockToMs: booking.blockToMs } }
    case 'completed':
    case 'no_show':
      return { kind: 'used', block: { fromMs: booking.fromMs, blockToMs: booking.blockToMs } }
    case 'cancelled':
    case 'expired':
      return supersede(known)
    default:
      return assertNever(booking)
  }
}

/** Stores what the books know of a booking that the cloud sold; `loanIds` where an entry names them. */
export function saveKnown(
  db: SiteDatabase,
  bookingId: string,
  known: KnownBooking,
  loanIds?: readonly string[],
): void {
  if (known.kind === 'none') return
  const block = 'block' in known ? known.block : undefined
  statement(
    db,
    `INSERT INTO cloud_bookings VALUES (?, ?, ?, ?, ?, ?, coalesce(?, '[]'))
     ON CONFLICT (booking_id) DO UPDATE SET known = excluded.known, from_ms = excluded.from_ms,
       block_to_ms = excluded.block_to_ms, epoch = excluded.epoch, rev = excluded.rev,
       loan_ids = CASE excluded.loan_ids WHEN '[]' THEN loan_ids ELSE excluded.loan_ids END`,
  ).run(
    bookingId,
    known.kind,
    block?.fromMs ?? null,
    block?.blockToMs ?? null,
    known.position?.epoch ?? null,
    known.position?.rev ?? null,
    loanIds ? JSON.stringify(loanIds) : null,
  )
}

/** Blocks of other bookings on a set of spaces that meet a block of a booking, and whose they are. */
export function inTheWay(
  db: SiteDatabase,
  wanted: Block & { readonly bookingId: string; readonly spaceIds: readonly string[] },
): ReceivedContext['inTheWay'] {
  const { bookingId, spaceIds, fromMs, blockToMs } = wanted
  const rows = spaceIds.flatMap((spaceId) =>
    statement<Block & { bookingId: string }>(
      db,
      `SELECT booking_id AS bookingId, from_ms AS fromMs, block_to_ms AS blockToMs FROM booking_blocks
       WHERE space_id = ? AND from_ms < ? AND block_to_ms > ? AND booking_id <> ?`,
    ).all(spaceId, blockToMs, fromMs, bookingId),
  )
  const each = new Map(rows.map((row) => [row.bookingId, row]))
  return [...each.values()].map((block) => ({ ...block, by: standsAs(loadKnown(db, block.bookingId)) }))
}

/** Blocks on a space that keep others out, of whomever, within that of a loan (epoch ms); which of them it was sold in. */
export function occupiedBlocks(
  db: SiteDatabase,
  { spaceId, fromMs, blockToMs, loanId }: SpaceBlock & { readonly loanId: string },
): readonly (Block & { readonly bookingId: string; readonly soldIn?: string })[] {
  return statement<Block & { bookingId: string; loanIds: string | null }>(
    db,
    `SELECT booking_id AS bookingId, blocks.from_ms AS fromMs, blocks.block_to_ms AS blockToMs, loan_ids AS loanIds
     FROM booking_blocks blocks LEFT JOIN cloud_bookings USING (booking_id)
     WHERE space_id = ? AND blocks.from_ms < ? AND blocks.block_to_ms > ?`,
  )
    .all(spaceId, blockToMs, fromMs)
    .map(({ loanIds, ...block }) => {
      const soldIn: string[] = loanIds === null ? [] : JSON.parse(loanIds)
      return { ...block, ...(soldIn.includes(loanId) ? { soldIn: loanId } : {}) }
    })
}

function knownOf(row: KnownRow): KnownBooking {
  const position =
    row.epoch === null || row.rev === null ? {} : { position: { epoch: row.epoch, rev: row.rev } }
  if (row.known === 'gone') return { kind: 'gone', ...position }
  const block = { fromMs: row.fromMs ?? 0, blockToMs: row.blockToMs ?? 0 }
  return { kind: row.known, block, ...position }
}
