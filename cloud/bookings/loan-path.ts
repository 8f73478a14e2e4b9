import { newReference } from '@gatehouse/shared/booking/reference'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { err, type Result } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import { type Refused, refusal } from '../http/problem.ts'
import { expireOverdue } from '../loans/end-loans.ts'
import { cancelInLoans, confirmInLoans, holdInLoans } from '../loans/sell.ts'
import { actionIds } from './action-ids.ts'
import { withAlternatives } from './alternatives.ts'
import { answerOf } from './ask-site.ts'
import type { Actor, BookingAnswer, BookingServiceParts, MeansOfPayment } from './booking-parts.ts'
import { findBooking, type KnownBooking } from './booking-store.ts'
import { blocksOf, whoDecides } from './lent-rights.ts'
import type { SiteCatalogue } from './site-catalogue.ts'
import type { ViewContext } from './site-view.ts'

/** What a member asks to hold. */
export interface AskedHold {
  readonly spaceId: string
  readonly space: DirectoryBody<'space'>
  readonly interval: Interval
  readonly price: Price
}

/**
 * Holds inside what the site lends, without asking it; `undefined` when the site decides instead. Refuses 409
 * `space_taken` with alternatives.
 */
export async function holdByLoan(
  parts: BookingServiceParts,
  actor: Actor,
  context: ViewContext,
  asked: AskedHold,
): Promise<Result<BookingAnswer, Refused> | undefined> {
  const { pool, clock, random, reader } = parts
  const { catalogue, rights } = context
  const decides = whoDecides(rights, catalogue, asked)
  const { bookingId } = actionIds(actor.userId, actor.key)
  const siteId = siteIdSchema.parse(catalogue.siteId)
  const { spaceId, space, interval, price } = asked
  const blocks = blocksOf(catalogue, asked)
  const [before] = await Promise.all([
    findBooking(pool, actor.memberId, bookingId),
    // Their blocks are free by the clock; under the lock they have to be given up first.
    decides.kind === 'site'
      ? undefined
      : expireOverdue({ pool, clock }, { siteId, spaceIds: blocks.map((block) => block.spaceId) }),
  ])
  if (before !== undefined) return before.soldIn.length > 0 ? done(parts, actor, bookingId) : undefined
  if (decides.kind === 'site') return undefined
  const outcome = await holdInLoans(pool, clock, {
    ...{ siteId, bookingId, spaceId, parts: space.parts ?? [], memberId: actor.memberId },
    ...{ reference: newReference(siteId, random), ...interval, blocks, loanIds: decides.loanIds, price },
    holdMs: catalogue.site.settings.holdMs,
  })
  if (outcome === 'site') return undefined
  if (outcome === 'held') return done(parts, actor, bookingId, catalogue)
  const taken = refusal('space_taken')
  return err(await withAlternatives(taken, reader, context, { spaceId, ...interval }, actor.memberId))
}

/** Pays and confirms a hold inside a loan: final at once. Refuses 402 `card_declined`, 410 `hold_expired`, `ended`, 503 `card_unavailable`. */
export async function confirmByLoan(
  parts: BookingServiceParts,
  actor: Actor,
  booking: KnownBooking,
  means: MeansOfPayment,
): Promise<Result<BookingAnswer, Refused>> {
  const { pool, clock, payments } = parts
  const { bookingId, siteId, soldIn: loanIds } = booking
  const ids = actionIds(actor.userId, actor.key)
  const { totalMinor: amountMinor, currency } = booking.price
  const byCard = means.method === 'card' && amountMinor > 0
  if (means.method === 'card' && byCard) {
    const nowMs = clock.now().wallMs
    const charge = { ...ids, bookingId, siteId, amountMinor, currency, card: means.card, nowMs }
    const reserved = await payments.authorise(charge)
    if (reserved === 'declined') return err(refusal('card_declined'))
    if (reserved === 'unavailable') return err(refusal('card_unavailable'))
  }
  const payment = { paymentId: ids.paymentId, method: means.method }
  const outcome = await confirmInLoans(pool, clock, { siteId, bookingId, loanIds, payment })
  const nowMs = clock.now().wallMs
  if (byCard && outcome === 'done') await payments.capture(ids.paymentId, nowMs)
  if (byCard && outcome !== 'done') await payments.release(ids.paymentId, nowMs)
  switch (outcome) {
    case 'done':
      return done(parts, actor, bookingId)
    case 'not_reserved':
      return err(refusal('card_declined'))
    case 'hold_expired':
      return err(refusal('hold_expired'))
    default:
      return err(refusal('ended'))
  }
}

/**
 * Cancels a booking that the cloud sold; what is due goes back at once. `undefined` when the site has made something
 * else of it, so that the site decides.
 */
export async function cancelByLoan(
  parts: BookingServiceParts,
  actor: Actor,
  { bookingId, siteId, soldIn: loanIds }: KnownBooking,
): Promise<Result<BookingAnswer, Refused> | undefined> {
  const { pool, clock, payments } = parts
  const outcome = await cancelInLoans(pool, clock, { siteId, bookingId, loanIds })
  if (outcome === 'site') return undefined
  if (outcome !== 'done') return err(refusal('too_late'))
  await payments.refundDue(clock.now().wallMs)
  return done(parts, actor, bookingId)
}

function done(
  parts: BookingServiceParts,
  actor: Actor,
  bookingId: string,
  catalogue?: SiteCatalogue,
): Promise<Result<BookingAnswer, Refused>> {
  return answerOf(parts, actor, bookingId, { kind: 'done' }, catalogue)
}
