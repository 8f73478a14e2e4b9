import { type BookingStatus, type BookingView, bookingViewSchema } from '@gatehouse/shared/api/views'
import { cancellationFee } from '@gatehouse/shared/booking/cancellation'
import type { BookingId, MemberId } from '@gatehouse/shared/ids/ids'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import type { Queryable, Transaction } from '../database/pool.ts'

/** What a member asked for. */
export interface BookingOrder {
  readonly bookingId: BookingId
  readonly siteId: string
  readonly spaceId: string
  readonly userId: string
  readonly memberId: MemberId
  readonly fromMs: number
  readonly toMs: number
  readonly price: Price
  readonly createdMs: number
}

/** A member's booking: what was asked, what the site's entries say, and which request is unanswered. */
export interface KnownBooking {
  readonly bookingId: BookingId
  readonly siteId: string
  readonly spaceId: string
  readonly fromMs: number
  readonly toMs: number
  readonly price: Price
  /** Absent while the site has not answered the hold, or refused it. */
  readonly projected: ProjectedBooking | undefined
  /** The kind of the request that waits for the site. */
  readonly waitingFor: string | undefined
  /** Why the hold came to nothing. */
  readonly refusal: string | undefined
  /** The loans that the cloud sold it in; empty when the site decided it. */
  readonly soldIn: readonly string[]
}

interface ProjectedBooking {
  readonly status: BookingStatus
  readonly reference: string
  readonly holdUntilMs: number
  readonly paidMinor: number
  readonly refundedMinor: number
  readonly paidBy: BookingView['paidBy']
  readonly extension: BookingView['extension']
  readonly endedMs: number | undefined
}

interface KnownRow {
  readonly booking_id: BookingId
  readonly site_id: string
  readonly space_id: string
  readonly from_ms: number
  readonly to_ms: number
  readonly price: Price
  readonly status: BookingStatus | null
  readonly reference: string | null
  readonly hold_until_ms: number | null
  readonly paid_minor: number | null
  readonly refunded_minor: number | null
  readonly paid_by: BookingView['paidBy'] | null
  readonly extension: NonNullable<BookingView['extension']> | null
  readonly ended_ms: number | null
  readonly waiting_for: string | null
  readonly refusal: string | null
  readonly loan_ids: readonly string[] | null
}

const listMax = 200

/** Keeps what was asked for; asked twice under one id it is kept once. */
export async function putOrder(tx: Transaction, order: BookingOrder): Promise<void> {
  await tx.query(
    `INSERT INTO booking_order (booking_id, site_id, space_id, user_id, member_id, from_ms, to_ms, price, created_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
    [
      order.bookingId,
      order.siteId,
      order.spaceId,
      order.userId,
      order.memberId,
      order.fromMs,
      order.toMs,
      JSON.stringify(order.price),
      order.createdMs,
    ],
  )
}

/** Remembers that the member was told `pending`, so that the end of it is shown. */
export async function markToldPending(db: Queryable, bookingId: string): Promise<void> {
  await db.query('UPDATE booking_order SET told_pending = true WHERE booking_id = $1', [bookingId])
}

// Bookings made at a site have no order; orders that came to nothing have no booking.
const known = `
  SELECT coalesce(b.booking_id, o.booking_id) AS booking_id, coalesce(b.site_id, o.site_id) AS site_id,
    coalesce(b.space_id, o.space_id) AS space_id, coalesce(b.from_ms, o.from_ms) AS from_ms,
    coalesce(b.to_ms, o.to_ms) AS to_ms, coalesce(b.price, o.price) AS price,
    b.status, b.reference, b.hold_until_ms, b.paid_minor, b.refunded_minor, b.paid_by,
    b.extension, b.ended_ms, b.loan_ids,
    (SELECT kind FROM booking_request r WHERE r.booking_id = coalesce(b.booking_id, o.booking_id)
       AND r.state = 'waiting' ORDER BY created_ms DESC LIMIT 1) AS waiting_for,
    (SELECT refusal FROM booking_request r WHERE r.booking_id = o.booking_id AND r.kind = 'holdBooking'
       AND r.state IN ('refused', 'withdrawn') LIMIT 1) AS refusal`

/** One booking of a member; `undefined` when there is none by that id or it is somebody else's. */
export async function findBooking(
  db: Queryable,
  memberId: string,
  bookingId: string,
): Promise<KnownBooking | undefined> {
  const found = await db.query<KnownRow>(
    `${known} FROM (SELECT * FROM booking_order WHERE booking_id = $2 AND member_id = $1) o
     FULL JOIN (SELECT * FROM bookings WHERE booking_id = $2 AND member_id = $1) b USING (site_id, booking_id)`,
    [memberId, bookingId],
  )
  const [row] = found.rows
  return row === undefined ? undefined : knownBooking(row)
}

/** A member's bookings, the latest start first, at most 200; refusals that were answered at once are left out. */
export async function listBookings(db: Queryable, memberId: string): Promise<readonly KnownBooking[]> {
  const found = await db.query<KnownRow>(
    `${known} FROM (SELECT * FROM booking_order WHERE member_id = $1) o
     FULL JOIN (SELECT * FROM bookings WHERE member_id = $1) b USING (site_id, booking_id)
     WHERE b.booking_id IS NOT NULL OR o.told_pending
       OR EXISTS (SELECT FROM booking_request r WHERE r.booking_id = o.booking_id AND r.state = 'waiting')
     ORDER BY coalesce(b.from_ms, o.from_ms) DESC LIMIT ${listMax}`,
    [memberId],
  )
  return found.rows.map(knownBooking)
}

function knownBooking(row: KnownRow): KnownBooking {
  return {
    bookingId: row.booking_id,
    siteId: row.site_id,
    spaceId: row.space_id,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    price: row.price,
    projected:
      row.status === null
        ? undefined
        : {
            status: row.status,
            reference: row.reference ?? '',
            holdUntilMs: row.hold_until_ms ?? 0,
            paidMinor: row.paid_minor ?? 0,
            refundedMinor: row.refunded_minor ?? 0,
            paidBy: row.paid_by ?? undefined,
            extension: row.extension ?? undefined,
            endedMs: row.ended_ms ?? undefined,
          },
    waitingFor: row.waiting_for ?? undefined,
    refusal: row.refusal ?? undefined,
    soldIn: row.loan_ids ?? [],
  }
}

/** The status a member sees: a hold that ran out is expired even before the site wrote it down. */
export function statusOfBooking(booking: KnownBooking, nowMs: number): BookingStatus {
  const { projected, waitingFor } = booking
  if (waitingFor !== undefined) return 'pending'
  if (projected === undefined) return 'refused'
  if (projected.status === 'held' && nowMs >= projected.holdUntilMs) return 'expired'
  return projected.status
}

/** Renders a member's booking. */
export function bookingView(booking: KnownBooking, spaceName: string, nowMs: number): BookingView {
  const { bookingId, siteId, spaceId, fromMs, toMs, price, projected } = booking
  const status = statusOfBooking(booking, nowMs)
  const cancellable = status === 'held' || status === 'confirmed'
  const view = {
    bookingId,
    reference: projected?.reference ?? '',
    siteId,
    spaceId,
    spaceName,
    status,
    fromMs,
    toMs,
    ...(status === 'held' ? { holdUntilMs: projected?.holdUntilMs } : {}),
    price,
    holder: 'member',
    paidMinor: projected?.paidMinor ?? 0,
    refundedMinor: projected?.refundedMinor ?? 0,
    ...extensionNow(projected?.extension, nowMs),
    ...(projected?.endedMs === undefined ? {} : { endedMs: projected.endedMs }),
    ...(cancellable ? { cancelFeeMinor: feeNow(booking, status, nowMs) } : {}),
    ...(projected?.paidBy === undefined ? {} : { paidBy: projected.paidBy }),
    ...(projected === undefined ? {} : { decidedBy: booking.soldIn.length > 0 ? 'cloud' : 'site' }),
    path: booking.soldIn.length > 0 ? 'loan' : 'site',
    ...(status === 'refused' ? { refusal: booking.refusal ?? 'request_withdrawn' } : {}),
  }
  return bookingViewSchema.parse(view)
}

function extensionNow(extension: BookingView['extension'], nowMs: number): Pick<BookingView, 'extension'> {
  if (extension === undefined || nowMs >= extension.holdUntilMs) return {}
  const { toMs, holdUntilMs, price } = extension
  return { extension: { toMs, holdUntilMs, price } }
}

function feeNow(booking: KnownBooking, status: BookingStatus, nowMs: number): number {
  if (status === 'held') return 0
  const paidMinor = (booking.projected?.paidMinor ?? 0) - (booking.projected?.refundedMinor ?? 0)
  const fee = cancellationFee({ totalMinor: booking.price.totalMinor, fromMs: booking.fromMs, nowMs })
  return Math.min(fee, paidMinor)
}
