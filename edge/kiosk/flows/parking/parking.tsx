import type { SessionView } from '@gatehouse/shared/api/views'
import { type ReactNode, useReducer } from 'react'
import { useAction } from '../../action/use-action.ts'
import { CashStep } from '../../payment/cash-step.tsx'
import { type PayInput, paySession, quoteSession } from '../../site/kiosk-api.ts'
import { FindStep } from './find-step.tsx'
import { LostStep } from './lost-step.tsx'
import { PaidStep } from './paid-step.tsx'
import { type ParkingEvent, type ParkingState, parkingStep } from './parking-flow.ts'
import { QuoteStep } from './quote-step.tsx'
import { ChooseStep, VerifyStep } from './session-steps.tsx'

type Payment = PayInput & { readonly sessionId: string; readonly quoteId: string }

/** Paying for parking, from the plate to the time to leave by. */
export function Parking(): ReactNode {
  const [state, send] = useReducer(parkingStep, {
    kind: 'enter',
    search: { by: 'plate', text: '' },
  } as ParkingState)
  const quote = useAction(quoteSession, (answer) => send({ kind: 'quoted', quote: answer }))
  const pay = useAction(
    ({ sessionId, ...input }: Payment, key) => paySession(sessionId, input, key),
    ({ session, receipt }) => send({ kind: 'paid', session, receipt }),
  )
  const back = () => {
    quote.clear()
    pay.clear()
    send({ kind: 'back' })
  }
  const payNow = (session: SessionView, quoteId: string, input: PayInput) =>
    pay.start({ sessionId: session.sessionId, quoteId, ...input })
  switch (state.kind) {
    case 'enter':
    case 'lost':
    case 'choose':
      return <Finding {...{ state, send, onBack: back }} />
    case 'verify':
      return <VerifyStep session={state.session} {...{ quote, onBack: back }} />
    case 'quote':
      return (
        <QuoteStep
          {...{ session: state.session, current: state.quote, quote, pay, onBack: back }}
          onCash={() => send({ kind: 'cash' })}
          onPay={(input) => payNow(state.session, state.quote.quoteId, input)}
        />
      )
    case 'cash':
      return (
        <CashStep
          dueMinor={state.quote.dueMinor}
          currency={state.quote.price.currency}
          busy={pay.busy}
          problem={pay.problem}
          onBack={back}
          onPay={(tenderedMinor) =>
            payNow(state.session, state.quote.quoteId, { method: 'cash', tenderedMinor })
          }
        />
      )
    case 'done':
      return (
        <PaidStep
          receipt={state.receipt}
          {...(state.search.by === 'lost' ? { exitCode: state.session.ticket } : {})}
        />
      )
  }
}

/** Until the vehicle is known: typing, choosing among several, or the price of a lost ticket. */
function Finding(props: {
  readonly state: Extract<ParkingState, { kind: 'enter' | 'lost' | 'choose' }>
  readonly send: (event: ParkingEvent) => void
  readonly onBack: () => void
}): ReactNode {
  const { state, send, onBack } = props
  switch (state.kind) {
    case 'enter':
      return (
        <FindStep
          search={state.search}
          onFound={(search, found) => send({ kind: 'found', search, found })}
          onNobody={(search, price) => send({ kind: 'nobody', search, price })}
        />
      )
    case 'lost':
      return (
        <LostStep
          plate={state.search.text}
          price={state.price}
          onAccepted={(session, quote) => send({ kind: 'lost', session, quote })}
          onBack={onBack}
        />
      )
    case 'choose':
      return (
        <ChooseStep
          found={state.found}
          onChoose={(session) => send({ kind: 'chosen', session })}
          onBack={onBack}
        />
      )
  }
}
