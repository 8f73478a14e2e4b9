import type { Problem } from '@gatehouse/shared/api/problem'
import type { BookingView } from '@gatehouse/shared/api/views'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import { ActionButton } from '../../frame/action-button.tsx'
import { StepFrame } from '../../frame/step-frame.tsx'
import { CashInstead } from '../../payment/cash-instead.tsx'
import { CreditsInstead } from '../../payment/credits-instead.tsx'
import { HoldLeft, HoldOver } from '../../receipt/hold-left.tsx'
import { PriceLines } from '../../receipt/price-lines.tsx'
import receipt from '../../receipt/receipt.module.css'
import type { PayInput } from '../../site/kiosk-api.ts'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import type { Who } from './book-flow.ts'

/** The price with its tax, the hold running down, and how to pay. */
export function PriceStep(props: {
  readonly booking: BookingView
  readonly who: Who
  readonly busy: boolean
  readonly problem: Problem | undefined
  readonly onPay: (input: PayInput) => void
  readonly onCash: () => void
  readonly onBack: () => void
}): ReactNode {
  const { booking, who, busy } = props
  const { site } = useSite()
  const t = useWords()
  const over = useServerNowMs() >= (booking.holdUntilMs ?? Number.POSITIVE_INFINITY)
  const name = who.kind === 'member' ? who.displayName : who.guestName
  return (
    <StepFrame
      title={t('book.priceTitle')}
      lead={t('book.for', { name })}
      problem={props.problem}
      onBack={busy ? undefined : props.onBack}
      primary={
        over && !busy ? (
          <ActionButton tone="primary" onPress={props.onBack}>
            {t('book.again')}
          </ActionButton>
        ) : (
          <PayButtons {...props} />
        )
      }
    >
      <div className={receipt.priced}>
        <p className={receipt.facts}>
          <b>{booking.spaceName}</b>
          <span>
            <IntervalText fromMs={booking.fromMs} toMs={booking.toMs} timeZone={site.timeZone} />
          </span>
        </p>
        {over ? <HoldOver /> : <HoldLeft untilMs={booking.holdUntilMs} />}
        <div className={receipt.card}>
          <PriceLines price={booking.price} />
        </div>
        {over || booking.price.totalMinor === 0 ? null : (
          <div className={receipt.means}>
            {who.kind === 'member' ? (
              <CreditsInstead
                {...{ booking, busy }}
                memberToken={who.memberToken}
                onCredits={() => props.onPay({ method: 'credits', memberToken: who.memberToken })}
              />
            ) : null}
            <CashInstead busy={busy} onCash={props.onCash} />
          </div>
        )}
      </div>
    </StepFrame>
  )
}

function PayButtons(props: {
  readonly booking: BookingView
  readonly who: Who
  readonly busy: boolean
  readonly onPay: (input: PayInput) => void
  readonly onCash: () => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { price } = props.booking
  const { busy } = props
  if (price.totalMinor === 0) {
    const covered = props.who.kind === 'member'
    return (
      <ActionButton
        tone="primary"
        busy={busy}
        onPress={() => props.onPay({ method: covered ? 'plan' : 'card' })}
      >
        {t(covered ? 'pay.plan' : 'pay.confirmFree')}
      </ActionButton>
    )
  }
  return (
    <ActionButton tone="primary" busy={busy} onPress={() => props.onPay({ method: 'card' })}>
      {t('pay.card', { amount: formatMoney(price.totalMinor, price.currency, locale) })}
    </ActionButton>
  )
}
