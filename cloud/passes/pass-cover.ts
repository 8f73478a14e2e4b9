import * as ids from '@gatehouse/shared/ids/ids'
import type { PassBlock } from '@gatehouse/shared/passes/pass'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { findBooking, type KnownBooking, statusOfBooking } from '../bookings/booking-store.ts'
import type { SiteCatalogues } from '../bookings/site-catalogue.ts'
import type { Queryable } from '../database/pool.ts'
import { type Refused, refusal } from '../http/problem.ts'

/** What a pass covers, and how long it may be believed at most. */
export interface Cover {
  readonly siteId: string
  readonly block: PassBlock | undefined
  /** The first of the loans that it was sold in, by which a site that never heard of it knows its right. */
  readonly loanId: string | undefined
  readonly lastMs: number
}

interface CoverParts {
  readonly db: Queryable
  readonly catalogues: SiteCatalogues
}

/**
 * What a pass for a booking of the member covers at `nowMs`, for themselves or a guest. Refuses with 404
 * `unknown_booking`, 409 (`still_pending`, `not_confirmed`), 410 `ended`.
 */
export async function bookingCover(
  { db, catalogues }: CoverParts,
  asked: { readonly memberId: string; readonly bookingId: string; readonly nowMs: number },
): Promise<Result<Cover, Refused>> {
  const { memberId, bookingId, nowMs } = asked
  const booking = await findBooking(db, memberId, bookingId)
  if (booking === undefined) return err(refusal('unknown_booking'))
  const refused = whyNoPass(booking, nowMs)
  if (refused !== undefined) return err(refusal(refused))
  const { siteId, toMs } = booking
  const site = (await catalogues.find(siteId))?.site
  const lastMs = toMs + (site?.settings.unlockLateMs ?? 0)
  return nowMs >= lastMs
    ? err(refusal('ended'))
    : ok({ siteId, block: blockOf(booking), loanId: booking.soldIn[0], lastMs })
}

function whyNoPass(
  booking: KnownBooking,
  nowMs: number,
): 'still_pending' | 'not_confirmed' | 'ended' | undefined {
  switch (statusOfBooking(booking, nowMs)) {
    case 'confirmed':
    case 'checked_in':
      return undefined
    case 'pending':
      return 'still_pending'
    case 'held':
      return 'not_confirmed'
    default:
      return 'ended'
  }
}

function blockOf({ spaceId, fromMs, toMs }: KnownBooking): PassBlock {
  const [from, to] = [Math.floor(fromMs / 1000) * 1000, Math.ceil(toMs / 1000) * 1000]
  return { spaceId: ids.spaceIdSchema.parse(spaceId), fromMs: from, toMs: to }
}
