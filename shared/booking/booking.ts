import type { BookingId, PaymentId, SpaceId } from '../ids/ids.ts'
import { assertNever } from '../result/result.ts'
import { addPrices } from '../tariffs/added-price.ts'
import type { EntryBody, Holder, LedgerEvent, PaymentMethod, Price } from '../wire/v1/entries.ts'

/**
 * One booking of one space.
 *
 *   none ──hold──▶ held ──confirm──▶ confirmed ──check in──▶ checked_in ──complete──▶ completed
 *                   │ │                │  │
 *                   │ └─cancel─▶ cancelled ◀┘ └─grace over─▶ no_show
 *                   └─hold over─▶ expired
 *
 *   confirmed, checked_in ──extend──▶ the added part is held ──confirm extension──▶ a later end
 *                                           └─hold over─▶ as before
 *   checked_in ──release early──▶ completed, with the instant of leaving
 *
 * held, confirmed and checked_in occupy the space (RULES, Booking).
 */
export type Booking =
  | { readonly kind: 'none' }
  | (BookingFacts & { readonly kind: 'held' })
  | (BookingFacts & { readonly kind: 'confirmed' })
  | (BookingFacts & { readonly kind: 'checked_in' })
  | (BookingFacts & {
      readonly kind: 'completed'
      /** When the holder left before the end. */
      readonly endedMs?: number
    })
  | (BookingFacts & { readonly kind: 'cancelled'; readonly feeMinor: number; readonly refundMinor: number })
  | (BookingFacts & { readonly kind: 'no_show' })
  | (BookingFacts & { readonly kind: 'expired' })

export type BookingKind = Booking['kind']

/** What stays true of a booking from its hold on; times are epoch ms, intervals half-open. */
export interface BookingFacts {
  readonly bookingId: BookingId
  readonly spaceId: SpaceId
  readonly holder: Holder
  readonly reference: string
  readonly fromMs: number
  readonly toMs: number
  /** `toMs` plus the space's gap: the block `[fromMs, blockToMs)` keeps others out. */
  readonly blockToMs: number
  readonly heldAtMs: number
  readonly holdUntilMs: number
  readonly price: Price
  readonly payments: readonly BookingPayment[]
  /** A later end that waits for its payment; it occupies the space while its hold runs. */
  readonly extension?: HeldExtension
}

/** The added part of a booking, from its end on; `price` is that of the added part, `blockToMs` with the gap. */
export interface HeldExtension {
  readonly toMs: number
  readonly blockToMs: number
  readonly holdUntilMs: number
  readonly price: Price
}

/** Money taken for a booking, and how much of it was given back; minor units. */
export interface BookingPayment {
  readonly paymentId: PaymentId
  readonly method: PaymentMethod
  readonly takenBy: 'site' | 'cloud'
  readonly amountMinor: number
  readonly refundedMinor: number
}

/** The entries that booking commands produce. */
export type BookingEvent = Exclude<
  Extract<LedgerEvent, { type: `booking.${string}` | `payment.${string}` }>,
  // What the cloud sold comes into the books by decisions of its own (shared/loans/received-booking.ts).
  { type: 'booking.received' | 'booking.adopted' }
>

/** The booking before its first entry. */
export const noBooking: Booking = { kind: 'none' }

/** Tells whether a booking in this state keeps others out of its block. */
export function occupies(kind: BookingKind): boolean {
  return kind === 'held' || kind === 'confirmed' || kind === 'checked_in'
}

/**
 * Applies one recorded entry of this booking; `atMs` is the entry's wall time. Payments of sessions change
 * nothing. A fact about a booking never held is ignored: the ledger of one site cannot hold it.
 */
export function evolve(booking: Booking, event: BookingEvent, atMs: number): Booking {
  if (event.type === 'booking.held') return held(event.body, atMs)
  if (booking.kind === 'none') return booking
  switch (event.type) {
    case 'booking.confirmed':
      return { ...facts(booking), kind: 'confirmed' }
    case 'booking.cancelled': {
      const { feeMinor, refundMinor } = event.body
      return { ...lastFacts(booking), kind: 'cancelled', feeMinor, refundMinor }
    }
    case 'booking.expired':
      return { ...lastFacts(booking), kind: 'expired' }
    case 'booking.checked_in':
      return { ...facts(booking), kind: 'checked_in' }
    case 'booking.no_show':
      return { ...lastFacts(booking), kind: 'no_show' }
    case 'booking.completed': {
      const { endedMs } = event.body
      return { ...lastFacts(booking), kind: 'completed', ...(endedMs === undefined ? {} : { endedMs }) }
    }
    case 'booking.extension_held': {
      const { toMs, blockToMs, holdUntilMs, price } = event.body
      return { ...booking, extension: { toMs, blockToMs, holdUntilMs, price } }
    }
    case 'booking.extended': {
      const { toMs, blockToMs, price } = event.body
      const { extension: _, ...before } = booking
      return { ...before, toMs, blockToMs, price: addPrices(before.price, price) }
    }
    case 'booking.extension_dropped': {
      const { extension: _, ...before } = booking
      return before
    }
    case 'payment.captured':
      return event.body.subject.kind === 'booking' ? withPayment(booking, event.body) : booking
    case 'payment.refunded':
      return event.body.subject.kind === 'booking' ? withRefund(booking, event.body) : booking
    default:
      return assertNever(event)
  }
}

function held(body: EntryBody<'booking.held'>, atMs: number): Booking {
  // What it occupies is the store's matter.
  const { requestId: _, parts: __, ...rest } = body
  return { kind: 'held', ...rest, heldAtMs: atMs, payments: [] }
}

function facts(booking: Exclude<Booking, { kind: 'none' }>): BookingFacts {
  const { extension } = booking
  return extension === undefined ? lastFacts(booking) : { ...lastFacts(booking), extension }
}

// Whatever ends a booking also ends the extension that waited for its payment.
function lastFacts(booking: Exclude<Booking, { kind: 'none' }>): BookingFacts {
  const { bookingId, spaceId, holder, reference, fromMs, toMs, blockToMs } = booking
  const { heldAtMs, holdUntilMs, price, payments } = booking
  return {
    bookingId,
    spaceId,
    holder,
    reference,
    fromMs,
    toMs,
    blockToMs,
    heldAtMs,
    holdUntilMs,
    price,
    payments,
  }
}

function withPayment<B extends BookingFacts>(booking: B, body: EntryBody<'payment.captured'>): B {
  const { paymentId, method, takenBy, amountMinor } = body
  const payment = { paymentId, method, takenBy, amountMinor, refundedMinor: 0 }
  return { ...booking, payments: [...booking.payments, payment] }
}

function withRefund<B extends BookingFacts>(booking: B, body: EntryBody<'payment.refunded'>): B {
  const payments = booking.payments.map((payment) =>
    payment.paymentId === body.ofPaymentId
      ? { ...payment, refundedMinor: payment.refundedMinor + body.amountMinor }
      : payment,
  )
  return { ...booking, payments }
}
