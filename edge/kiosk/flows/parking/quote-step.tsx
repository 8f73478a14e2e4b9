import type { QuoteView, SessionView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { Countdown } from '@gatehouse/shared/ui/time-text.tsx'
import { type ReactNode, useEffect } from 'react'
import type { Action } from '../../action/use-action.ts'
import { ActionButton } from '../../frame/action-button.tsx'
import { useWipe } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import { CashInstead } from '../../payment/cash-instead.tsx'
import { PriceLines } from '../../receipt/price-lines.tsx'
import receipt from '../../receipt/receipt.module.css'
import type { PayInput } from '../../site/kiosk-api.ts'
import { useWords } from '../../words/words.ts'
import { PlateSign } from './session-steps.tsx'

/** The price of the stay with its tax; a quote that runs out is asked for again by itself. */
export function QuoteStep(props: {
  readonly session: SessionView
  readonly current: QuoteView
  readonly quote: Action<string>
  readonly pay: { readonly busy: boolean; readonly problem: Action<string>['problem'] }
  readonly onPay: (input: PayInput) => void
  readonly onCash: () => void
  readonly onBack: () => void
}): ReactNode {
  const { session, current, quote, pay } = props
  const t = useWords()
  const over = useServerNowMs() >= current.validUntilMs
  const renew = over && !quote.busy && !pay.busy && quote.problem === undefined
  const { start } = quote
  useEffect(() => {
    if (renew) start(session.sessionId)
  }, [renew, start, session.sessionId])
  const [before, after] = t('parking.validUntil', { time: '\u0000' }).split('\u0000')
  return (
    <StepFrame
      title={t('parking.quoteTitle')}
      problem={pay.problem ?? quote.problem}
      onBack={pay.busy ? undefined : props.onBack}
      primary={<PayButtons {...props} />}
    >
      <div className={receipt.priced}>
        <PlateSign session={session} />
        {current.dueMinor === 0 ? (
          <Notice title={t('parking.nothingDue')}>{t('parking.nothingDueHint')}</Notice>
        ) : (
          <p className={receipt.bigLabel} style={{ margin: 0 }}>
            {before}
            <Countdown untilMs={current.validUntilMs} />
            {after}
          </p>
        )}
        <div className={receipt.card}>
          <PriceLines price={current.price} paidMinor={current.paidMinor} dueMinor={current.dueMinor} />
        </div>
        {current.dueMinor === 0 ? null : <CashInstead busy={pay.busy} onCash={props.onCash} />}
      </div>
    </StepFrame>
  )
}

function PayButtons(props: {
  readonly current: QuoteView
  readonly quote: { readonly busy: boolean }
  readonly pay: { readonly busy: boolean }
  readonly onPay: (input: PayInput) => void
  readonly onCash: () => void
}): ReactNode {
  const t = useWords()
  const wipe = useWipe()
  const { locale } = useLanguage()
  const { dueMinor, price } = props.current
  const busy = props.pay.busy || props.quote.busy
  if (dueMinor === 0) {
    return (
      <ActionButton tone="primary" onPress={wipe}>
        {t('finish')}
      </ActionButton>
    )
  }
  return (
    <ActionButton tone="primary" busy={busy} onPress={() => props.onPay({ method: 'card' })}>
      {t('pay.card', { amount: formatMoney(dueMinor, price.currency, locale) })}
    </ActionButton>
  )
}
