import type { Price } from '@gatehouse/shared/wire/v1/entries'
import type { ReactNode } from 'react'
import { formatMoney } from './format.ts'
import { useLanguage } from './language.ts'
import { useUiWords } from './words.ts'

/** An amount with its currency in tabular figures. `minor` in minor units of `currency`. */
export function Money(props: { readonly minor: number; readonly currency: string }): ReactNode {
  const { locale } = useLanguage()
  return <span className="gh-figures">{formatMoney(props.minor, props.currency, locale)}</span>
}

/** What a price is in all, as text: its amount, or that the plan includes it where nothing is left of it. */
export function usePriceText(): (price: Price) => string {
  const t = useUiWords()
  const { locale } = useLanguage()
  return ({ lines, totalMinor, currency }) => {
    const covered = totalMinor === 0 && lines.some(({ code }) => code === 'plan_covered')
    return covered ? t('price.included') : formatMoney(totalMinor, currency, locale)
  }
}

/** The total of a price in tabular figures, in the words of `usePriceText`. */
export function PriceTotal(props: { readonly price: Price }): ReactNode {
  const textOf = usePriceText()
  return <span className="gh-figures">{textOf(props.price)}</span>
}
