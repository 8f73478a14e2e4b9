/** What a card payment asks of a gateway; `paymentId` is also the idempotency key. */
export interface CardAuthorisation {
  readonly paymentId: string
  readonly amountMinor: number
  readonly currency: string
  /** A token that stands for the card; the gateway's own, never a number. */
  readonly card: string
}

/** A refund of a captured payment under an id of its own. */
export interface CardRefund {
  readonly refundId: string
  readonly paymentId: string
  readonly amountMinor: number
}

/**
 * Where card money is taken. Every call is idempotent under its id: repeating it after a lost answer or a
 * crash changes nothing. A call rejects with a `SiteError` when the gateway cannot be reached.
 */
export interface CardGateway {
  /** Reserves the amount on the card; no money moves. An id that was released may be authorised again. */
  authorise(authorisation: CardAuthorisation): Promise<'authorised' | 'declined'>
  /** Takes what was authorised. `gone` when there is no such authorisation any more. */
  capture(paymentId: string): Promise<'captured' | 'gone'>
  /** Releases an authorisation that was not captured; an unknown id is released already. */
  release(paymentId: string): Promise<void>
  /** Gives money back; `refused` when it would exceed what was captured. */
  refund(refund: CardRefund): Promise<'refunded' | 'refused'>
}
