import { type ReactNode, useReducer, useRef } from 'react'
import { isOpen } from '../../action/attempt.ts'
import { useAction } from '../../action/use-action.ts'
import { useGiveBack } from '../../action/use-give-back.ts'
import { CashStep } from '../../payment/cash-step.tsx'
import { cancelBooking, confirmBooking, holdBooking, type PayInput } from '../../site/kiosk-api.ts'
import { useSite } from '../../site/site-context.tsx'
import { Alternatives } from './alternatives.tsx'
import { type BookState, bookStep, heldBooking, type Pick, type Who } from './book-flow.ts'
import { BookedStep } from './booked-step.tsx'
import { AskingBack } from './lent.tsx'
import { PriceStep } from './price-step.tsx'
import { SpaceStep } from './space-step.tsx'
import { WhenStep } from './when-step.tsx'
import { GuestStep, MemberStep, WhoStep } from './who-steps.tsx'

type Target = { readonly spaceId: string; readonly fromMs: number; readonly toMs: number }

const targetOf = (pick: Pick): Target => ({
  spaceId: pick.space.spaceId,
  fromMs: pick.fromMs,
  toMs: pick.toMs,
})

function holdInput({ target, who }: { readonly target: Target; readonly who: Who }) {
  const { spaceId, fromMs, toMs } = target
  return who.kind === 'member'
    ? { spaceId, fromMs, toMs, memberToken: who.memberToken }
    : { spaceId, fromMs, toMs, guestName: who.guestName }
}

/** Booking a space, from the wish to the receipt. */
export function Book(): ReactNode {
  const { site } = useSite()
  const [state, send] = useReducer(bookStep, undefined, (): BookState => {
    const kind = Object.entries(site.freeNow).find(([, { free }]) => free > 0)?.[0]
    return {
      kind: 'when',
      wish: { kind: kind ?? Object.keys(site.freeNow)[0] ?? 'desk', durationMs: 3_600_000 },
    }
  })
  const hold = useAction(
    (input: { readonly target: Target; readonly who: Who }, key) => holdBooking(holdInput(input), key),
    (booking, { who }) => send({ kind: 'held', who, booking }),
  )
  const pay = useAction(
    ({ bookingId, ...input }: PayInput & { readonly bookingId: string }, key) =>
      confirmBooking(bookingId, input, key),
    ({ receipt, ...booking }) => send({ kind: 'confirmed', booking, receipt }),
  )
  const held = heldBooking(state)?.bookingId
  const paid = useRef(false)
  paid.current = state.kind === 'done'
  useGiveBack({
    id: held,
    settled: () => paid.current,
    unanswered: pay.busy || (pay.problem !== undefined && isOpen(pay.problem)),
    giveBack: async () => held && cancelBooking(held),
  })
  const back = () => {
    hold.clear()
    pay.clear()
    send({ kind: 'back' })
  }
  switch (state.kind) {
    case 'when':
      return <WhenStep wish={state.wish} onWish={(wish) => send({ kind: 'wished', wish })} />
    case 'space':
      return <SpaceStep wish={state.wish} onPick={(pick) => send({ kind: 'picked', pick })} onBack={back} />
    case 'who':
      return <WhoStep onAsk={(who) => send({ kind: 'asked', who })} onBack={back} />
    case 'member':
    case 'guest':
      return <Identify {...{ state, hold, back }} />
    case 'price':
    case 'cash':
      return <Pay {...{ state, pay, back }} onCash={() => send({ kind: 'cash' })} />
    case 'done':
      return <BookedStep booking={state.booking} receipt={state.receipt} />
  }
}

type Hold = ReturnType<typeof useAction<{ readonly target: Target; readonly who: Who }, unknown>>

function Identify(props: {
  readonly state: Extract<BookState, { kind: 'who' | 'member' | 'guest' }>
  readonly hold: Hold
  readonly back: () => void
}): ReactNode {
  const { state, hold, back } = props
  const lastWho = useRef<Who>(undefined)
  const holdFor = (who: Who, target = targetOf(state.pick)) => {
    lastWho.current = who
    hold.start({ target, who })
  }
  const shared = { onBack: back, busy: hold.busy, problem: hold.problem }
  const instead = (
    <>
      <AskingBack space={state.pick.space} busy={hold.busy} />
      <Alternatives
        problem={hold.problem}
        onTake={(target) => lastWho.current && holdFor(lastWho.current, target)}
      />
    </>
  )
  return state.kind === 'member' ? (
    <MemberStep
      {...shared}
      onKnown={({ memberToken, displayName }) => holdFor({ kind: 'member', memberToken, displayName })}
    >
      {instead}
    </MemberStep>
  ) : (
    <GuestStep {...shared} onNamed={(guestName) => holdFor({ kind: 'guest', guestName })}>
      {instead}
    </GuestStep>
  )
}

function Pay(props: {
  readonly state: Extract<BookState, { kind: 'price' | 'cash' }>
  readonly pay: ReturnType<typeof useAction<PayInput & { readonly bookingId: string }, unknown>>
  readonly onCash: () => void
  readonly back: () => void
}): ReactNode {
  const { state, pay, onCash, back } = props
  const { bookingId, price } = state.booking
  const shared = { busy: pay.busy, problem: pay.problem, onBack: back }
  if (state.kind === 'price') {
    const { booking, who } = state
    return (
      <PriceStep
        {...{ ...shared, booking, who, onCash }}
        onPay={(input) => pay.start({ bookingId, ...input })}
      />
    )
  }
  return (
    <CashStep
      {...shared}
      dueMinor={price.totalMinor}
      currency={price.currency}
      onPay={(tenderedMinor) => pay.start({ bookingId, method: 'cash', tenderedMinor })}
    />
  )
}
