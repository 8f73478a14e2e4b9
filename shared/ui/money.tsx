import type { ReactNode } from 'react'
import { formatMoney } from './format.ts'
import { useLanguage } from './language.ts'

/** An amount with its currency in tabular figures. `minor` in minor units of `currency`. */
export function Money(props: { readonly minor: number; readonly currency: string }): ReactNode {
  const { locale } = useLanguage()
  return <span className="gh-figures">{formatMoney(props.minor, props.currency, locale)}</span>
}
