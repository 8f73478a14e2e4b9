/**
 * The steps of paying for parking at the kiosk; `back` goes along ◄.
 *
 *   enter ◄─► choose ◄─► verify ◄─► quote ◄─► cash
 *    ▲ ▲                  ▲ │        ▲ └───► done ◄┘
 *    │ └── one found ─────┘─┘        │
 *    └───► lost ◄────────────────────┘
 *
 * `lost`: without a ticket, and no stay matches the plate. The price stands there before anything is recorded.
 */
import type { QuoteView, ReceiptView, SessionView } from '@gatehouse/shared/api/views'
import { assertNever } from '@gatehouse/shared/result/result'
import type { Price } from '@gatehouse/shared/wire/v1/entries'

/** What the vehicle is found by: what was typed (`lost`: the plate of who has no ticket), or a scanned paper. */
export interface Search {
  readonly by: 'plate' | 'ticket' | 'lost' | 'paper'
  readonly text: string
}

export type ParkingState =
  | { readonly kind: 'enter'; readonly search: Search }
  | { readonly kind: 'choose'; readonly search: Search; readonly found: readonly SessionView[] }
  | { readonly kind: 'lost'; readonly search: Search; readonly price: Price }
  | {
      readonly kind: 'verify'
      readonly search: Search
      readonly found: readonly SessionView[]
      readonly session: SessionView
    }
  | {
      readonly kind: 'quote' | 'cash'
      readonly search: Search
      readonly found: readonly SessionView[]
      readonly session: SessionView
      readonly quote: QuoteView
    }
  | {
      readonly kind: 'done'
      readonly search: Search
      readonly session: SessionView
      readonly receipt: ReceiptView
    }

export type ParkingEvent =
  | { readonly kind: 'found'; readonly search: Search; readonly found: readonly SessionView[] }
  | { readonly kind: 'nobody'; readonly search: Search; readonly price: Price }
  | { readonly kind: 'lost'; readonly session: SessionView; readonly quote: QuoteView }
  | { readonly kind: 'chosen'; readonly session: SessionView }
  | { readonly kind: 'quoted'; readonly quote: QuoteView }
  | { readonly kind: 'cash' }
  | { readonly kind: 'paid'; readonly session: SessionView; readonly receipt: ReceiptView }
  | { readonly kind: 'back' }

/** The next step. An event that does not belong to the step changes nothing: a late answer is not an error. */
export function parkingStep(state: ParkingState, event: ParkingEvent): ParkingState {
  switch (event.kind) {
    case 'found':
      return state.kind === 'enter' ? afterSearch(state, event) : state
    case 'nobody':
      return state.kind === 'enter' ? { kind: 'lost', search: event.search, price: event.price } : state
    case 'lost':
      return state.kind === 'lost' ? lostQuote(state.search, event) : state
    case 'chosen':
      return state.kind === 'choose' ? { ...state, kind: 'verify', session: event.session } : state
    case 'quoted':
      // A quote that ran out is replaced in place, also while notes are being put in.
      return state.kind === 'verify' || state.kind === 'quote'
        ? { ...state, kind: 'quote', quote: event.quote }
        : state.kind === 'cash'
          ? { ...state, quote: event.quote }
          : state
    case 'cash':
      return state.kind === 'quote' ? { ...state, kind: 'cash' } : state
    case 'paid':
      return state.kind === 'quote' || state.kind === 'cash'
        ? { kind: 'done', search: state.search, session: event.session, receipt: event.receipt }
        : state
    case 'back':
      return stepBack(state)
    default:
      return assertNever(event)
  }
}

/** Nothing found stays on the step: the screen says so beside what was typed. */
function afterSearch(state: ParkingState, event: Extract<ParkingEvent, { kind: 'found' }>): ParkingState {
  const { search, found } = event
  const [only, ...others] = found
  if (only === undefined) return state
  return others.length === 0
    ? { kind: 'verify', search, found, session: only }
    : { kind: 'choose', search, found }
}

function lostQuote(search: Search, event: Extract<ParkingEvent, { kind: 'lost' }>): ParkingState {
  const { session, quote } = event
  return { kind: 'quote', search, found: [], session, quote }
}

function stepBack(state: ParkingState): ParkingState {
  switch (state.kind) {
    case 'enter':
    case 'done':
      return state
    case 'choose':
    case 'lost':
      return { kind: 'enter', search: state.search }
    case 'verify':
      return state.found.length > 1
        ? { kind: 'choose', search: state.search, found: state.found }
        : { kind: 'enter', search: state.search }
    case 'quote': {
      const { search, found, session } = state
      // A stay made up for a lost ticket has nothing to recognise it by.
      if (found.length === 0) return { kind: 'enter', search }
      return { kind: 'verify', search, found, session }
    }
    case 'cash':
      return { ...state, kind: 'quote' }
    default:
      return assertNever(state)
  }
}
