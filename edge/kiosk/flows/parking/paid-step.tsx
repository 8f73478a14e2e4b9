import type { ReceiptView } from '@gatehouse/shared/api/views'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { RelativeTime } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import { ActionButton } from '../../frame/action-button.tsx'
import { Closing } from '../../frame/idle-guard.tsx'
import { useWipe } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import css from '../../receipt/receipt.module.css'
import { ReceiptCard } from '../../receipt/receipt-card.tsx'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import { ScanCode } from './scan-code.tsx'

/** Last step: until when to leave, the code for the exit of who has no ticket, and the receipt. */
export function PaidStep(props: { readonly receipt: ReceiptView; readonly exitCode?: string }): ReactNode {
  const { receipt } = props
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const wipe = useWipe()
  return (
    <StepFrame
      title={t('receipt.doneTitle')}
      closing={<Closing />}
      primary={
        <ActionButton tone="primary" onPress={wipe}>
          {t('finish')}
        </ActionButton>
      }
    >
      <div className={css.pair}>
        {receipt.leaveByMs === undefined ? null : (
          <div className={css.done} role="status">
            <strong className={css.big}>
              {t('receipt.leaveBy', { time: formatTime(receipt.leaveByMs, locale, 'time', site.timeZone) })}
            </strong>
            <p className={css.bigLabel} style={{ margin: '8px 0 0' }}>
              <RelativeTime ms={receipt.leaveByMs} /> · {t('receipt.leaveHint')}
            </p>
            {receipt.signed === undefined ? null : (
              <ScanCode text={receipt.signed} label={t('parking.exitPaper')}>
                {t('parking.exitPaperHint')}
              </ScanCode>
            )}
            {props.exitCode === undefined ? null : (
              <p className={css.bigLabel} style={{ margin: '16px 0 0' }}>
                {t('parking.exitCode', { code: props.exitCode })}
              </p>
            )}
          </div>
        )}
        <ReceiptCard receipt={receipt} />
      </div>
    </StepFrame>
  )
}
