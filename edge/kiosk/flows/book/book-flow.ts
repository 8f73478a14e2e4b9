/**
 * The steps of booking a space at the kiosk; `back` goes along ◄.
 *
 *   when ◄─► space ◄─► who ◄─┬─► member ──┐
 *              ▲             └─► guest ───┴─► price ◄─► cash
 *              │                               │ │       │
 *              └── back, the hold given back ──┘ └► done ◄┘
 */

import type { BookingView, ReceiptView, SpaceView } from '@gatehouse/shared/api/views'
import { assertNever } from '@gatehouse/shared/result/result'

/** What is looked for. `startMs` absent means now. */
export interface Wish {
  readonly kind: string
  readonly startMs?: number
  readonly durationMs: number
}

/** Who books. A member token lives two minutes; it is never stored outside this state. */
export type Who =
  | { readonly kind: 'member'; readonly memberToken: string; readonly displayName: string }
  | { readonly kind: 'guest'; readonly guestName: string }

/** The interval of a space that was picked, `[fromMs, toMs)`. */
export interface Pick {
  readonly space: SpaceView
  readonly fromMs: number
  readonly toMs: number
}

export type BookState =
  | { readonly kind: 'when'; readonly wish: Wish }
  | { readonly kind: 'space'; readonly wish: Wish }
  | { readonly kind: 'who' | 'member' | 'guest'; readonly wish: Wish; readonly pick: Pick }
  | {
      readonly kind: 'price' | 'cash'
      readonly wish: Wish
      readonly pick: Pick
      readonly who: Who
      readonly booking: BookingView
    }
  | { readonly kind: 'done'; readonly booking: BookingView; readonly receipt: ReceiptView | undefined }

export type BookEvent =
  | { readonly kind: 'wished'; readonly wish: Wish }
  | { readonly kind: 'picked'; readonly pick: Pick }
  | { readonly kind: 'asked'; readonly who: 'member' | 'guest' }
  | { readonly kind: 'held'; readonly who: Who; readonly booking: BookingView }
  | { readonly kind: 'cash' }
  | { readonly kind: 'confirmed'; readonly booking: BookingView; readonly receipt: ReceiptView | undefined }
  | { readonly kind: 'back' }

/** The next step. An event that does not belong to the step changes nothing: a late answer is not an error. */
export function bookStep(state: BookState, event: BookEvent): BookState {
  switch (event.kind) {
    case 'wished':
      return state.kind === 'when' ? { kind: 'space', wish: event.wish } : state
    case 'picked':
      return state.kind === 'space' ? { kind: 'who', wish: state.wish, pick: event.pick } : state
    case 'asked':
      return state.kind === 'who' ? { ...state, kind: event.who } : state
    case 'held':
      return state.kind === 'member' || state.kind === 'guest'
        ? { kind: 'price', wish: state.wish, pick: state.pick, who: event.who, booking: event.booking }
        : state
    case 'cash':
      return state.kind === 'price' ? { ...state, kind: 'cash' } : state
    case 'confirmed':
      return state.kind === 'price' || state.kind === 'cash'
        ? { kind: 'done', booking: event.booking, receipt: event.receipt }
        : state
    case 'back':
      return stepBack(state)
    default:
      return assertNever(event)
  }
}

function stepBack(state: BookState): BookState {
  switch (state.kind) {
    case 'when':
    case 'done':
      return state
    case 'space':
      return { kind: 'when', wish: state.wish }
    case 'who':
      return { kind: 'space', wish: state.wish }
    case 'member':
    case 'guest':
      return { kind: 'who', wish: state.wish, pick: state.pick }
    case 'cash':
      return { ...state, kind: 'price' }
    case 'price':
      return { kind: 'space', wish: state.wish }
    default:
      return assertNever(state)
  }
}

/** The booking whose hold must be given back when the person leaves `state`, if any. */
export function heldBooking(state: BookState): BookingView | undefined {
  return state.kind === 'price' || state.kind === 'cash' ? state.booking : undefined
}
