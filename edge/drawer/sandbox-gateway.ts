import Database from 'better-sqlite3'
import type { CardAuthorisation, CardGateway, CardRefund } from './card-gateway.ts'

/** The sandbox card that is always declined. */
const decliningCard = 'sandbox_declined'
/** The sandbox card that is accepted and whose reservation lapses before the money is taken. Every other card pays. */
export const lapsingCard = 'sandbox_lapses'

type State = 'authorised' | 'declined' | 'lapsed' | 'captured' | 'released'

/** What the sandbox gateway holds about one payment; amounts in minor units. */
export interface SandboxPayment {
  readonly paymentId: string
  readonly state: State
  readonly amountMinor: number
  readonly refundedMinor: number
}

const tables = `
CREATE TABLE IF NOT EXISTS authorisations (
  payment_id TEXT PRIMARY KEY, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, state TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refunds (
  refund_id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, amount_minor INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refunds_by_payment ON refunds (payment_id);`

/**
 * A card gateway that moves no money. Like a real one it lives outside the site's store, in a file of its own,
 * so that a killed edge finds there what it had asked for.
 */
export class SandboxGateway implements CardGateway {
  readonly #db: Database.Database

  constructor(path: string) {
    this.#db = new Database(path)
    this.#db.pragma('journal_mode = WAL')
    this.#db.pragma('synchronous = NORMAL')
    this.#db.exec(tables)
  }

  async authorise(asked: CardAuthorisation): Promise<'authorised' | 'declined'> {
    const state = stateOfNew(asked.card)
    this.#db
      .prepare(
        `INSERT INTO authorisations VALUES (?, ?, ?, ?)
         ON CONFLICT (payment_id) DO UPDATE SET state = excluded.state WHERE state = 'released'`,
      )
      .run(asked.paymentId, asked.amountMinor, asked.currency, state)
    const stored = this.#state(asked.paymentId)
    return stored === 'declined' || stored === 'released' ? 'declined' : 'authorised'
  }

  async capture(paymentId: string): Promise<'captured' | 'gone'> {
    this.#move(paymentId, 'authorised', 'captured')
    return this.#state(paymentId) === 'captured' ? 'captured' : 'gone'
  }

  async release(paymentId: string): Promise<void> {
    this.#move(paymentId, 'authorised', 'released')
  }

  async refund({ refundId, paymentId, amountMinor }: CardRefund): Promise<'refunded' | 'refused'> {
    const refund = this.#db.transaction(() => {
      if (this.#db.prepare('SELECT 1 FROM refunds WHERE refund_id = ?').get(refundId)) return 'refunded'
      const payment = this.payments().find((each) => each.paymentId === paymentId)
      if (payment?.state !== 'captured') return 'refused'
      if (payment.refundedMinor + amountMinor > payment.amountMinor) return 'refused'
      this.#db.prepare('INSERT INTO refunds VALUES (?, ?, ?)').run(refundId, paymentId, amountMinor)
      return 'refunded'
    })
    return refund.immediate()
  }

  /** Everything the gateway has been asked for, for tests and the reconciliation of the demo. */
  payments(): SandboxPayment[] {
    return this.#db
      .prepare<[], SandboxPayment>(
        `SELECT payment_id AS paymentId, state, a.amount_minor AS amountMinor,
           (SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r WHERE r.payment_id = a.payment_id)
             AS refundedMinor
         FROM authorisations a ORDER BY payment_id`,
      )
      .all()
  }

  close(): void {
    this.#db.close()
  }

  #state(paymentId: string): State | undefined {
    return this.#db
      .prepare<[string], { state: State }>('SELECT state FROM authorisations WHERE payment_id = ?')
      .get(paymentId)?.state
  }

  #move(paymentId: string, from: State, to: State): void {
    this.#db
      .prepare('UPDATE authorisations SET state = ? WHERE payment_id = ? AND state = ?')
      .run(to, paymentId, from)
  }
}

function stateOfNew(card: string): State {
  if (card === decliningCard) return 'declined'
  return card === lapsingCard ? 'lapsed' : 'authorised'
}
