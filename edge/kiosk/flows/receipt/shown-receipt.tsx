import type { ShownBookingReceipt } from '@gatehouse/shared/api/booking-receipt-view'
import { Money } from '@gatehouse/shared/ui/money.tsx'
import { IntervalText, TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { IconReceipt } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useAction } from '../../action/use-action.ts'
import { ActionButton } from '../../frame/action-button.tsx'
import { Closing } from '../../frame/idle-guard.tsx'
import { useLeave, useWipe } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import css from '../../receipt/receipt.module.css'
import { useScanned } from '../../scanner/scanner.tsx'
import { readBookingReceipt } from '../../site/kiosk-api.ts'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'

/** A receipt of a booking held to the scanner: what was paid, once it is believed, or why it is not. */
export function ShownReceipt(): ReactNode {
  const t = useWords()
  const leave = useLeave()
  const wipe = useWipe()
  const [receipt, setReceipt] = useState<ShownBookingReceipt>()
  const read = useAction(readBookingReceipt, setReceipt)
  useScanned('receipt', (text) => {
    setReceipt(undefined)
    read.start(text)
  })
  if (receipt !== undefined) {
    return (
      <StepFrame
        title={t('shownReceipt.genuine')}
        closing={<Closing />}
        primary={
          <ActionButton tone="primary" onPress={wipe}>
            {t('finish')}
          </ActionButton>
        }
      >
        <Genuine receipt={receipt} />
      </StepFrame>
    )
  }
  return (
    <StepFrame title={t('shownReceipt.title')} problem={read.problem} onBack={leave}>
      <p className={css.facts} style={{ alignItems: 'center' }} role="status">
        <IconReceipt size={32} aria-hidden />
        <span>{read.busy ? t('pass.asking') : t('shownReceipt.hint')}</span>
      </p>
    </StepFrame>
  )
}

function Genuine(props: { readonly receipt: ShownBookingReceipt }): ReactNode {
  const { receipt } = props
  const t = useWords()
  const { site } = useSite()
  const { currency, amountMinor, taxMinor, refundedMinor, status } = receipt
  const money = (minor: number) => <Money minor={minor} currency={currency} />
  const moment = (ms: number) => <TimeText ms={ms} timeZone={site.timeZone} style="dateTime" />
  return (
    <div className={css.card}>
      <strong className={css.big}>{receipt.reference}</strong>
      <p className={css.facts} style={{ marginTop: 12 }}>
        <b>{receipt.spaceName}</b>
        <span>
          <IntervalText fromMs={receipt.fromMs} toMs={receipt.toMs} timeZone={site.timeZone} />
        </span>
        <span>{status ? t(`status.${status}`) : t('shownReceipt.unheard')}</span>
      </p>
      <dl className={css.lines} style={{ marginTop: 16 }}>
        <div>
          <dt>{t('shownReceipt.paidAt')}</dt>
          <dd>{moment(receipt.paidMs)}</dd>
        </div>
        {refundedMinor === 0 ? null : (
          <div>
            <dt>{t('shownReceipt.refunded')}</dt>
            <dd>{money(refundedMinor)}</dd>
          </div>
        )}
        <div className={css.total}>
          <dt>{t('shownReceipt.paid')}</dt>
          <dd>{money(amountMinor)}</dd>
        </div>
        <div className={css.tax}>
          <dt>{t('shownReceipt.tax')}</dt>
          <dd>{money(taxMinor)}</dd>
        </div>
      </dl>
      <p className={css.note}>
        {t('shownReceipt.asOf')} {moment(receipt.issuedMs)}
      </p>
    </div>
  )
}
