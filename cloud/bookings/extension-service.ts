import type { ExtensionsView } from '@gatehouse/shared/api/views'
import type { Calendar } from '@gatehouse/shared/booking/availability'
import { refuseExtension } from '@gatehouse/shared/booking/extension'
import { extensionOffers, extensionSearchMaxMs, latestEnd } from '@gatehouse/shared/booking/extension-offers'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import { type Refused, refusal, siteRefusal } from '../http/problem.ts'
import { actionIds } from './action-ids.ts'
import { answerOf, askSite } from './ask-site.ts'
import type { Actor, BookingAnswer, BookingServiceParts, MeansOfPayment } from './booking-parts.ts'
import { findBooking, type KnownBooking, statusOfBooking } from './booking-store.ts'
import { decideExtend, decideRelease, type EndRefusal } from './decide-change.ts'
import { calendarOf, priceOfSpace } from './site-view.ts'

interface Surroundings {
  readonly calendar: Calendar
  readonly price: (interval: Interval) => Price | undefined
  readonly spaceName: string
}

/** Later and earlier ends of members' bookings: requests that the site decides (ARCHITECTURE §2). */
export class ExtensionService {
  readonly #parts: BookingServiceParts

  constructor(parts: BookingServiceParts) {
    this.#parts = parts
  }

  /** The later ends that seem possible by what is known here, each with the price of the added part. Refuses with 404, 409, 410. */
  async offers(memberId: string, bookingId: string): Promise<Result<ExtensionsView, Refused>> {
    const found = await this.#find(memberId, bookingId, decideExtend)
    if (!found.ok) return found
    const booking = found.value
    const around = await this.#surroundings(memberId, booking)
    if (around === undefined) return err(refusal('space_unknown'))
    const { fromMs, toMs } = booking
    const price = (interval: Interval) => around.price(interval) ?? booking.price
    const items = around.price(booking) === undefined ? [] : extensionOffers(around.calendar, booking, price)
    return ok({ bookingId, fromMs, toMs, items })
  }

  /**
   * Asks the site for a later end: held for its payment, or at once when nothing is to pay. Refuses with 404, 409
   * (the latest end that fits offered), 410, 422, or 503 `site_unreachable` before anything is written.
   */
  async extend(actor: Actor, bookingId: string, toMs: number): Promise<Result<BookingAnswer, Refused>> {
    const found = await this.#find(actor.memberId, bookingId, decideExtend)
    if (!found.ok) return found
    const booking = found.value
    const around = await this.#surroundings(actor.memberId, booking)
    if (around === undefined) return err(refusal('space_unknown'))
    // What others booked may have changed on site meanwhile; what can never be right need not be asked.
    const never = refuseExtension({ ...around.calendar, occupied: [] }, booking, toMs)
    if (never !== undefined) return err(refused(never, booking, around))
    if (!(await this.#parts.link.isOnline(booking.siteId))) return err(refusal('site_unreachable'))
    const { requestId } = actionIds(actor.userId, actor.key)
    const command = { kind: 'extendBooking' as const, bookingId: booking.bookingId, toMs }
    const outcome = await askSite(this.#parts, booking, requestId, command)
    if (outcome.kind === 'refused') {
      const now = (await this.#surroundings(actor.memberId, booking)) ?? around
      return err(refused(outcome.code, booking, now))
    }
    return answerOf(this.#parts, actor, booking.bookingId, outcome)
  }

  /**
   * Pays a held later end: reserves the money, asks the site, then takes or lets go of the money. Refuses with 402,
   * 404, 409, 410, 503.
   */
  async confirm(
    actor: Actor,
    bookingId: string,
    asked: { readonly toMs: number; readonly means: MeansOfPayment },
  ): Promise<Result<BookingAnswer, Refused>> {
    const { link, payments, clock } = this.#parts
    const found = await this.#find(actor.memberId, bookingId, decideExtend)
    if (!found.ok) return found
    const booking = found.value
    const { toMs, means } = asked
    const extension = booking.projected?.extension
    if (extension?.toMs !== toMs) return err(refusal('no_extension'))
    const nowMs = clock.now().wallMs
    if (nowMs >= extension.holdUntilMs) return err(refusal('hold_expired'))
    const { totalMinor: amountMinor, currency } = extension.price
    if (means.method === 'plan') return err(refusal('plan_does_not_cover'))
    if (!(await link.isOnline(booking.siteId))) return err(refusal('site_unreachable'))
    const ids = actionIds(actor.userId, actor.key)
    const { siteId } = booking
    const charge = { ...ids, bookingId, siteId, amountMinor, currency, card: means.card, nowMs }
    const reserved = await payments.authorise(charge)
    if (reserved === 'declined') return err(refusal('card_declined'))
    if (reserved === 'unavailable') return err(refusal('card_unavailable'))
    const outcome = await askSite(this.#parts, booking, ids.requestId, {
      kind: 'confirmExtension',
      bookingId: booking.bookingId,
      toMs,
      method: means.method,
      paymentId: ids.paymentId,
      amountMinor,
    })
    if (outcome.kind === 'done') await payments.capture(ids.paymentId, clock.now().wallMs)
    if (outcome.kind === 'refused') await payments.release(ids.paymentId, clock.now().wallMs)
    return answerOf(this.#parts, actor, booking.bookingId, outcome)
  }

  /** Asks the site to end a booking in use now; what its setting gives back is refunded. Refuses with 404, 409, 410, 503. */
  async release(actor: Actor, bookingId: string): Promise<Result<BookingAnswer, Refused>> {
    const { link, payments, clock } = this.#parts
    const found = await this.#find(actor.memberId, bookingId, decideRelease)
    if (!found.ok) return found
    const booking = found.value
    if (!(await link.isOnline(booking.siteId))) return err(refusal('site_unreachable'))
    const { requestId } = actionIds(actor.userId, actor.key)
    const command = { kind: 'releaseBooking' as const, bookingId: booking.bookingId }
    const outcome = await askSite(this.#parts, booking, requestId, command)
    if (outcome.kind === 'done') await payments.refundDue(clock.now().wallMs)
    return answerOf(this.#parts, actor, booking.bookingId, outcome)
  }

  async #find(
    memberId: string,
    bookingId: string,
    decide: (status: ReturnType<typeof statusOfBooking>) => EndRefusal | undefined,
  ): Promise<Result<KnownBooking, Refused>> {
    const booking = await findBooking(this.#parts.pool, memberId, bookingId)
    if (booking === undefined) return err(refusal('unknown_booking'))
    const code = decide(statusOfBooking(booking, this.#parts.clock.now().wallMs))
    return code === undefined ? ok(booking) : err(refusal(code))
  }

  async #surroundings(memberId: string, booking: KnownBooking): Promise<Surroundings | undefined> {
    const catalogue = await this.#parts.catalogues.find(booking.siteId)
    const space = catalogue?.spaces.get(booking.spaceId)
    if (catalogue === undefined || space === undefined) return undefined
    const { fromMs, toMs } = booking
    // A day for the gap, which may reach beyond the latest end.
    const within = { fromMs, toMs: toMs + 2 * extensionSearchMaxMs }
    const context = await this.#parts.reader.context(catalogue, within, memberId)
    return {
      calendar: calendarOf(context, booking.spaceId, space),
      price: (interval) => priceOfSpace(context, space, interval),
      spaceName: space.name,
    }
  }
}

const offersLatestEnd: ReadonlySet<string> = new Set([
  'space_taken',
  'closed',
  'too_long',
  'not_available_then',
])

/** A refusal of a later end, with the latest one that fits by what is known here. */
function refused(code: string, booking: KnownBooking, { calendar, spaceName }: Surroundings): Refused {
  const latestMs = offersLatestEnd.has(code) ? latestEnd(calendar, booking) : undefined
  if (latestMs === undefined) return siteRefusal(code)
  const { spaceId, fromMs } = booking
  return { ...siteRefusal(code), alternatives: [{ spaceId, name: spaceName, fromMs, toMs: latestMs }] }
}
