import type { BookingView, ExtensionsView, ReceiptView } from '@gatehouse/shared/api/views'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { usePriceText } from '@gatehouse/shared/ui/money.tsx'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { isOpen } from '../../action/attempt.ts'
import { type Action, useAction } from '../../action/use-action.ts'
import { useGiveBack } from '../../action/use-give-back.ts'
import { Choice } from '../../choice/choice.tsx'
import { ActionButton } from '../../frame/action-button.tsx'
import { Closing } from '../../frame/idle-guard.tsx'
import { useWipe } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import { CashInstead } from '../../payment/cash-instead.tsx'
import { CashStep } from '../../payment/cash-step.tsx'
import { HoldLeft, HoldOver } from '../../receipt/hold-left.tsx'
import { PriceLines } from '../../receipt/price-lines.tsx'
import receiptCss from '../../receipt/receipt.module.css'
import { ReceiptCard } from '../../receipt/receipt-card.tsx'
import {
  confirmExtension,
  extendBooking,
  giveUpExtension,
  type PayInput,
  readExtensions,
} from '../../site/kiosk-api.ts'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import { Facts } from './booking-facts.tsx'
import type { CheckInEvent, CheckInState } from './check-in-flow.ts'

type Offer = ExtensionsView['items'][number]
type Payment = PayInput & { readonly bookingId: string; readonly toMs: number }

const minuteMs = 60_000

/** Staying longer: choose a later end, see its price, pay by card or cash. */
export function ExtendSteps(props: {
  readonly state: Extract<CheckInState, { kind: 'extending' | 'price' | 'cash' }>
  readonly send: (event: CheckInEvent) => void
  readonly back: () => void
}): ReactNode {
  const { state, send } = props
  const { booking } = state
  const { bookingId, extension } = booking
  const hold = useAction(
    (input: { readonly toMs: number }, key) => extendBooking(bookingId, input.toMs, key),
    (held) => send({ kind: 'extensionHeld', booking: held }),
  )
  const paid = useRef(false)
  const pay = useAction(
    ({ bookingId: id, ...input }: Payment, key) => confirmExtension(id, input, key),
    ({ receipt, ...extended }) => {
      paid.current = true
      send({ kind: 'extended', booking: extended, receipt })
    },
  )
  const heldToMs = state.kind === 'extending' ? undefined : extension?.toMs
  useGiveBack({
    id: heldToMs === undefined ? undefined : `${bookingId}/${heldToMs}`,
    settled: () => paid.current,
    unanswered: pay.busy || (pay.problem !== undefined && isOpen(pay.problem)),
    giveBack: async () => heldToMs && giveUpExtension(bookingId, heldToMs),
  })
  const back = () => {
    hold.clear()
    pay.clear()
    props.back()
  }
  if (state.kind === 'extending' || extension === undefined) return <ChooseEnd {...{ booking, hold, back }} />
  const { toMs, price } = extension
  const start = (input: PayInput) => pay.start({ bookingId, toMs, ...input })
  if (state.kind === 'price') {
    const onCash = () => send({ kind: 'payCash' })
    return <PriceOfEnd {...{ booking, extension, pay, back, start, onCash }} />
  }
  return (
    <CashStep
      busy={pay.busy}
      problem={pay.problem}
      onBack={back}
      dueMinor={price.totalMinor}
      currency={price.currency}
      onPay={(tenderedMinor) => start({ method: 'cash', tenderedMinor })}
    />
  )
}

function ChooseEnd(props: {
  readonly booking: BookingView
  readonly hold: Action<{ readonly toMs: number }>
  readonly back: () => void
}): ReactNode {
  const { booking, hold, back } = props
  const t = useWords()
  const { locale } = useLanguage()
  const { site } = useSite()
  const priceText = usePriceText()
  const [wished, setWished] = useState<string>()
  const offers = useQuery({
    queryKey: ['extensions', booking.bookingId],
    queryFn: ({ signal }) => readExtensions(booking.bookingId, signal),
    refetchInterval: 10_000,
    gcTime: 0,
  })
  const words = (offer: Offer) => ({
    time: formatTime(offer.toMs, locale, 'time', site.timeZone),
    price: priceText(offer.price),
  })
  const chosen = offers.data?.items.find(({ toMs }) => String(toMs) === wished)
  return (
    <StepFrame
      title={t('extend.do')}
      problem={hold.problem}
      onBack={hold.busy ? undefined : back}
      primary={
        <ActionButton
          tone="primary"
          unavailable={chosen === undefined}
          busy={hold.busy}
          onPress={() => chosen && hold.start({ toMs: chosen.toMs })}
        >
          {chosen ? t('extend.take', words(chosen)) : t('extend.takeNothing')}
        </ActionButton>
      }
    >
      <Facts booking={booking} />
      <Faces query={offers} rows={2}>
        {({ items, toMs }) =>
          items.length === 0 ? (
            <Notice title={t('extend.none')}>{t('extend.noneHint')}</Notice>
          ) : (
            <Choice
              label={t('extend.title')}
              options={items.map((offer) => ({
                value: String(offer.toMs),
                label: offer.longest
                  ? t('extend.longest')
                  : t('extend.more', { count: Math.round((offer.toMs - toMs) / minuteMs) }),
                hint: t('extend.until', words(offer)),
              }))}
              value={wished}
              onChange={setWished}
              width={300}
            />
          )
        }
      </Faces>
    </StepFrame>
  )
}

function PriceOfEnd(props: {
  readonly booking: BookingView
  readonly extension: NonNullable<BookingView['extension']>
  readonly pay: Action<Payment>
  readonly back: () => void
  readonly start: (input: PayInput) => void
  readonly onCash: () => void
}): ReactNode {
  const { booking, extension, pay } = props
  const { price, toMs, holdUntilMs } = extension
  const t = useWords()
  const { locale } = useLanguage()
  const { site } = useSite()
  const over = useServerNowMs() >= holdUntilMs && !pay.busy
  return (
    <StepFrame
      title={t('extend.priceTitle', { time: formatTime(toMs, locale, 'time', site.timeZone) })}
      problem={pay.problem}
      onBack={pay.busy ? undefined : props.back}
      primary={
        over ? (
          <ActionButton tone="primary" onPress={props.back}>
            {t('extend.again')}
          </ActionButton>
        ) : (
          <ActionButton tone="primary" busy={pay.busy} onPress={() => props.start({ method: 'card' })}>
            {t('pay.card', { amount: formatMoney(price.totalMinor, price.currency, locale) })}
          </ActionButton>
        )
      }
    >
      <div className={receiptCss.priced}>
        <p className={receiptCss.facts}>
          <b>{booking.spaceName}</b>
        </p>
        {over ? <HoldOver /> : <HoldLeft untilMs={holdUntilMs} />}
        <div className={receiptCss.card}>
          <PriceLines price={price} />
        </div>
        {over ? null : <CashInstead busy={pay.busy} onCash={props.onCash} />}
      </div>
    </StepFrame>
  )
}

/** The new end, and the receipt of what it cost. */
export function ExtendedStep(props: {
  readonly booking: BookingView
  readonly receipt: ReceiptView | undefined
}): ReactNode {
  const { booking, receipt } = props
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const wipe = useWipe()
  const time = formatTime(booking.toMs, locale, 'time', site.timeZone)
  return (
    <StepFrame
      title={t('extend.doneTitle')}
      lead={t('extend.doneHint', { name: booking.spaceName, time })}
      closing={<Closing />}
      primary={
        <ActionButton tone="primary" onPress={wipe}>
          {t('finish')}
        </ActionButton>
      }
    >
      <div className={receiptCss.pair}>
        <Facts booking={booking} />
        {receipt === undefined ? null : <ReceiptCard receipt={receipt} reference={booking.reference} />}
      </div>
    </StepFrame>
  )
}
