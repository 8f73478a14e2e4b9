import type { BookingView, ReceiptView } from '@gatehouse/shared/api/views'
import * as ids from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { amountMinorSchema, paymentMethodSchema, wallMsSchema } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { paymentIdOfCommand } from '../drawer/card-payments.ts'
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
import { answered, decideChange } from './booking-commands.ts'
import type { BookingEnvironment } from './booking-environment.ts'
import { decideExtension, decideRelease } from './extend-booking.ts'

type ExtendedBooking = BookingView & { readonly receipt?: ReceiptView }

const extendInput = z.object({ bookingId: ids.bookingIdSchema, toMs: wallMsSchema })
const confirmInput = extendInput.extend({
  method: paymentMethodSchema,
  /** Card: what was authorised under the command's payment id. Cash: what was handed over. */
  offeredMinor: amountMinorSchema,
})

/** The commands that people at a screen give about a later or an earlier end. */
export function extensionCommands(env: BookingEnvironment): Command[] {
  return [
    defineCommand({
      kind: 'extendBooking',
      priority: 2,
      sells: true,
      input: extendInput,
      run: (db, input, context) => {
        const decided = decideExtension(env, db, input, context)
        return decided.ok ? ok(answered(env, decided.value, context)) : decided
      },
    }),
    defineCommand({
      kind: 'confirmExtension',
      priority: 2,
      sells: true,
      input: confirmInput,
      run: (db, input, context) => confirmExtension(env, db, input, context),
    }),
    defineCommand({
      kind: 'releaseEarly',
      priority: 2,
      // Leaving must go on when selling has stopped.
      sells: false,
      input: z.object({ bookingId: ids.bookingIdSchema }),
      run: (db, input, context) => {
        const decided = decideRelease(env, db, input, context)
        return decided.ok ? ok(answered(env, decided.value, context)) : decided
      },
    }),
  ]
}

function confirmExtension(
  env: BookingEnvironment,
  db: SiteDatabase,
  input: z.infer<typeof confirmInput>,
  context: CommandContext,
): Result<Decision<ExtendedBooking | null>, Refusal> {
  const { bookingId, toMs, method, offeredMinor } = input
  const paymentId = paymentIdOfCommand(context.commandId)
  const payment = { paymentId, method, takenBy: 'site' as const, offeredMinor }
  const decided = decideChange(env, db, bookingId, { kind: 'confirmExtension', toMs, payment }, context)
  if (!decided.ok) return decided
  // Whoever submits a card payment has had it authorised; without that there is nothing to capture.
  if (method === 'card' && !cardPaymentBegun(db, paymentId)) return err({ code: 'payment_needed' })
  const decision = answered(env, decided.value, context)
  const extended = decided.value.events.find((event) => event.type === 'booking.extended')
  return ok({
    ...decision,
    answer: () => {
      const view = decision.answer()
      const paid = findPayment(db, paymentId)
      if (!view || !paid || !extended) return view
      const siteName = env.directory.site()?.name ?? env.directory.siteId
      // The receipt is for what was paid now: the added part.
      return { ...view, receipt: receiptView(paid, { siteName, price: extended.body.price }) }
    },
  })
}
