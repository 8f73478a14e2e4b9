import {
  quoteViewSchema,
  receiptViewSchema,
  type SessionView,
  sessionViewSchema,
} from '@gatehouse/shared/api/views'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { z } from 'zod'

const timeoutMs = 8_000
const sessionsSchema = z.object({ items: z.array(sessionViewSchema) })
const paidSchema = z.object({ session: sessionViewSchema, receipt: receiptViewSchema })

/** What a visitor does at the kiosk of a garage, over the kiosk's own API and credential. */
export class KioskClient {
  readonly #url: string
  readonly #secret: string
  #count = 0

  constructor(options: { readonly url: string; readonly secret: string }) {
    this.#url = options.url
    this.#secret = options.secret
  }

  /** The open stay of a plate or ticket; `undefined` when the site knows none. */
  async findSession(
    by: { readonly plate: string } | { readonly ticket: string },
  ): Promise<SessionView | undefined> {
    const { items } = sessionsSchema.parse(await this.#post('sessions/find', by))
    return items[0]
  }

  /** Pays what a stay costs now; gives the instant to leave by. Nothing due is answered at once. */
  async pay(sessionId: string, method: 'card' | 'cash'): Promise<number | undefined> {
    const quote = quoteViewSchema.parse(await this.#post(`sessions/${sessionId}/quote`, {}))
    if (quote.dueMinor === 0) return undefined
    const body = {
      quoteId: quote.quoteId,
      method,
      ...(method === 'cash' ? { tenderedMinor: Math.ceil(quote.dueMinor / 500) * 500 } : {}),
    }
    const { receipt } = paidSchema.parse(await this.#post(`sessions/${sessionId}/payments`, body))
    return receipt.leaveByMs
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    this.#count += 1
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#secret}`,
        'content-type': 'application/json',
        'idempotency-key': `demo-${process.pid}-${Date.now().toString(36)}-${this.#count}`,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const answer: unknown = await response.json()
    if (response.ok) return answer
    throw new SiteError({
      code: 'kiosk_refused',
      op: `demo.kiosk ${path}`,
      hint: `The site answered ${response.status}: ${JSON.stringify(answer)}`,
      retryable: response.status >= 500,
    })
  }
}
