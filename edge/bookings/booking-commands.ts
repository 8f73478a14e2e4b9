import type { BookingView, ReceiptView } from '@gatehouse/shared/api/views'
import { type BookingEvent, evolve } from '@gatehouse/shared/booking/booking'
import type { BookingCommand } from '@gatehouse/shared/booking/command'
import { decide } from '@gatehouse/shared/booking/decide'
import * as ids from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import {
  amountMinorSchema,
  type Holder,
  paymentMethodSchema,
  wallMsSchema,
} from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { cardEffects, paymentIdOfCommand } from '../drawer/card-payments.ts'
import { cardPaymentBegun, findPayment } from '../drawer/payment-store.ts'
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
import { dueBookings, loadBooking } from './booking-store.ts'
import { bookingView } from './booking-view.ts'
import { type DecidedBooking, decideHold } from './hold-booking.ts'

const sweepMax = 200

/** A confirmed booking with the receipt of its payment. */
export type ConfirmedBooking = BookingView & { readonly receipt?: ReceiptView }

const holdInput = z.object({
  spaceId: ids.spaceIdSchema,
  fromMs: wallMsSchema,
  toMs: wallMsSchema,
  holder: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('member'), memberId: ids.memberIdSchema }),
    z.object({ kind: z.literal('guest'), guestName: z.string().trim().min(1).max(80) }),
  ]),
})
const confirmInput = z.object({
  bookingId: ids.bookingIdSchema,
  method: paymentMethodSchema,
  /** Card: what was authorised under the command's payment id. Cash: what was handed over. */
  offeredMinor: amountMinorSchema,
})
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
      run: (db, input, context) => confirmBooking(env, db, input, context),
    }),
    ...(['cancelBooking', 'checkIn'] as const).map((kind) =>
      defineCommand({
        kind,
        priority: 2,
        sells: false,
        input: bookingInput,
        run: (db, { bookingId }, context) => {
          const decided = decideChange(env, db, bookingId, { kind }, context)
          return decided.ok ? ok(answered(env, decided.value, context)) : decided
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

/** Decides a command about an existing booking. Refuses what `decide` refuses and `site_not_ready`. */
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
  const decided = decide(before, command, decision)
  return decided.ok ? ok({ bookingId, before, events: decided.value }) : err({ code: decided.error })
}

/** Wraps what was decided: its card effects, and as answer the booking as the entries leave it. */
export function answered(
  env: BookingEnvironment,
  decided: DecidedBooking,
  context: CommandContext,
): Decision<BookingView | null> {
  const { bookingId, before, events } = decided
  return {
    events,
    effects: cardEffects(events, context.random),
    answer: () => {
      const own = events.filter((event) => isAbout(event, bookingId))
      const after = own.reduce((state, event) => evolve(state, event, context.at.wallMs), before)
      return after.kind === 'none' ? null : bookingView(env, after, context.at.wallMs)
    },
  }
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
  return ok(answered(env, decided.value, context))
}

function confirmBooking(
  env: BookingEnvironment,
  db: SiteDatabase,
  input: z.infer<typeof confirmInput>,
  context: CommandContext,
): Result<Decision<ConfirmedBooking | null>, Refusal> {
  const { bookingId, method, offeredMinor } = input
  const paymentId = paymentIdOfCommand(context.commandId)
  const payment = { paymentId, method, takenBy: 'site' as const, offeredMinor }
  const decided = decideChange(env, db, bookingId, { kind: 'confirmBooking', payment }, context)
  if (!decided.ok) return decided
  const { before } = decided.value
  const due = before.kind === 'held' && before.price.totalMinor > 0
  // Whoever submits a card payment has had it authorised; without that there is nothing to capture.
  if (method === 'card' && due && !cardPaymentBegun(db, paymentId)) return err({ code: 'payment_needed' })
  const decision = answered(env, decided.value, context)
  return ok({
    ...decision,
    answer: () => {
      const view = decision.answer()
      const paid = findPayment(db, paymentId)
      if (!view || !paid) return view
      const siteName = env.directory.site()?.name ?? env.directory.siteId
      return { ...view, receipt: receiptView(paid, { siteName, price: view.price }) }
    },
  })
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
