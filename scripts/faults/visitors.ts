import { bookingViewSchema, quoteViewSchema, sessionViewSchema } from '@gatehouse/shared/api/views'
import { type Random, randomInt } from '@gatehouse/shared/random/random'
import type { Acknowledged, KioskRequests } from './kiosk-requests.ts'

/** An answer that no interruption explains. */
export interface Surprise {
  readonly path: string
  readonly key: string
  readonly status: number
  readonly text: string
}

export interface VisitorsOptions {
  readonly kiosk: KioskRequests
  readonly random: Random
  readonly bayIds: readonly string[]
  readonly nowMs: number
  /** What visitors come for; every ending unless given. */
  readonly endings?: readonly Ending[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const allEndings = [
  'cash',
  'card',
  'card',
  'declined',
  'cancelled',
  'refunded',
  'rival',
  'parked_cash',
  'parked_card',
] as const
/** How a visit goes. */
type Ending = (typeof allEndings)[number]

/** People at the kiosk, one after the other: each holds a bay of their own, or pays for a stay, in one of several ways. */
export class Visitors {
  readonly #options: VisitorsOptions
  #count = 0
  readonly surprises: Surprise[] = []

  constructor(options: VisitorsOptions) {
    this.#options = options
  }

  /** How many have come so far. */
  get count(): number {
    return this.#count
  }

  /** Lets the next visitor do everything they came for; returns early once the kiosk is abandoned. */
  async next(): Promise<void> {
    const number = this.#count
    this.#count += 1
    const { random, endings = allEndings } = this.#options
    const ending = endings[randomInt(random, endings.length)] ?? 'cash'
    if (ending === 'parked_cash' || ending === 'parked_card') return this.#payStay(number, ending)
    const hold = { ...this.#slot(number), guestName: `Visitor ${number} (demo)` }
    const held = await this.#ask(`hold-${number}`, '/bookings', hold, 201)
    if (!held) return
    const { bookingId, price } = bookingViewSchema.parse(JSON.parse(held.text))
    const cash = { method: 'cash', tenderedMinor: price.totalMinor + 500 }
    const pay = (key: string, body: unknown, status = 200) =>
      this.#ask(`${key}-${number}`, `/bookings/${bookingId}/confirm`, body, status)
    const cancel = () => this.#ask(`cancel-${number}`, `/bookings/${bookingId}/cancel`, {}, 200)
    switch (ending) {
      case 'rival':
        await this.#ask(`rival-${number}`, '/bookings', hold, 409)
        await pay('cash', cash)
        return
      case 'declined':
        await pay('declined', { method: 'card', card: 'sandbox_declined' }, 402)
        await pay('card', { method: 'card', card: 'sandbox_ok' })
        return
      case 'cancelled':
        await cancel()
        return
      case 'refunded':
        await pay('card', { method: 'card', card: 'sandbox_ok' })
        await cancel()
        return
      case 'card':
        await pay('card', { method: 'card', card: 'sandbox_ok' })
        return
      default:
        await pay('cash', cash)
    }
  }

  /** A driver without a ticket: the stay, its price, the payment. */
  async #payStay(number: number, ending: 'parked_cash' | 'parked_card'): Promise<void> {
    const lost = await this.#ask(`lost-${number}`, '/sessions/lost-ticket', { vehicleClass: 'car' }, 200)
    if (!lost) return
    const { sessionId } = sessionViewSchema.parse(JSON.parse(lost.text))
    const quoted = await this.#ask(`quote-${number}`, `/sessions/${sessionId}/quote`, {}, 200)
    if (!quoted) return
    const { quoteId, dueMinor } = quoteViewSchema.parse(JSON.parse(quoted.text))
    const how =
      ending === 'parked_cash' ? { method: 'cash', tenderedMinor: dueMinor + 500 } : { method: 'card' }
    // A price that ran out while the edge was down is answered so, and then stays so.
    await this.#ask(`stay-${number}`, `/sessions/${sessionId}/payments`, { quoteId, ...how }, 200, 410)
  }

  /** A bay and an hour, 10:00 UTC on a working day, that no other visitor gets. */
  #slot(number: number) {
    const { bayIds, nowMs } = this.#options
    const workDay = Math.floor(number / bayIds.length)
    // Day 4 of the epoch was a Monday.
    const monday = Math.ceil(nowMs / dayMs / 7) * 7 + 4
    const fromMs = (monday + Math.floor(workDay / 5) * 7 + (workDay % 5)) * dayMs + 10 * hourMs
    return { spaceId: bayIds[number % bayIds.length], fromMs, toMs: fromMs + hourMs }
  }

  async #ask(
    key: string,
    path: string,
    body: unknown,
    status: number,
    orElse?: number,
  ): Promise<Acknowledged | undefined> {
    const answer = await this.#options.kiosk.persist({ key: `visitor-${key}`, path, body })
    if (answer && answer.status !== status && answer.status !== orElse) {
      this.surprises.push({ path, key, status: answer.status, text: answer.text })
    }
    return answer?.status === status ? answer : undefined
  }
}
