import type { QuoteView, SessionView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import type { ReactNode } from 'react'
import { useAction } from '../../action/use-action.ts'
import { ActionButton } from '../../frame/action-button.tsx'
import { StepFrame } from '../../frame/step-frame.tsx'
import { PriceLines } from '../../receipt/price-lines.tsx'
import receipt from '../../receipt/receipt.module.css'
import { loseTicket, quoteSession } from '../../site/kiosk-api.ts'
import { useWords } from '../../words/words.ts'

/** Makes the stay and prices it: only now is anything recorded. */
async function acceptLostTicket(plate: string, key: string) {
  const session = await loseTicket(plate, key)
  return { session, quote: await quoteSession(session.sessionId, `${key}-quote`) }
}

/** Nobody with this plate is on record: what a lost ticket costs, and the choice to pay it. */
export function LostStep(props: {
  readonly plate: string
  readonly price: Price
  readonly onAccepted: (session: SessionView, quote: QuoteView) => void
  readonly onBack: () => void
}): ReactNode {
  const { plate, price } = props
  const t = useWords()
  const { locale } = useLanguage()
  const accept = useAction(acceptLostTicket, ({ session, quote }) => props.onAccepted(session, quote))
  const amount = formatMoney(price.totalMinor, price.currency, locale)
  return (
    <StepFrame
      title={t('parking.lostPriceTitle')}
      problem={accept.problem}
      onBack={accept.busy ? undefined : props.onBack}
      primary={
        <ActionButton tone="primary" busy={accept.busy} onPress={() => accept.start(plate)}>
          {t('parking.lostAccept', { amount })}
        </ActionButton>
      }
    >
      <Notice tone="held" title={t('parking.notFound', { text: plate })}>
        {t('parking.lostPriceHint')}
      </Notice>
      <div className={receipt.card}>
        <PriceLines price={price} paidMinor={0} dueMinor={price.totalMinor} />
      </div>
    </StepFrame>
  )
}
