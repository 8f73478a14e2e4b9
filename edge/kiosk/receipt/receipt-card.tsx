import type { ReceiptView } from '@gatehouse/shared/api/views'
import { usePriceLineWords } from '@gatehouse/shared/ui/code-words.ts'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { QrCode } from '@gatehouse/shared/ui/qr-code.tsx'
import type { ReactNode } from 'react'
import { useSite } from '../site/site-context.tsx'
import { useWords } from '../words/words.ts'
import { PriceLines } from './price-lines.tsx'
import css from './receipt.module.css'
import { receiptText } from './receipt-text.ts'

/** A receipt to read and to scan. `reference` is printed with it when it belongs to a booking. */
export function ReceiptCard(props: {
  readonly receipt: ReceiptView
  readonly reference?: string
}): ReactNode {
  const { receipt, reference } = props
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const lineWords = usePriceLineWords()
  const money = (minor: number) => formatMoney(minor, receipt.price.currency, locale)
  const text = receiptText(receipt, {
    money,
    line: lineWords,
    time: (ms) => formatTime(ms, locale, 'dateTime', site.timeZone),
    tax: t('price.tax', { rate: receipt.price.taxRatePercent }),
    total: t('price.total'),
    ...(reference === undefined ? {} : { reference: `${t('book.reference')}: ${reference}` }),
  })
  const title = t('receipt.title', { number: receipt.number })
  return (
    <section className={css.receipt} aria-label={title}>
      <div>
        <h2 className={css.heading}>{title}</h2>
        <PriceLines
          price={receipt.price}
          dueMinor={receipt.amountMinor}
          paidMinor={Math.max(0, receipt.price.totalMinor - receipt.amountMinor)}
        />
        <p className={css.note}>{t(`receipt.method.${receipt.method}`)}</p>
        {receipt.changeMinor ? (
          <p className={css.change}>{t('receipt.change', { amount: money(receipt.changeMinor) })}</p>
        ) : null}
      </div>
      <div className={css.code}>
        <QrCode text={text} label={title} />
        <p className={css.note}>{t('receipt.scan')}</p>
      </div>
    </section>
  )
}
