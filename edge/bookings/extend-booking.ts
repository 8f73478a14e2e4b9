import type { ExtensionsView } from '@gatehouse/shared/api/views'
import type { Calendar } from '@gatehouse/shared/booking/availability'
import { decide } from '@gatehouse/shared/booking/decide'
import { refuseExtending } from '@gatehouse/shared/booking/extension'
import { extensionOffers, extensionSearchMaxMs, latestEnd } from '@gatehouse/shared/booking/extension-offers'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import type { Moment } from '@gatehouse/shared/clock/clock'
import type { BookingId, RequestId } from '@gatehouse/shared/ids/ids'
import { isUnpriced } from '@gatehouse/shared/loans/unpriced'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import type { CommandContext, Refusal } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { type BookingEnvironment, bookingContext } from './booking-environment.ts'
import { loadBooking, type StoredBooking } from './booking-store.ts'
import { type DecidedBooking, pricing } from './hold-booking.ts'
import { spaceCalendar } from './space-calendar.ts'

const offersLatestEnd = new Set(['space_taken', 'lent', 'closed', 'too_long', 'not_available_then'])

interface Asked {
  readonly bookingId: BookingId
  readonly requestId?: RequestId | undefined
}

/** The space of a booking as a later or earlier end is judged and priced by it. */
interface Surroundings {
  readonly calendar: Calendar
  readonly price: ((interval: Interval) => Price) | undefined
  readonly name: string
  readonly refundPercent: number
}

/**
 * Decides a later end. Refuses what `decide` refuses, with the latest end that fits where the calendar says no, and
 * `site_not_ready`, `unknown_space`, `decided_by_cloud` while only a pass has told of the booking.
 */
export function decideExtension(
  env: BookingEnvironment,
  db: SiteDatabase,
  asked: Asked & { readonly toMs: number },
  context: CommandContext,
): Result<DecidedBooking, Refusal> {
  const decision = bookingContext(env, context.at)
  if (!decision) return err({ code: 'site_not_ready' })
  const { bookingId, toMs, requestId } = asked
  const before = loadBooking(db, bookingId)
  if (before.kind === 'none') return err({ code: 'unknown_booking' })
  if (isUnpriced(before.price)) return err({ code: 'decided_by_cloud' })
  const around = surroundings(env, db, before, context.at)
  if (!around.ok) return around
  const { calendar, price, name } = around.value
  const command = {
    kind: 'extendBooking' as const,
    toMs,
    calendar,
    ...(price ? { price } : {}),
    ...(requestId ? { requestId } : {}),
  }
  const decided = decide(before, command, decision)
  if (decided.ok) return ok({ bookingId, before, events: decided.value })
  const latestMs = offersLatestEnd.has(decided.error) ? latestEnd(calendar, before) : undefined
  const { spaceId, fromMs } = before
  const alternatives = latestMs === undefined ? [] : [{ spaceId, name, fromMs, toMs: latestMs }]
  return err({ code: decided.error, ...(alternatives.length > 0 ? { detail: { alternatives } } : {}) })
}

/** Decides that the holder leaves now. Refuses what `decide` refuses, `site_not_ready` and `unknown_space`. */
export function decideRelease(
  env: BookingEnvironment,
  db: SiteDatabase,
  { bookingId, requestId }: Asked,
  context: CommandContext,
): Result<DecidedBooking, Refusal> {
  const decision = bookingContext(env, context.at)
  if (!decision) return err({ code: 'site_not_ready' })
  const before = loadBooking(db, bookingId)
  if (before.kind === 'none') return err({ code: 'unknown_booking' })
  const around = surroundings(env, db, before, context.at)
  // A space that is gone gives nothing back; leaving it must go on.
  const { price, refundPercent = 0 } = around.ok ? around.value : {}
  const refund = price && refundPercent > 0 ? { refund: { percent: refundPercent, price } } : {}
  const command = { kind: 'releaseEarly' as const, ...refund, ...(requestId ? { requestId } : {}) }
  const decided = decide(before, command, decision)
  return decided.ok ? ok({ bookingId, before, events: decided.value }) : err({ code: decided.error })
}

/** The later ends that a booking can have now, each with its price. Refuses like `decideExtension`. */
export function extensionsView(
  env: BookingEnvironment,
  db: SiteDatabase,
  bookingId: string,
  at: Moment,
): Result<ExtensionsView, Refusal> {
  const decision = bookingContext(env, at)
  if (!decision) return err({ code: 'site_not_ready' })
  const booking = loadBooking(db, bookingId)
  if (booking.kind === 'none') return err({ code: 'unknown_booking' })
  const refusal = refuseExtending(booking, decision)
  if (refusal) return err({ code: refusal })
  if (isUnpriced(booking.price)) return err({ code: 'decided_by_cloud' })
  const around = surroundings(env, db, booking, at)
  if (!around.ok) return around
  const { calendar, price } = around.value
  const { fromMs, toMs } = booking
  return ok({ bookingId, fromMs, toMs, items: price ? extensionOffers(calendar, booking, price) : [] })
}

function surroundings(
  env: BookingEnvironment,
  db: SiteDatabase,
  booking: StoredBooking,
  at: Moment,
): Result<Surroundings, Refusal> {
  const { spaceId, holder, fromMs, toMs } = booking
  const site = env.directory.site()
  if (!site) return err({ code: 'site_not_ready' })
  const space = env.directory.get('space', spaceId)
  if (!space) return err({ code: 'unknown_space' })
  // As far as the latest end is looked for.
  const within = { spaceId, space, fromMs, toMs: toMs + extensionSearchMaxMs, at }
  const calendar = spaceCalendar(env.directory, db, site, within)
  const price = pricing(env, { site, space, holder })
  return ok({ calendar, price, name: space.name, refundPercent: space.earlyReleaseRefundPercent ?? 0 })
}
