import type { BookingView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import type { ReactNode } from 'react'
import { type Action, useAction } from '../../action/use-action.ts'
import { ActionButton } from '../../frame/action-button.tsx'
import { Closing } from '../../frame/idle-guard.tsx'
import { useWipe } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import { cancelBooking, checkInBooking, releaseBooking } from '../../site/kiosk-api.ts'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import { Facts } from './booking-facts.tsx'
import type { CheckInEvent, CheckInState } from './check-in-flow.ts'
import { ExtendedStep, ExtendSteps } from './extend-steps.tsx'

type State = Exclude<CheckInState, { kind: 'enter' | 'member' | 'choose' }>

/** The booking that was found: check in, stay longer, leave, or cancel after seeing what comes back. */
export function BookingSteps(props: {
  readonly state: State
  readonly send: (event: CheckInEvent) => void
  readonly back: () => void
}): ReactNode {
  const { state, send, back } = props
  const changed = (booking: BookingView) => send({ kind: 'changed', booking })
  const checkIn = useAction(checkInBooking, changed)
  const cancel = useAction(cancelBooking, changed)
  const leave = useAction(releaseBooking, changed)
  switch (state.kind) {
    case 'booking':
      return (
        <FoundStep
          {...{ booking: state.booking, checkIn, back }}
          onCancel={() => send({ kind: 'askCancel' })}
          onExtend={() => send({ kind: 'askExtend' })}
          onLeave={() => send({ kind: 'askLeave' })}
        />
      )
    case 'asking':
      return <AskCancelStep {...{ booking: state.booking, cancel, back }} />
    case 'leaving':
      return <AskLeaveStep {...{ booking: state.booking, leave, back }} />
    case 'extending':
    case 'price':
    case 'cash':
      return <ExtendSteps {...{ state, send, back }} />
    case 'done':
      if (state.extended) return <ExtendedStep booking={state.booking} receipt={state.receipt} />
      return <ChangedStep booking={state.booking} />
  }
}

function FoundStep(props: {
  readonly booking: BookingView
  readonly checkIn: Action<string>
  readonly onCancel: () => void
  readonly onExtend: () => void
  readonly onLeave: () => void
  readonly back: () => void
}): ReactNode {
  const { booking, checkIn } = props
  const t = useWords()
  const cancellable = booking.status === 'confirmed' || booking.status === 'held'
  const extendable = booking.status === 'confirmed' || booking.status === 'checked_in'
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
        ) : booking.status === 'checked_in' ? (
          <ActionButton tone="primary" onPress={props.onExtend}>
            {t('extend.do')}
          </ActionButton>
        ) : undefined
      }
    >
      <Facts booking={booking} />
      {booking.status === 'displaced' ? (
        <Notice tone="out" title={t('displaced.title')}>
          {t('displaced.hint')}
        </Notice>
      ) : null}
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 16 }}>
        {extendable && booking.status !== 'checked_in' ? (
          <ActionButton unavailable={checkIn.busy} onPress={props.onExtend}>
            {t('extend.do')}
          </ActionButton>
        ) : null}
        {booking.status === 'checked_in' ? (
          <ActionButton onPress={props.onLeave}>{t('leave.do')}</ActionButton>
        ) : null}
        {cancellable ? (
          <ActionButton tone="danger" unavailable={checkIn.busy} onPress={props.onCancel}>
            {t('checkIn.cancelBooking')}
          </ActionButton>
        ) : null}
      </div>
    </StepFrame>
  )
}

function AskLeaveStep(props: {
  readonly booking: BookingView
  readonly leave: Action<string>
  readonly back: () => void
}): ReactNode {
  const { booking, leave } = props
  const t = useWords()
  const { locale } = useLanguage()
  const refundMinor = booking.releaseRefundMinor ?? 0
  const amount = formatMoney(refundMinor, booking.price.currency, locale)
  const name = booking.spaceName
  return (
    <StepFrame
      title={t('leave.title')}
      lead={`${t('leave.hint', { name })} ${t(refundMinor > 0 ? 'leave.refund' : 'leave.noRefund', { amount })}`}
      problem={leave.problem}
      onBack={leave.busy ? undefined : props.back}
      closing={<ActionButton onPress={props.back}>{t('leave.stay')}</ActionButton>}
      primary={
        <ActionButton tone="primary" busy={leave.busy} onPress={() => leave.start(booking.bookingId)}>
          {t('leave.do')}
        </ActionButton>
      }
    >
      <Facts booking={booking} />
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
  const amount = formatMoney(booking.refundedMinor, booking.price.currency, locale)
  const time = formatTime(booking.toMs, locale, 'time', site.timeZone)
  const name = booking.spaceName
  const refunded = booking.refundedMinor > 0
  const [title, lead] =
    booking.status === 'cancelled'
      ? [
          t('checkIn.cancelledTitle'),
          t(refunded ? 'checkIn.cancelledRefund' : 'checkIn.cancelledHint', { amount }),
        ]
      : booking.status === 'completed'
        ? [t('leave.doneTitle'), t(refunded ? 'leave.doneRefund' : 'leave.doneHint', { amount, name })]
        : [t('checkIn.doneTitle'), t('checkIn.doneHint', { name, time })]
  return (
    <StepFrame
      title={title}
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
