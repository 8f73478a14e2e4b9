import type { CreditExposure } from '@gatehouse/shared/api/credits-view'
import { Money } from '@gatehouse/shared/ui/money.tsx'
import { Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useCreditWords } from './words/words.ts'

const figures = ['limitMinor', 'usedMinor', 'atSiteMinor', 'unconfirmedMinor'] as const
const heads = {
  limitMinor: 'limit',
  usedMinor: 'used',
  atSiteMinor: 'held',
  unconfirmedMinor: 'onItsWay',
} as const

function Figures(props: {
  readonly of: Pick<CreditExposure, (typeof figures)[number] | 'currency'>
}): ReactNode {
  const t = useCreditWords()
  return figures.map((name) => (
    <td key={name} className="number" data-label={t(heads[name])}>
      <Money minor={props.of[name]} currency={props.of.currency} />
    </td>
  ))
}

function totals(exposure: readonly CreditExposure[]): CreditExposure[] {
  return [...new Set(exposure.map(({ currency }) => currency))].map((currency) => {
    const own = exposure.filter((line) => line.currency === currency)
    const sum = (name: (typeof figures)[number]) => own.reduce((all, line) => all + line[name], 0)
    return {
      ...{ siteId: '', siteName: '', currency, limitMinor: sum('limitMinor'), usedMinor: sum('usedMinor') },
      ...{ atSiteMinor: sum('atSiteMinor'), unconfirmedMinor: sum('unconfirmedMinor') },
    }
  })
}

/** What is risked at each site and in all, by currency. */
export function ExposureTable(props: { readonly exposure: readonly CreditExposure[] }): ReactNode {
  const t = useCreditWords()
  const { exposure } = props
  if (exposure.length === 0) return null
  return (
    <div>
      <Title order={2}>{t('exposure')}</Title>
      <Text c="dimmed" mb="xs">
        {t('exposureLead')}
      </Text>
      <ScrollBox className="gh-card" label={t('exposure')}>
        <table className="hq-table hq-stack">
          <thead>
            <tr>
              <th scope="col">{t('site')}</th>
              {figures.map((name) => (
                <th key={name} scope="col" className="number">
                  {t(heads[name])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {exposure.map((line) => (
              <tr key={`${line.siteId} ${line.currency}`}>
                <th scope="row">{line.siteName}</th>
                <Figures of={line} />
              </tr>
            ))}
            {totals(exposure).map((line) => (
              <tr key={line.currency}>
                <th scope="row">{t('inAll')}</th>
                <Figures of={line} />
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </div>
  )
}
