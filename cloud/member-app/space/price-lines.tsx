import { usePriceLineWords } from '@gatehouse/shared/ui/code-words.ts'
import { Money, PriceTotal } from '@gatehouse/shared/ui/money.tsx'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import './price-lines.css'

/** The lines of a price, its total, and the tax contained in it. */
export function PriceLines(props: { readonly price: Price }): ReactNode {
  const t = useWords()
  const lineWords = usePriceLineWords()
  const { price } = props
  return (
    <dl className="price-lines">
      {price.lines.map((line) => (
        <div key={`${line.code}-${line.label}`}>
          <dt>{lineWords(line)}</dt>
          <dd>
            <Money minor={line.amountMinor} currency={price.currency} />
          </dd>
        </div>
      ))}
      <div className="price-total">
        <dt>{t('price.total')}</dt>
        <dd>
          <PriceTotal price={price} />
        </dd>
      </div>
      <div className="price-tax">
        <dt>{t('price.tax', { rate: price.taxRatePercent })}</dt>
        <dd>
          <Money minor={price.taxMinor} currency={price.currency} />
        </dd>
      </div>
    </dl>
  )
}
