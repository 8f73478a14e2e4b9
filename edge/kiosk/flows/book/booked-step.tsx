import type { BookingView, ReceiptView } from '@gatehouse/shared/api/views'
import { referenceCode } from '@gatehouse/shared/booking/reference'
import { QrCode } from '@gatehouse/shared/ui/qr-code.tsx'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import { ActionButton } from '../../frame/action-button.tsx'
import { Closing } from '../../frame/idle-guard.tsx'
import { useWipe } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import receiptCss from '../../receipt/receipt.module.css'
import { ReceiptCard } from '../../receipt/receipt-card.tsx'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'

/** Last step: the reference, large enough to copy by hand, and the receipt to scan. */
export function BookedStep(props: {
  readonly booking: BookingView
  readonly receipt: ReceiptView | undefined
}): ReactNode {
  const { booking, receipt } = props
  const { site } = useSite()
  const t = useWords()
  const wipe = useWipe()
  return (
    <StepFrame
      title={t('book.doneTitle')}
      closing={<Closing />}
      primary={
        <ActionButton tone="primary" onPress={wipe}>
          {t('finish')}
        </ActionButton>
      }
    >
      <div className={receiptCss.pair}>
        <div className={receiptCss.done} role="status">
          <span className={receiptCss.bigLabel}>{t('book.reference')}</span>
          <strong className={receiptCss.big}>{booking.reference}</strong>
          <p className={receiptCss.facts} style={{ marginTop: 12 }}>
            <b>{booking.spaceName}</b>
            <span>
              <IntervalText fromMs={booking.fromMs} toMs={booking.toMs} timeZone={site.timeZone} />
            </span>
          </p>
          <p className={receiptCss.bigLabel} style={{ margin: '8px 0 0' }}>
            {t('book.referenceHint')}
          </p>
          <div className={receiptCss.reference}>
            <QrCode text={referenceCode(booking.reference)} label={t('book.referenceCode')} />
          </div>
        </div>
        {receipt === undefined ? null : <ReceiptCard receipt={receipt} reference={booking.reference} />}
      </div>
    </StepFrame>
  )
}
