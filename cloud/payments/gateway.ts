import type { Result } from '@gatehouse/shared/result/result'

/** A card as the gateway knows it; for the sandbox a name, never a number. */
export type CardToken = string

export interface Charge {
  /** The same key is the same charge, however often it is sent; persisted before the call. */
  readonly idempotencyKey: string
  readonly amountMinor: number
  readonly currency: string
  readonly card: CardToken
}

/**
 * The port to whoever moves card money. Every call may be repeated with the same keys and then changes
 * nothing more. Throws `SiteError` when the gateway cannot be reached.
 */
export interface PaymentGateway {
  /** Reserves the amount; `declined` is final for this key. */
  authorise(charge: Charge): Promise<Result<void, 'declined'>>
  /** Takes the reserved amount. */
  capture(idempotencyKey: string): Promise<void>
  /** Lets go of a reserved amount; nothing when it was never reserved. */
  voidCharge(idempotencyKey: string): Promise<void>
  /** Gives back a part of what was captured, never more than that. */
  refund(refund: { idempotencyKey: string; chargeKey: string; amountMinor: number }): Promise<void>
}
