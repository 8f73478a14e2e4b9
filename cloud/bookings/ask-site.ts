import type { BookingView } from '@gatehouse/shared/api/views'
import { earlyReleaseRefund } from '@gatehouse/shared/booking/early-release'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { DirectoryRequestCommand } from '@gatehouse/shared/wire/v1/directory'
import { inTransaction, type Transaction } from '../database/pool.ts'
import { type Refused, refusal, siteRefusal } from '../http/problem.ts'
import type { ActionIds } from './action-ids.ts'
import type { Actor, BookingAnswer, BookingServiceParts } from './booking-parts.ts'
import { bookingView, findBooking, type KnownBooking } from './booking-store.ts'
import type { RequestOutcome } from './request-outcome.ts'
import { sendRequest, settleRequest } from './request-store.ts'
import type { SiteCatalogue } from './site-catalogue.ts'
import { priceOfSpace } from './site-view.ts'

/** How a request ended, as far as the call that waits for it knows. */
export type Outcome = RequestOutcome | { readonly kind: 'pending' }

interface Request {
  readonly requestId: ActionIds['requestId']
  readonly siteId: string
  readonly command: DirectoryRequestCommand
}

// The site refuses a request that reaches it later than this after it was made.
const requestMaxMs = 60_000

/** Keeps a request and sends it down, in the caller's transaction. */
export async function sendToSite(
  parts: BookingServiceParts,
  tx: Transaction,
  request: Request,
): Promise<void> {
  const createdMs = parts.clock.now().wallMs
  await sendRequest(tx, parts.link, { ...request, createdMs, expiresMs: createdMs + requestMaxMs })
}

/** Waits for the answer to a request that was sent, and records it; `pending` when none came in time. */
export async function awaitSite(parts: BookingServiceParts, request: Request): Promise<Outcome> {
  const { link, pool, clock, answerMaxMs } = parts
  const asked = { requestId: request.requestId, siteId: request.siteId, kind: request.command.kind }
  const answer = await link.waitForAnswer(asked, answerMaxMs)
  if (answer === undefined) return { kind: 'pending' }
  return settleRequest(pool, asked, answer, clock.now().wallMs)
}

/** Asks the site of a booking and waits for its answer. */
export async function askSite(
  parts: BookingServiceParts,
  booking: KnownBooking,
  requestId: ActionIds['requestId'],
  command: DirectoryRequestCommand,
): Promise<Outcome> {
  const request = { requestId, siteId: booking.siteId, command }
  await inTransaction(parts.pool, (tx) => sendToSite(parts, tx, request))
  return awaitSite(parts, request)
}

/** The booking as it stands after a request, or the site's refusal. */
export async function answerOf(
  parts: BookingServiceParts,
  actor: Actor,
  bookingId: string,
  outcome: Outcome,
  catalogue?: SiteCatalogue,
): Promise<Result<BookingAnswer, Refused>> {
  if (outcome.kind === 'refused') return err(siteRefusal(outcome.code))
  const booking = await findBooking(parts.pool, actor.memberId, bookingId)
  if (booking === undefined) return err(refusal('unknown_booking'))
  return ok({
    decided: outcome.kind === 'done',
    view: await viewOf(parts, actor.memberId, booking, catalogue),
  })
}

/** Renders a booking with the name of its space and, while it is in use, with what leaving now gives back. */
export async function viewOf(
  parts: BookingServiceParts,
  memberId: string,
  booking: KnownBooking,
  known?: SiteCatalogue,
): Promise<BookingView> {
  const catalogue = known ?? (await parts.catalogues.find(booking.siteId))
  const name = catalogue?.spaces.get(booking.spaceId)?.name ?? booking.spaceId
  const nowMs = parts.clock.now().wallMs
  const view = bookingView(booking, name, nowMs)
  if (view.status !== 'checked_in' || catalogue === undefined) return view
  return { ...view, releaseRefundMinor: await releaseRefund(parts, catalogue, { memberId, booking, nowMs }) }
}

/** What the site's setting would give back at `nowMs`, by the prices known here; minor units. */
async function releaseRefund(
  { reader }: BookingServiceParts,
  catalogue: SiteCatalogue,
  asked: { readonly memberId: string; readonly booking: KnownBooking; readonly nowMs: number },
): Promise<number> {
  const { memberId, booking, nowMs } = asked
  const { fromMs, toMs, projected } = booking
  const space = catalogue.spaces.get(booking.spaceId)
  const percent = space?.earlyReleaseRefundPercent ?? 0
  if (space === undefined || projected === undefined || percent === 0) return 0
  const context = await reader.context(catalogue, { fromMs, toMs }, memberId)
  const price = (interval: Interval) => priceOfSpace(context, space, interval) ?? booking.price
  const { paidMinor, refundedMinor } = projected
  const payments = [{ amountMinor: paidMinor, refundedMinor }]
  return earlyReleaseRefund({ fromMs, toMs, price: booking.price, payments }, { percent, price }, nowMs)
}
