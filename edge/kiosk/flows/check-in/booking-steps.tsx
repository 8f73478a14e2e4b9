import type { BookingView } from '@gatehouse/shared/api/views'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import { type Action, useAction } from '../../action/use-action.ts'
import { ActionButton } from '../../frame/action-button.tsx'
import { Closing } from '../../frame/idle-guard.tsx'
import { useWipe } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import receipt from '../../receipt/receipt.module.css'
import { cancelBooking, checkInBooking } from '../../site/kiosk-api.ts'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import type { CheckInEvent, CheckInState } from './check-in-flow.ts'

type State = Extract<CheckInState, { kind: 'booking' | 'asking' | 'done' }>

/** The booking that was found: check in, or cancel after seeing what comes back. */
export function BookingSteps(props: {
  readonly state: State
  readonly send: (event: CheckInEvent) => void
  readonly back: () => void
}): ReactNode {
  const { state, send, back } = props
  const changed = (booking: BookingView) => send({ kind: 'changed', booking })
  const checkIn = useAction(checkInBooking, changed)
  const cancel = useAction(cancelBooking, changed)
  switch (state.kind) {
    case 'booking':
      return (
        <FoundStep
          {...{ booking: state.booking, checkIn, back }}
          onCancel={() => send({ kind: 'askCancel' })}
        />
      )
    case 'asking':
      return <AskCancelStep {...{ booking: state.booking, cancel, back }} />
    case 'done':
      return <ChangedStep booking={state.booking} />
  }
}

function Facts(props: { readonly booking: BookingView }): ReactNode {
  const { booking } = props
  const { site } = useSite()
  const t = useWords()
  return (
    <div className={receipt.card}>
      <strong className={receipt.big}>{booking.reference}</strong>
      <p className={receipt.facts} style={{ marginTop: 12 }}>
        <b>{booking.spaceName}</b>
        <span>
          <IntervalText fromMs={booking.fromMs} toMs={booking.toMs} timeZone={site.timeZone} />
        </span>
        <span>{t(`status.${booking.status}`)}</span>
      </p>
    </div>
  )
}

function FoundStep(props: {
  readonly booking: BookingView
  readonly checkIn: Action<string>
  readonly onCancel: () => void
  readonly back: () => void
}): ReactNode {
  const { booking, checkIn } = props
  const t = useWords()
  const cancellable = booking.status === 'confirmed' || booking.status === 'held'
  return (
    <StepFrame
      title={t('checkIn.yours')}
      problem={checkIn.problem}
      onBack={props.back}
      primary={
        booking.status === 'confirmed' ? (
          <ActionButton tone="primary" busy={checkIn.busy} onPress={() => checkIn.start(booking.bookingId)}>
            {t('checkIn.do')}
          </ActionButton>
        ) : undefined
      }
    >
      <Facts booking={booking} />
      {cancellable ? (
        <div>
          <ActionButton tone="danger" unavailable={checkIn.busy} onPress={props.onCancel}>
            {t('checkIn.cancelBooking')}
          </ActionButton>
        </div>
      ) : null}
    </StepFrame>
  )
}

function AskCancelStep(props: {
  readonly booking: BookingView
  readonly cancel: Action<string>
  readonly back: () => void
}): ReactNode {
  const { booking, cancel } = props
  const t = useWords()
  const { locale } = useLanguage()
  const feeMinor = booking.cancelFeeMinor ?? 0
  const money = (minor: number) => formatMoney(minor, booking.price.currency, locale)
  const refund = money(Math.max(0, booking.paidMinor - feeMinor))
  const costs =
    feeMinor > 0 ? t('checkIn.cancelFee', { fee: money(feeMinor), refund }) : t('checkIn.cancelFree')
  return (
    <StepFrame
      title={t('checkIn.cancelTitle')}
      lead={costs}
      problem={cancel.problem}
      onBack={props.back}
      closing={<ActionButton onPress={props.back}>{t('checkIn.keep')}</ActionButton>}
      primary={
        <ActionButton tone="dangerFilled" busy={cancel.busy} onPress={() => cancel.start(booking.bookingId)}>
          {t('checkIn.cancelBooking')}
        </ActionButton>
      }
    >
      <Facts booking={booking} />
    </StepFrame>
  )
}

function ChangedStep(props: { readonly booking: BookingView }): ReactNode {
  const { booking } = props
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const wipe = useWipe()
  const cancelled = booking.status === 'cancelled'
  const refund = formatMoney(booking.refundedMinor, booking.price.currency, locale)
  const time = formatTime(booking.toMs, locale, 'time', site.timeZone)
  const lead = cancelled
    ? t(booking.refundedMinor > 0 ? 'checkIn.cancelledRefund' : 'checkIn.cancelledHint', { amount: refund })
    : t('checkIn.doneHint', { name: booking.spaceName, time })
  return (
    <StepFrame
      title={t(cancelled ? 'checkIn.cancelledTitle' : 'checkIn.doneTitle')}
      lead={lead}
      closing={<Closing />}
      primary={
        <ActionButton tone="primary" onPress={wipe}>
          {t('finish')}
        </ActionButton>
      }
    >
      <Facts booking={booking} />
    </StepFrame>
  )
}
