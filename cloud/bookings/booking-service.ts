import type { BookingView } from '@gatehouse/shared/api/views'
import { requestIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { err, type Result } from '@gatehouse/shared/result/result'
import { inTransaction } from '../database/pool.ts'
import { type Refused, refusal, siteRefusal } from '../http/problem.ts'
import { actionIds } from './action-ids.ts'
import { withAlternatives } from './alternatives.ts'
import { answerOf, askSite, awaitSite, sendToSite, viewOf } from './ask-site.ts'
import type { Actor, BookingAnswer, BookingServiceParts, MeansOfPayment } from './booking-parts.ts'
import {
  findBooking,
  type KnownBooking,
  listBookings,
  markToldPending,
  putOrder,
  statusOfBooking,
} from './booking-store.ts'
import { decideCancel, decideConfirm } from './decide-change.ts'
import { cancelByLoan, confirmByLoan, holdByLoan } from './loan-path.ts'
import { withdrawRequest } from './request-store.ts'
import { priceOfSpace, refuseWhateverIsBooked } from './site-view.ts'

/**
 * Bookings by members, each with one deciding authority: the cloud when all of it lies inside loans, else the site, which
 * is asked by a request row (ARCHITECTURE §2).
 */
export class BookingService {
  readonly #parts: BookingServiceParts

  constructor(parts: BookingServiceParts) {
    this.#parts = parts
  }

  /**
   * Holds a space: at once inside what the site lends, else by asking the site. Refuses with 404, 409 (alternatives
   * offered), 422, or 503 `site_unreachable` before anything is written, with what can be confirmed now.
   */
  async hold(
    actor: Actor,
    asked: { siteId: string; spaceId: string; fromMs: number; toMs: number },
  ): Promise<Result<BookingAnswer, Refused>> {
    const { catalogues, reader, pool } = this.#parts
    const catalogue = await catalogues.find(asked.siteId)
    if (catalogue === undefined) return err(refusal('not_found'))
    const space = catalogue.spaces.get(asked.spaceId)
    if (space === undefined) return err(refusal('space_unknown'))
    const interval = { fromMs: asked.fromMs, toMs: asked.toMs }
    const context = await reader.context(catalogue, interval, actor.memberId)
    const impossible = refuseWhateverIsBooked(context, space, interval)
    const instead = (refused: Refused) => withAlternatives(refused, reader, context, asked, actor.memberId)
    if (impossible !== undefined) return err(await instead(siteRefusal(impossible)))
    const price = priceOfSpace(context, space, interval)
    if (price === undefined) return err(refusal('not_bookable'))
    const byLoan = await holdByLoan(this.#parts, actor, context, {
      spaceId: asked.spaceId,
      space,
      interval,
      price,
    })
    if (byLoan !== undefined) return byLoan
    if (context.link.state !== 'live') return err(await instead(refusal('site_unreachable')))

    const ids = actionIds(actor.userId, actor.key)
    const order = { ...asked, ...actor, bookingId: ids.bookingId, price, createdMs: context.nowMs }
    const holder = { kind: 'member' as const, memberId: actor.memberId }
    const spaceId = spaceIdSchema.parse(asked.spaceId)
    const command = { kind: 'holdBooking' as const, bookingId: ids.bookingId, spaceId, ...interval, holder }
    const request = { requestId: ids.requestId, siteId: asked.siteId, command }
    await inTransaction(pool, async (tx) => {
      await putOrder(tx, order)
      await sendToSite(this.#parts, tx, request)
    })
    const outcome = await awaitSite(this.#parts, request)
    if (outcome.kind === 'refused') return err(await instead(siteRefusal(outcome.code)))
    if (outcome.kind === 'pending') await markToldPending(pool, ids.bookingId)
    return answerOf(this.#parts, actor, ids.bookingId, outcome, catalogue)
  }

  /**
   * Pays and confirms a hold: reserves the money, asks the site, then takes or lets go of the money.
   * Refuses with 402 (`card_declined`, `plan_does_not_cover`), 404, 409, 410, 503.
   */
  async confirm(
    actor: Actor,
    bookingId: string,
    means: MeansOfPayment,
  ): Promise<Result<BookingAnswer, Refused>> {
    const { pool, clock, link, payments } = this.#parts
    const booking = await findBooking(pool, actor.memberId, bookingId)
    if (booking === undefined) return err(refusal('unknown_booking'))
    const ids = actionIds(actor.userId, actor.key)
    const nowMs = clock.now().wallMs
    const refused = decideConfirm(statusOfBooking(booking, nowMs), booking.price.totalMinor, means.method)
    if (refused !== undefined) return err(refusal(refused))
    if (booking.soldIn.length > 0) return confirmByLoan(this.#parts, actor, booking, means)
    if (!(await link.isOnline(booking.siteId))) return err(refusal('site_unreachable'))

    const { totalMinor: amountMinor, currency } = booking.price
    const byCard = means.method === 'card' && amountMinor > 0
    if (means.method === 'card' && byCard) {
      const charge = {
        ...ids,
        bookingId,
        siteId: booking.siteId,
        amountMinor,
        currency,
        card: means.card,
        nowMs,
      }
      const reserved = await payments.authorise(charge)
      if (reserved === 'declined') return err(refusal('card_declined'))
      if (reserved === 'unavailable') return err(refusal('card_unavailable'))
    }
    const outcome = await askSite(this.#parts, booking, ids.requestId, {
      kind: 'confirmBooking',
      bookingId: booking.bookingId,
      method: means.method,
      paymentId: ids.paymentId,
      amountMinor,
    })
    if (byCard && outcome.kind === 'done') await payments.capture(ids.paymentId, clock.now().wallMs)
    if (byCard && outcome.kind === 'refused') await payments.release(ids.paymentId, clock.now().wallMs)
    return answerOf(this.#parts, actor, booking.bookingId, outcome)
  }

  /**
   * Cancels a hold or a booking; what is paid above the fee is given back once the site has recorded it. A
   * second cancel changes nothing. A hold the site has not answered is taken back. Refuses with 404, 409, 410, 503.
   */
  async cancel(actor: Actor, bookingId: string): Promise<Result<BookingAnswer, Refused>> {
    const { pool, clock, link, payments } = this.#parts
    const booking = await findBooking(pool, actor.memberId, bookingId)
    if (booking === undefined) return err(refusal('unknown_booking'))
    const decision = decideCancel(statusOfBooking(booking, clock.now().wallMs), booking.waitingFor)
    if (decision.kind === 'refuse') return err(refusal(decision.code))
    if (decision.kind === 'nothing') return answerOf(this.#parts, actor, booking.bookingId, { kind: 'done' })
    if (decision.kind === 'withdraw') {
      await this.#withdrawHold(booking)
      return answerOf(this.#parts, actor, booking.bookingId, { kind: 'done' })
    }
    const byLoan = booking.soldIn.length > 0 ? await cancelByLoan(this.#parts, actor, booking) : undefined
    if (byLoan !== undefined) return byLoan
    if (!(await link.isOnline(booking.siteId))) return err(refusal('site_unreachable'))
    const ids = actionIds(actor.userId, actor.key)
    const outcome = await askSite(this.#parts, booking, ids.requestId, {
      kind: 'cancelBooking',
      bookingId: booking.bookingId,
    })
    if (outcome.kind === 'done') await payments.refundDue(clock.now().wallMs)
    return answerOf(this.#parts, actor, booking.bookingId, outcome)
  }

  /** One booking of the member, or `undefined`. */
  async find(memberId: string, bookingId: string): Promise<BookingView | undefined> {
    const booking = await findBooking(this.#parts.pool, memberId, bookingId)
    return booking === undefined ? undefined : viewOf(this.#parts, memberId, booking)
  }

  /** The member's bookings, latest start first. */
  async list(memberId: string): Promise<readonly BookingView[]> {
    const bookings = await listBookings(this.#parts.pool, memberId)
    return Promise.all(bookings.map((booking) => viewOf(this.#parts, memberId, booking)))
  }

  async #withdrawHold(booking: KnownBooking): Promise<void> {
    const { pool, link, clock } = this.#parts
    const found = await pool.query<{ request_id: string }>(
      `SELECT request_id FROM booking_request WHERE booking_id = $1 AND kind = 'holdBooking'`,
      [booking.bookingId],
    )
    for (const row of found.rows) {
      const request = { requestId: requestIdSchema.parse(row.request_id), siteId: booking.siteId }
      await inTransaction(pool, (tx) => withdrawRequest(tx, link, request, clock.now().wallMs))
    }
  }
}
