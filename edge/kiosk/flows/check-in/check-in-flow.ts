/**
 * The steps of checking in, cancelling, staying longer or leaving at the kiosk; `back` goes along ◄.
 *
 *   enter ◄─┬─► member ──► choose ◄─┐
 *           └──────────────────────►└► booking ◄─► asking, leaving ──────────► done
 *                                       │  └─────────────────────────────────► done
 *                                       └◄─► extending ◄─► price ◄─► cash ───► done
 */
import type { BookingView, ReceiptView } from '@gatehouse/shared/api/views'
import { assertNever } from '@gatehouse/shared/result/result'

/** A member's own bookings, when a member was recognised. */
export interface Own {
  readonly displayName: string
  readonly bookings: readonly BookingView[]
}

export type CheckInState =
  | { readonly kind: 'enter' }
  | { readonly kind: 'member' }
  | { readonly kind: 'choose'; readonly own: Own }
  | {
      readonly kind: 'booking' | 'asking' | 'leaving'
      readonly own: Own | undefined
      readonly booking: BookingView
    }
  | {
      readonly kind: 'extending' | 'price' | 'cash'
      readonly own: Own | undefined
      readonly booking: BookingView
    }
  | {
      readonly kind: 'done'
      readonly booking: BookingView
      readonly extended?: boolean
      readonly receipt?: ReceiptView | undefined
    }

export type CheckInEvent =
  | { readonly kind: 'asMember' }
  | { readonly kind: 'recognised'; readonly own: Own }
  | { readonly kind: 'found'; readonly booking: BookingView }
  /** The code of a booking was scanned, also while another one is shown. */
  | { readonly kind: 'scanned'; readonly booking: BookingView | undefined }
  | { readonly kind: 'askCancel' }
  | { readonly kind: 'askLeave' }
  | { readonly kind: 'askExtend' }
  /** The site holds a later end, or moved it at once when nothing is to pay. */
  | { readonly kind: 'extensionHeld'; readonly booking: BookingView }
  | { readonly kind: 'payCash' }
  | { readonly kind: 'extended'; readonly booking: BookingView; readonly receipt: ReceiptView | undefined }
  | { readonly kind: 'changed'; readonly booking: BookingView }
  | { readonly kind: 'back' }

const moneySteps: ReadonlySet<CheckInState['kind']> = new Set(['extending', 'price', 'cash'])

/** The next step. An event that does not belong to the step changes nothing: a late answer is not an error. */
export function checkInStep(state: CheckInState, event: CheckInEvent): CheckInState {
  switch (event.kind) {
    case 'asMember':
      return state.kind === 'enter' ? { kind: 'member' } : state
    case 'recognised':
      return state.kind === 'enter' || state.kind === 'member' ? { kind: 'choose', own: event.own } : state
    case 'found':
      if (state.kind === 'enter') return { kind: 'booking', own: undefined, booking: event.booking }
      return state.kind === 'choose' ? { kind: 'booking', own: state.own, booking: event.booking } : state
    case 'scanned':
      // Who is about to pay is not interrupted.
      if (moneySteps.has(state.kind)) return state
      return event.booking ? { kind: 'booking', own: undefined, booking: event.booking } : { kind: 'enter' }
    case 'askCancel':
      return state.kind === 'booking' ? { ...state, kind: 'asking' } : state
    case 'askLeave':
      return state.kind === 'booking' ? { ...state, kind: 'leaving' } : state
    case 'askExtend':
      return state.kind === 'booking' ? { ...state, kind: 'extending' } : state
    case 'extensionHeld':
      if (state.kind !== 'extending') return state
      if (event.booking.extension) return { ...state, kind: 'price', booking: event.booking }
      return { kind: 'done', booking: event.booking, extended: true }
    case 'payCash':
      return state.kind === 'price' ? { ...state, kind: 'cash' } : state
    case 'extended':
      return state.kind === 'price' || state.kind === 'cash'
        ? { kind: 'done', booking: event.booking, extended: true, receipt: event.receipt }
        : state
    case 'changed':
      return state.kind === 'booking' || state.kind === 'asking' || state.kind === 'leaving'
        ? { kind: 'done', booking: event.booking }
        : state
    case 'back':
      return stepBack(state)
    default:
      return assertNever(event)
  }
}

function stepBack(state: CheckInState): CheckInState {
  switch (state.kind) {
    case 'enter':
    case 'done':
      return state
    case 'member':
    case 'choose':
      return { kind: 'enter' }
    case 'booking':
      return state.own ? { kind: 'choose', own: state.own } : { kind: 'enter' }
    case 'asking':
    case 'leaving':
    case 'extending':
      return { ...state, kind: 'booking' }
    case 'price':
      return { ...state, kind: 'extending' }
    case 'cash':
      return { ...state, kind: 'price' }
    default:
      return assertNever(state)
  }
}
