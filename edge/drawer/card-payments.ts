import { SiteError } from '@gatehouse/shared/errors/site-error'
import {
  type CommandId,
  effectIdSchema,
  newId,
  type PaymentId,
  paymentIdSchema,
  randomCode,
} from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { EntryBody } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import type { EffectRequest, Refusal } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import type { EffectHandler, Settlement } from '../ledger/effects.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { commandIdOf } from '../ledger/receipts.ts'
import { statement } from '../ledger/statements.ts'
import type { CardGateway } from './card-gateway.ts'
import { findPayment } from './payment-store.ts'

/**
 * Card money is taken around the site's yes (decision record: card-payments.md).
 *
 *   begin (durable) ─▶ authorise ─▶ the deciding command commits payment.captured ─▶ capture (effect, repeatable)
 *                         └ declined, or the command refused ─▶ release ─▶ end
 *   crash before the commit ─▶ release at the next start · crash after it ─▶ capture again under the same id
 */

const effectDeadlineMs = 24 * 3_600_000
// With the waits between them a day and an hour: longer than a gateway or a line is usually away.
const attemptsMax = 1_500
const firstWaitMs = 500
const waitMaxMs = 60_000

/** The payment id that one attempt `(caller, key)` always has. */
export function paymentIdOf(caller: string, key: string): PaymentId {
  return paymentIdOfCommand(commandIdOf(caller, key))
}

/** The payment id that a command takes money under. */
export function paymentIdOfCommand(commandId: CommandId): PaymentId {
  return paymentIdSchema.parse(`pay_${commandId.slice(4)}`)
}

/** The effects that move card money for what a decision recorded; money the cloud took is moved there. */
export function cardEffects(
  events: readonly { readonly type: string; readonly body: unknown }[],
  random: Random,
): EffectRequest[] {
  return events.flatMap((event) => {
    if (event.type === 'payment.captured') return effectOf('capturePayment', event.body, random)
    if (event.type === 'payment.refunded') return effectOf('refundPayment', event.body, random)
    return []
  })
}

type Movement = EntryBody<'payment.captured'> & { readonly ofPaymentId?: PaymentId }

function effectOf(
  kind: 'capturePayment' | 'refundPayment',
  recorded: unknown,
  random: Random,
): EffectRequest[] {
  const { method, takenBy, amountMinor, paymentId, ofPaymentId } = recorded as Movement
  if (method !== 'card' || takenBy !== 'site' || amountMinor === 0) return []
  const body =
    kind === 'capturePayment' ? { paymentId } : { refundId: paymentId, paymentId: ofPaymentId, amountMinor }
  return [{ effectId: newId(effectIdSchema, 'fx', random), kind, body, deadlineMs: effectDeadlineMs }]
}

export interface CardPaymentsOptions {
  readonly gateway: CardGateway
  readonly random: Random
  /** Resolves after so many milliseconds; spaces repeated calls to the gateway. */
  readonly wait: (ms: number) => Promise<void>
}

/** A card payment as a route starts it, before the command that decides. */
export interface CardPayment {
  readonly paymentId: PaymentId
  readonly subjectId: string
  readonly amountMinor: number
  readonly currency: string
  readonly card: string
}

/** Drives the card gateway around the kernel's decisions. */
export class CardPayments {
  readonly #options: CardPaymentsOptions

  constructor(options: CardPaymentsOptions) {
    this.#options = options
  }

  /** Remembers the attempt, then reserves the amount. Refuses `payment_declined`, `card_unavailable` and what the kernel refuses. */
  async authorise(kernel: Kernel, payment: CardPayment): Promise<Result<null, Refusal>> {
    const { card, ...begun } = payment
    const key = this.#freshKey(payment.paymentId)
    const remembered = await kernel.submit({ kind: 'beginCardPayment', caller: 'drawer', key, input: begun })
    if (!remembered.ok) return err(remembered.refusal)
    try {
      const { paymentId, amountMinor, currency } = payment
      const answer = await this.#options.gateway.authorise({ paymentId, amountMinor, currency, card })
      if (answer === 'authorised') return ok(null)
      await this.#end(kernel, paymentId)
      return err({ code: 'payment_declined' })
    } catch (error) {
      if (!(error instanceof SiteError)) throw error
      await this.release(kernel, payment.paymentId)
      return err({ code: 'card_unavailable' })
    }
  }

  /** Gives an authorisation back that no decision used. What cannot be released now is tried at the next start. */
  async release(kernel: Kernel, paymentId: PaymentId): Promise<void> {
    // Under the same key another request may have been accepted; its money stays.
    if (findPayment(kernel.db, paymentId)) return
    try {
      await this.#options.gateway.release(paymentId)
      await this.#end(kernel, paymentId)
    } catch (error) {
      if (!(error instanceof SiteError)) throw error
    }
  }

  /** Releases every attempt that a crash left without a decision; called once, before new commands are taken. */
  async recover(kernel: Kernel): Promise<number> {
    const left = strayAttempts(kernel.db)
    for (const paymentId of left) await this.release(kernel, paymentId)
    return left.length
  }

  /** The handlers of `capturePayment` and `refundPayment`; both are repeated after a crash. */
  effectHandlers(): EffectHandler[] {
    const capture = z.object({ paymentId: z.string() })
    const refund = z.object({ refundId: z.string(), paymentId: z.string(), amountMinor: z.int() })
    const { gateway } = this.#options
    return [
      {
        kind: 'capturePayment',
        afterCrash: 'repeat',
        perform: async ({ body }) => {
          const { paymentId } = capture.parse(body)
          return this.#move(paymentId, 'captured', () => gateway.capture(paymentId))
        },
      },
      {
        kind: 'refundPayment',
        afterCrash: 'repeat',
        perform: async ({ body }) => {
          const asked = refund.parse(body)
          return this.#move(asked.refundId, 'refunded', () => gateway.refund(asked))
        },
      },
    ]
  }

  /** Moves money, asking until the gateway answers; what it refuses for good names the payment, for a person. */
  async #move(
    id: string,
    wanted: string,
    call: () => Promise<string>,
  ): Promise<Omit<Settlement, 'effectId'>> {
    const paymentId = paymentIdSchema.parse(id)
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await call()
        return answer === wanted ? { outcome: 'done' } : { outcome: 'failed', detail: answer, paymentId }
      } catch (error) {
        if (!(error instanceof SiteError)) throw error
        if (!error.retryable || attempt === attemptsMax)
          return { outcome: 'failed', detail: error.code, paymentId }
        await this.#options.wait(Math.min(waitMaxMs, firstWaitMs * 2 ** attempt))
      }
    }
  }

  // Each call is a command of its own: the attempt may be begun, ended and begun again.
  #freshKey(paymentId: PaymentId): string {
    return `${paymentId}.${randomCode(this.#options.random, 12)}`
  }

  #end(kernel: Kernel, paymentId: PaymentId): Promise<unknown> {
    return kernel.submit({
      kind: 'endCardPayment',
      caller: 'drawer',
      key: this.#freshKey(paymentId),
      input: { paymentId },
    })
  }
}

function strayAttempts(db: SiteDatabase): PaymentId[] {
  return statement<{ id: PaymentId }>(
    db,
    `SELECT payment_id AS id FROM card_attempts a
     WHERE NOT EXISTS (SELECT 1 FROM payments p WHERE p.payment_id = a.payment_id)`,
  )
    .all()
    .map(({ id }) => id)
}
