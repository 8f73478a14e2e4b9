import { usePriceLineWords } from '@gatehouse/shared/ui/code-words.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Money, PriceTotal } from '@gatehouse/shared/ui/money.tsx'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import css from './receipt.module.css'

/** Every line of a price with the tax it contains; with `paidMinor` also what is left to pay. */
export function PriceLines(props: {
  readonly price: Price
  readonly paidMinor?: number
  readonly dueMinor?: number
}): ReactNode {
  const t = useWords()
  const lineWords = usePriceLineWords()
  const { locale } = useLanguage()
  const { price, paidMinor = 0, dueMinor = price.totalMinor } = props
  const money = (minor: number) => <Money minor={minor} currency={price.currency} />
  const rate = new Intl.NumberFormat(locale).format(price.taxRatePercent)
  return (
    <dl className={css.lines}>
      {price.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one price never move, and two may be alike.
        <div key={`${line.code}-${index}`}>
          <dt>
            {lineWords(line)}
            {line.code === 'rate' && line.quantity > 1 ? <small> × {line.quantity}</small> : null}
          </dt>
          <dd>{money(line.amountMinor)}</dd>
        </div>
      ))}
      {paidMinor > 0 ? (
        <div>
          <dt>{t('price.paid')}</dt>
          <dd>{money(-paidMinor)}</dd>
        </div>
      ) : null}
      <div className={css.total}>
        <dt>{paidMinor > 0 ? t('price.due') : t('price.total')}</dt>
        <dd>{dueMinor === price.totalMinor ? <PriceTotal price={price} /> : money(dueMinor)}</dd>
      </div>
      <div className={css.tax}>
        <dt>{t('price.tax', { rate })}</dt>
        <dd>{money(price.taxMinor)}</dd>
      </div>
    </dl>
  )
}
