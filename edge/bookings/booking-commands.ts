import type { BookingView, ReceiptView } from '@gatehouse/shared/api/views'
import { type Booking, type BookingEvent, evolve } from '@gatehouse/shared/booking/booking'
import type { BookingCommand } from '@gatehouse/shared/booking/command'
import { decide } from '@gatehouse/shared/booking/decide'
import { type PayingCommand, priceDue } from '@gatehouse/shared/booking/price-due'
import * as ids from '@gatehouse/shared/ids/ids'
import { isUnpriced } from '@gatehouse/shared/loans/unpriced'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import {
  amountMinorSchema,
  type Holder,
  type LedgerEvent,
  type PaymentMethod,
  type Price,
  paymentMethodSchema,
  wallMsSchema,
} from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type CreditRefusal, payByCredits, restoredCredits } from '../credits/credit-payment.ts'
import { cardEffects, paymentIdOfCommand } from '../drawer/card-payments.ts'
import { authorisedMinor, findPayment } from '../drawer/payment-store.ts'
import { receiptView } from '../drawer/receipt-view.ts'
import {
  type Command,
  type CommandContext,
  type Decision,
  defineCommand,
  type Refusal,
} from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { type BookingEnvironment, bookingContext } from './booking-environment.ts'
import { dueBookings, isSoldByCloud, loadBooking } from './booking-store.ts'
import { bookingView } from './booking-view.ts'
import { type DecidedBooking, decideHold } from './hold-booking.ts'

const sweepMax = 200

/** A booking with the receipt of what was paid just now. */
type PaidBooking = BookingView & { readonly receipt?: ReceiptView }

/** A command that takes money on site, and how it is paid. */
interface AskedPayment {
  readonly bookingId: ids.BookingId
  readonly command: PayingCommand
  readonly method: PaymentMethod
  readonly tenderedMinor?: number | undefined
  readonly memberId?: ids.MemberId | undefined
}

/** How somebody pays on site; the same for a repeated request, whatever has become of the booking meanwhile. */
export const meansOfPayment = {
  method: paymentMethodSchema,
  /** What was handed over in cash; without it exactly the price. */
  tenderedMinor: amountMinorSchema.optional(),
  /** Who pays, for credits. */
  memberId: ids.memberIdSchema.optional(),
}

const holdInput = z.object({
  spaceId: ids.spaceIdSchema,
  fromMs: wallMsSchema,
  toMs: wallMsSchema,
  holder: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('member'), memberId: ids.memberIdSchema }),
    z.object({ kind: z.literal('guest'), guestName: z.string().trim().min(1).max(80) }),
  ]),
})
const confirmInput = z.object({ bookingId: ids.bookingIdSchema, ...meansOfPayment })
const bookingInput = z.object({ bookingId: ids.bookingIdSchema })

/** The commands that people at a screen give about bookings, and the sweep that time gives. */
export function bookingCommands(env: BookingEnvironment): Command[] {
  return [
    defineCommand({
      kind: 'holdBooking',
      priority: 2,
      sells: true,
      input: holdInput,
      run: (db, input, context) => holdBooking(env, db, input, context),
    }),
    defineCommand({
      kind: 'confirmBooking',
      priority: 2,
      sells: true,
      input: confirmInput,
      run: (db, input, context) =>
        decidePayment(env, db, { ...input, command: { kind: 'confirmBooking' } }, context),
    }),
    ...(['cancelBooking', 'checkIn'] as const).map((kind) =>
      defineCommand({
        kind,
        priority: 2,
        sells: false,
        input: bookingInput,
        run: (db, { bookingId }, context) => {
          const decided = decideChange(env, db, bookingId, { kind }, context)
          return decided.ok ? ok(answered(env, db, decided.value, context)) : decided
        },
      }),
    ),
    defineCommand({
      kind: 'sweepBookings',
      priority: 3,
      sells: false,
      input: z.object({}),
      run: (db, _input, context) => sweepBookings(env, db, context),
    }),
  ]
}

/** What of an unpaid booking in the member app is the cloud's to decide, never this site's. */
const decidesOfHolds: ReadonlySet<BookingCommand['kind']> = new Set([
  'confirmBooking',
  'cancelBooking',
  'expireHold',
])

/**
 * Tells whether the cloud alone decides what is asked about a booking that it sold: what becomes of an unpaid one, and
 * giving back money while only a pass has told of it, so that nobody here knows what was paid.
 */
function decidedByCloud(db: SiteDatabase, booking: Booking, kind: BookingCommand['kind']): boolean {
  if (booking.kind === 'held') return decidesOfHolds.has(kind) && isSoldByCloud(db, booking.bookingId)
  return kind === 'cancelBooking' && booking.kind !== 'none' && isUnpriced(booking.price)
}

/**
 * Decides a command about an existing booking. Refuses what `decide` refuses, `site_not_ready` and `decided_by_cloud`.
 */
export function decideChange(
  env: BookingEnvironment,
  db: SiteDatabase,
  bookingId: ids.BookingId,
  command: BookingCommand,
  context: CommandContext,
): Result<DecidedBooking, Refusal> {
  const decision = bookingContext(env, context.at)
  if (!decision) return err({ code: 'site_not_ready' })
  const before = loadBooking(db, bookingId)
  if (decidedByCloud(db, before, command.kind)) return err({ code: 'decided_by_cloud' })
  const decided = decide(before, command, decision)
  return decided.ok ? ok({ bookingId, before, events: decided.value }) : err({ code: decided.error })
}

/**
 * Wraps what was decided: what refunds give back to credits, its card effects, and as answer the booking as the entries
 * leave it.
 */
export function answered(
  env: BookingEnvironment,
  db: SiteDatabase,
  decided: DecidedBooking,
  context: CommandContext,
): Decision<BookingView | null> {
  const { bookingId, before, events } = decided
  return {
    events: [...events, ...restoredCredits(db, events)],
    effects: cardEffects(events, context.random),
    answer: () => {
      const own = events.filter((event) => isAbout(event, bookingId))
      const after = own.reduce((state, event) => evolve(state, event, context.at.wallMs), before)
      return after.kind === 'none' ? null : bookingView(env, db, after, context.at.wallMs)
    },
  }
}

/**
 * Decides a command that takes money on site; its answer carries the receipt. Refuses what `decide` refuses,
 * `site_not_ready`, `payment_needed` for a card that was not authorised, and a `CreditRefusal`.
 */
export function decidePayment(
  env: BookingEnvironment,
  db: SiteDatabase,
  { bookingId, command, method, tenderedMinor, memberId }: AskedPayment,
  context: CommandContext,
): Result<Decision<PaidBooking | null>, Refusal> {
  const decision = bookingContext(env, context.at)
  if (!decision) return err({ code: 'site_not_ready' })
  const paymentId = paymentIdOfCommand(context.commandId)
  const booking = loadBooking(db, bookingId)
  const price = priceDue(booking, command, decision)
  const dueMinor = price?.totalMinor ?? 0
  const cardMinor = method === 'card' ? authorisedMinor(db, paymentId) : undefined
  // Whoever submits a card payment has had it authorised; without that there is nothing to capture.
  if (method === 'card' && dueMinor > 0 && cardMinor === undefined) return err({ code: 'payment_needed' })
  const byCash = tenderedMinor ?? dueMinor
  const offeredMinor = method === 'cash' ? byCash : method === 'credits' ? dueMinor : (cardMinor ?? 0)
  const payment = { paymentId, method, takenBy: 'site' as const, offeredMinor }
  const decided = decideChange(env, db, bookingId, { ...command, payment }, context)
  if (!decided.ok) return decided
  const plain = answered(env, db, decided.value, context)
  const drawn = method === 'credits' ? drawFor(db, booking, { price, paymentId, memberId }) : ok([])
  if (!drawn.ok) return err({ code: drawn.error })
  return ok({
    ...plain,
    events: [...plain.events, ...drawn.value],
    answer: () => {
      const view = plain.answer()
      const paid = findPayment(db, paymentId)
      if (!view || !paid || !price) return view
      const siteName = env.directory.site()?.name ?? env.directory.siteId
      return { ...view, receipt: receiptView(paid, { siteName, price }) }
    },
  })
}

function drawFor(
  db: SiteDatabase,
  booking: Booking,
  {
    price,
    paymentId,
    memberId,
  }: Pick<AskedPayment, 'memberId'> & {
    readonly price: Price | undefined
    readonly paymentId: ids.PaymentId
  },
): Result<readonly LedgerEvent[], CreditRefusal> {
  if (booking.kind === 'none' || price === undefined) return ok([])
  const { totalMinor: amountMinor, currency } = price
  return payByCredits(db, booking.holder, memberId, {
    ...{ paymentId, amountMinor, currency },
    takesPlaceMs: booking.fromMs,
  })
}

// A hold may expire others that stood in its way.
function isAbout({ body }: BookingEvent, bookingId: string): boolean {
  const about = 'subject' in body ? body.subject : body
  return 'bookingId' in about && about.bookingId === bookingId
}

function holdBooking(
  env: BookingEnvironment,
  db: SiteDatabase,
  input: z.infer<typeof holdInput>,
  context: CommandContext,
): Result<Decision<BookingView | null>, Refusal> {
  const { spaceId, fromMs, toMs } = input
  const made = { random: context.random, wallMs: context.at.wallMs }
  const bookingId = ids.newTimedId(ids.bookingIdSchema, 'bk', made)
  const holder: Holder =
    input.holder.kind === 'member'
      ? input.holder
      : { kind: 'guest', guestId: ids.newTimedId(ids.guestIdSchema, 'g', made) }
  const decided = decideHold(env, db, { bookingId, spaceId, fromMs, toMs, holder }, context)
  if (!decided.ok) return decided
  if (input.holder.kind === 'guest' && holder.kind === 'guest') {
    env.subjects.put(db, holder.guestId, input.holder.guestName)
  }
  return ok(answered(env, db, decided.value, context))
}

function sweepBookings(
  env: BookingEnvironment,
  db: SiteDatabase,
  context: CommandContext,
): Result<Decision<number>, Refusal> {
  const decision = bookingContext(env, context.at)
  // Expiry and no-show pause while the clock is not trusted (ARCHITECTURE §3, Time).
  if (!decision || context.at.quality !== 'trusted') return ok({ events: [], answer: () => 0 })
  const { checkInGraceMs } = decision.settings
  const due = dueBookings(db, { nowMs: decision.nowMs, checkInGraceMs, limit: sweepMax })
  const events = due.flatMap(({ bookingId, change }) => {
    const decided = decide(loadBooking(db, bookingId), { kind: change }, decision)
    return decided.ok ? decided.value : []
  })
  return ok({ events, answer: () => events.length })
}
