import { decide } from '@gatehouse/shared/booking/decide'
import type { Moment } from '@gatehouse/shared/clock/clock'
import type { BookingId, MemberId, SpaceId } from '@gatehouse/shared/ids/ids'
import type { Session, Stay } from '@gatehouse/shared/parking/session'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { bookingsOfHolder, occupanciesBySpace } from '../bookings/booking-store.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { lentTimesBySpace } from '../loans/loan-store.ts'
import type { DirectoryReader } from '../sync/directory.ts'

/** The bay that a member's booking promises now. */
interface BookedBay {
  readonly spaceId: SpaceId
  /** Checks the booking in, when it is not yet. */
  readonly checkIn: readonly LedgerEvent[]
}

/** What parking needs to know about bookings of bays. */
export interface BookedBays {
  /** Spaces that somebody has booked from now on for a while, or that the cloud may sell: not given to others. */
  reserved(db: SiteDatabase, atMs: number): ReadonlySet<string>
  /** The bay of a member's paid booking that can be checked in at that moment. */
  ofMember(db: SiteDatabase, memberId: MemberId, at: Moment): BookedBay | undefined
  /** Until when a booking of its bay has already paid for a stay; `undefined` without one. */
  coveredUntilMs(db: SiteDatabase, stay: Stay): number | undefined
  /** The open stay that began with a checked-in booking, in its bay or in the one given instead. */
  stayOf(db: SiteDatabase, bookingId: BookingId): Session | undefined
}

/** A bay that is booked within this time is kept free: an ordinary stay would likely run into the booking. */
const reservedAheadMs = 60 * 60_000
const bookingsMax = 20

/** Reads bookings of bays from the bookings of this site. */
export function siteBookedBays(directory: DirectoryReader): BookedBays {
  return {
    reserved: (db, atMs) => {
      const within = { fromMs: atMs, toMs: atMs + reservedAheadMs }
      return new Set([...occupanciesBySpace(db, within).keys(), ...lentTimesBySpace(db, within).keys()])
    },
    ofMember: (db, memberId, at) => {
      const settings = directory.site()?.settings
      if (!settings) return undefined
      const context = { nowMs: at.wallMs, clockTrusted: at.quality === 'trusted', settings }
      for (const booking of bookingsOfHolder(db, memberId, { afterMs: at.wallMs, limit: bookingsMax })) {
        if (directory.get('space', booking.spaceId)?.kind !== 'bay') continue
        const checkedIn = decide(booking, { kind: 'checkIn' }, context)
        if (checkedIn.ok) return { spaceId: booking.spaceId, checkIn: checkedIn.value }
      }
      return undefined
    },
    // The bay was given because of that booking: nobody else is sent to a booked bay.
    coveredUntilMs: (db, stay) => {
      const spaceId = bookedSpaceOf(db, stay)
      if (spaceId === undefined) return undefined
      const earlyMs = directory.site()?.settings.checkInEarlyMs ?? 0
      const arrivedMs = stay.arrivedAt.wallMs
      const row = statement<{ toMs: number | null }>(
        db,
        `SELECT max(to_ms) AS toMs FROM bookings WHERE space_id = ?
         AND status IN ('checked_in', 'completed') AND from_ms <= ? AND to_ms > ?`,
      ).get(spaceId, arrivedMs + earlyMs, arrivedMs)
      return row?.toMs ?? undefined
    },
    stayOf: (db, bookingId) => {
      const earlyMs = directory.site()?.settings.checkInEarlyMs ?? 0
      const row = statement<{ body: string }>(
        db,
        `SELECT stay.body FROM bookings booked, parking_sessions stay
         LEFT JOIN parking_substitutes instead USING (session_id)
         WHERE booked.booking_id = ? AND booked.status IN ('checked_in', 'completed')
         AND stay.state NOT IN ('departed', 'voided')
         AND coalesce(instead.booked_space_id, stay.space_id) = booked.space_id
         AND stay.arrived_ms >= booked.from_ms - ? AND stay.arrived_ms < booked.to_ms
         ORDER BY stay.arrived_ms LIMIT 1`,
      ).get(bookingId, earlyMs)
      return row && (JSON.parse(row.body) as Session)
    },
  }
}

/** The space whose booking a stay may use: its own bay, or the booked one that it was sent away from. */
function bookedSpaceOf(db: SiteDatabase, stay: Stay): string | undefined {
  const row = statement<{ spaceId: string }>(
    db,
    'SELECT booked_space_id AS spaceId FROM parking_substitutes WHERE session_id = ?',
  ).get(stay.sessionId)
  return row?.spaceId ?? stay.spaceId
}
