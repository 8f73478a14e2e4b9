import type { BookingCredits } from '@gatehouse/shared/api/views'
import { type PayingCommand, priceDue } from '@gatehouse/shared/booking/price-due'
import { normalReference } from '@gatehouse/shared/booking/reference'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { memberIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { PaymentMethod } from '@gatehouse/shared/wire/v1/entries'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { creditsLeft } from '../credits/credit-payment.ts'
import { type CardPayments, paymentIdOf } from '../drawer/card-payments.ts'
import { refuse } from '../http/problem.ts'
import type { Refusal } from '../ledger/command.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { isAnswered, type Outcome } from '../ledger/receipts.ts'
import type { AskedBack, WantedHere } from '../loans/ask-back.ts'
import { type BookingEnvironment, bookingContext } from './booking-environment.ts'
import { bookingsByReference, bookingsOfHolder, loadBooking } from './booking-store.ts'
import { bookingView } from './booking-view.ts'
import { dayView } from './day-view.ts'
import { extensionsView } from './extend-booking.ts'
import { type PlanSurroundings, planView } from './plan-view.ts'
import * as routes from './route-schemas.ts'

const listMax = 50
/** The longest interval of a floor plan; each space is priced over all of it. */
const planMaxMs = 31 * 24 * 3_600_000
/** How far back a member's list reaches: yesterday's booking is still of interest. */
const listBackMs = 24 * 3_600_000

/** Knows which member a token from `identify` stands for. */
export interface MemberTokens {
  resolve(token: string): string | undefined
}

export interface BookingRoutesOptions {
  readonly kernel: Kernel
  readonly env: BookingEnvironment
  readonly clock: Clock
  readonly cards: CardPayments
  readonly memberTokens: MemberTokens
  readonly around: PlanSurroundings
  /** Asks the cloud for what it may sell of an interval that somebody here wants; `undefined`: nothing to ask for. */
  readonly askBack: (wanted: WantedHere) => Promise<AskedBack | undefined>
}

/** Serves plan, day and bookings below `/api/v1`; expects `caller` and `idempotencyKey` set by the guards before it. */
export function bookingRoutes(options: BookingRoutesOptions): OpenAPIHono {
  const { kernel, env, clock } = options
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      return refuse(c, { code: 'invalid_input', detail: { issues } })
    },
  })
  app.openapi(routes.planRoute, (c) => {
    const { fromMs, toMs } = c.req.valid('query')
    if (fromMs >= toMs) return problem(c, { code: 'reversed' })
    if (toMs - fromMs > planMaxMs) return problem(c, { code: 'too_long' })
    const view = planView(env, kernel.db, options.around, { fromMs, toMs, at: clock.now() })
    return view ? c.json(view, 200) : problem(c, { code: 'site_not_ready' })
  })
  app.openapi(routes.dayRoute, (c) => {
    const { id } = c.req.valid('param')
    const { date } = c.req.valid('query')
    const view = dayView(env, kernel.db, { spaceId: id, date, at: clock.now() })
    return view.ok ? c.json(view.value, 200) : problem(c, view.error)
  })
  app.openapi(routes.extensionsRoute, (c) => {
    const view = extensionsView(env, kernel.db, c.req.valid('param').id, clock.now())
    return view.ok ? c.json(view.value, 200) : problem(c, view.error)
  })
  app.openapi(routes.creditsRoute, (c) => {
    const view = creditsView(options, c.req.valid('param').id, c.req.valid('query').memberToken)
    return view.ok ? c.json(view.value, 200) : problem(c, view.error)
  })
  app.openapi(routes.findRoute, (c) => {
    const found = findBookings(options, c.req.valid('query'))
    return found.ok ? c.json({ items: found.value }, 200) : problem(c, found.error)
  })
  serveCommands(app, options)
  return app
}

function serveCommands(app: OpenAPIHono, options: BookingRoutesOptions): void {
  const { kernel } = options
  app.openapi(routes.holdRoute, async (c) => {
    const { spaceId, fromMs, toMs, guestName, memberToken } = c.req.valid('json')
    const memberId = memberToken === undefined ? undefined : options.memberTokens.resolve(memberToken)
    if (memberToken !== undefined && memberId === undefined) {
      return problem(c, { code: 'member_token_expired' })
    }
    const holder = memberId === undefined ? { kind: 'guest', guestName } : { kind: 'member', memberId }
    const input = { spaceId, fromMs, toMs, holder }
    const asked = await askBack(options, c, { spaceId, fromMs, toMs })
    const outcome = await kernel.submit({ kind: 'holdBooking', ...submitter(c), input })
    return answer(c, sayingWhyLent(outcome, asked), 201)
  })
  app.openapi(routes.confirmRoute, async (c) => {
    const asked = { bookingId: c.req.valid('param').id, ...c.req.valid('json') }
    return answer(c, await pay(options, c, { ...asked, command: { kind: 'confirmBooking' } }), 200)
  })
  app.openapi(routes.extendRoute, async (c) => {
    const input = { bookingId: c.req.valid('param').id, toMs: c.req.valid('json').toMs }
    const booking = loadBooking(kernel.db, input.bookingId)
    const asked =
      booking.kind === 'none'
        ? undefined
        : await askBack(options, c, { ...input, spaceId: booking.spaceId, fromMs: booking.toMs })
    const outcome = await kernel.submit({ kind: 'extendBooking', ...submitter(c), input })
    return answer(c, sayingWhyLent(outcome, asked), 200)
  })
  app.openapi(routes.giveUpExtensionRoute, async (c) => {
    const input = { bookingId: c.req.valid('param').id, toMs: c.req.valid('json').toMs }
    return answer(c, await kernel.submit({ kind: 'giveUpExtension', ...submitter(c), input }), 200)
  })
  app.openapi(routes.confirmExtensionRoute, async (c) => {
    const { toMs, ...means } = c.req.valid('json')
    const asked = { bookingId: c.req.valid('param').id, ...means }
    return answer(c, await pay(options, c, { ...asked, command: { kind: 'confirmExtension', toMs } }), 200)
  })
  for (const [route, kind] of [
    [routes.cancelRoute, 'cancelBooking'],
    [routes.checkInRoute, 'checkIn'],
    [routes.releaseRoute, 'releaseEarly'],
  ] as const) {
    app.openapi(route, async (c) => {
      const input = { bookingId: c.req.valid('param').id }
      return answer(c, await kernel.submit({ kind, ...submitter(c), input }), 200)
    })
  }
}

function askBack(
  { askBack: ask, kernel }: BookingRoutesOptions,
  c: Context,
  wanted: Omit<WantedHere, 'spaceId'> & { readonly spaceId: string },
): Promise<AskedBack | undefined> {
  const known = spaceIdSchema.safeParse(wanted.spaceId)
  if (!known.success) return Promise.resolve(undefined)
  const { caller, key } = submitter(c)
  return ask({ ...wanted, spaceId: known.data, isRepeat: isAnswered(kernel.db, caller, key) })
}

/** A refusal for what is lent says until when, and whether the cloud could be asked. */
function sayingWhyLent(outcome: Outcome, asked: AskedBack | undefined): Outcome {
  if (outcome.ok || outcome.refusal.code !== 'lent' || asked === undefined) return outcome
  const { code, detail } = outcome.refusal
  return { ok: false, refusal: { code, detail: { ...detail, lent: asked } } }
}

interface AskedPayment {
  readonly bookingId: string
  readonly method: PaymentMethod
  readonly tenderedMinor?: number | undefined
  readonly card?: string | undefined
  /** Of who pays by credits. */
  readonly memberToken?: string | undefined
  readonly command: PayingCommand
}

// Card: reserve the amount, let the kernel decide, give the reservation back when it says no.
async function pay(options: BookingRoutesOptions, c: Context, asked: AskedPayment): Promise<Outcome> {
  const { kernel, cards, env, clock } = options
  const { bookingId, method, tenderedMinor, card, memberToken, command } = asked
  const { caller, key } = submitter(c)
  const { kind, ...more } = command
  const tendered = tenderedMinor === undefined ? {} : { tenderedMinor }
  const memberId = memberToken === undefined ? undefined : options.memberTokens.resolve(memberToken)
  if (memberToken !== undefined && memberId === undefined) {
    return { ok: false, refusal: { code: 'member_token_expired' } }
  }
  const payer = method === 'credits' && memberId !== undefined ? { memberId } : {}
  const input = { bookingId, method, ...tendered, ...payer, ...more }
  const decide = () => kernel.submit({ kind, caller, key, input })
  const context = bookingContext(env, clock.now())
  const price = context && priceDue(loadBooking(kernel.db, bookingId), command, context)
  if (method !== 'card' || price === undefined || price.totalMinor === 0) return decide()
  const payment = {
    paymentId: paymentIdOf(caller, key),
    amountMinor: price.totalMinor,
    currency: price.currency,
  }
  const authorised = await cards.authorise(kernel, {
    ...payment,
    subjectId: bookingId,
    card: card ?? 'sandbox_ok',
  })
  if (!authorised.ok) return { ok: false, refusal: authorised.error }
  const outcome = await decide()
  if (!outcome.ok) await cards.release(kernel, payment.paymentId)
  return outcome
}

function creditsView(
  { kernel, memberTokens }: BookingRoutesOptions,
  bookingId: string,
  memberToken: string,
): Result<BookingCredits, Refusal> {
  const memberId = memberIdSchema.safeParse(memberTokens.resolve(memberToken))
  if (!memberId.success) return err({ code: 'member_token_expired' })
  const booking = loadBooking(kernel.db, bookingId)
  if (booking.kind === 'none') return err({ code: 'unknown_booking' })
  const { currency } = booking.price
  const leftMinor = creditsLeft(kernel.db, memberId.data, { currency, takesPlaceMs: booking.fromMs })
  return ok({ leftMinor, currency })
}

function findBookings(
  { kernel, env, clock, memberTokens }: BookingRoutesOptions,
  by: { readonly reference?: string | undefined; readonly memberToken?: string | undefined },
): Result<ReturnType<typeof bookingView>[], Refusal> {
  const nowMs = clock.now().wallMs
  if (by.reference !== undefined) {
    const found = bookingsByReference(kernel.db, normalReference(by.reference))
    return ok(found.map((booking) => bookingView(env, kernel.db, booking, nowMs)))
  }
  const memberId = memberIdSchema.safeParse(by.memberToken && memberTokens.resolve(by.memberToken))
  if (!memberId.success) return err({ code: 'member_token_expired' })
  const found = bookingsOfHolder(kernel.db, memberId.data, { afterMs: nowMs - listBackMs, limit: listMax })
  return ok(found.map((booking) => bookingView(env, kernel.db, booking, nowMs)))
}

function submitter(c: Context): { readonly caller: string; readonly key: string } {
  return { caller: `kiosk:${c.get('caller').deviceId}`, key: c.get('idempotencyKey') }
}

// The schemas of answers are checked where the answers are made; a problem may take the place of any of them.
function problem(c: Context, refusal: Refusal): never {
  return refuse(c, refusal) as never
}

function answer(c: Context, outcome: Outcome, status: 200 | 201): never {
  return outcome.ok ? (c.json(outcome.value, status) as never) : problem(c, outcome.refusal)
}
