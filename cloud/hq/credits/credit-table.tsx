import type { CreditView } from '@gatehouse/shared/api/credits-view'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Money } from '@gatehouse/shared/ui/money.tsx'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useCreditWords } from './words/words.ts'

const shapes: Readonly<Record<CreditView['state'], ChipState>> = {
  running: 'free',
  coming: 'held',
  over: 'out',
}

function Shares(props: { readonly of: CreditView }): ReactNode {
  const t = useCreditWords()
  const { locale } = useLanguage()
  const { currency, sites } = props.of
  if (sites.length === 0) return t('nowhere')
  const written = (minor: number) => formatMoney(minor, currency, locale)
  return sites.map((share) => {
    const notes = [
      share.isLost ? t('lost') : '',
      share.unconfirmedMinor > 0 ? t('unconfirmed', { amount: written(share.unconfirmedMinor) }) : '',
      share.askedBackMinor > 0 ? t('askedBack', { amount: written(share.askedBackMinor) }) : '',
    ].filter((note) => note !== '')
    return (
      <div key={`${share.siteId} ${share.isLost}`}>
        {share.siteName}: <Money minor={share.atSiteMinor} currency={currency} />
        {notes.length === 0 ? null : (
          <Text size="sm" c="dimmed">
            {notes.join(' · ')}
          </Text>
        )}
      </div>
    )
  })
}

function Row(props: { readonly of: CreditView; readonly onChange: (() => void) | undefined }): ReactNode {
  const t = useCreditWords()
  const { of: credit, onChange } = props
  const name = credit.memberName ?? t('erased')
  const drawn = credit.sites.reduce((sum, { drawnMinor }) => sum + drawnMinor, 0)
  return (
    <tr data-bucket={credit.bucketId}>
      <th scope="row">
        {name}
        {credit.promotional ? (
          <Text size="sm" c="dimmed">
            {t('promotional')}
          </Text>
        ) : null}
      </th>
      <td>
        <StateChip state={shapes[credit.state]}>{t(`state.${credit.state}`)}</StateChip>
      </td>
      <td className="number" data-label={t('given')}>
        <Money minor={credit.fundedMinor} currency={credit.currency} />
      </td>
      <td className="number" data-label={t('cloud')}>
        <Money minor={credit.cloudMinor} currency={credit.currency} />
      </td>
      <td>
        <Shares of={credit} />
      </td>
      <td className="number" data-label={t('drawn')}>
        <Money minor={drawn} currency={credit.currency} />
      </td>
      <td data-label={t('expires')}>
        <TimeText ms={credit.expiresMs} style="fullDate" />
      </td>
      {onChange === undefined ? null : (
        <td>
          <Button size="xs" variant="default" onClick={onChange} aria-label={t('changeOf', { name })}>
            {t('change')}
          </Button>
        </td>
      )}
    </tr>
  )
}

/** Who has what, where it is and until when; with `onChange` each can be moved. */
export function CreditTable(props: {
  readonly credits: readonly CreditView[]
  readonly onChange: ((credit: CreditView) => void) | undefined
}): ReactNode {
  const t = useCreditWords()
  const { credits, onChange } = props
  return (
    <ScrollBox className="gh-card" label={t('table')}>
      <table className="hq-table hq-stack">
        <thead>
          <tr>
            <th scope="col">{t('member')}</th>
            <th scope="col">{t('state')}</th>
            <th scope="col" className="number">
              {t('given')}
            </th>
            <th scope="col" className="number">
              {t('cloud')}
            </th>
            <th scope="col">{t('atSites')}</th>
            <th scope="col" className="number">
              {t('drawn')}
            </th>
            <th scope="col">{t('expires')}</th>
            {onChange === undefined ? null : (
              <th scope="col">
                <span className="gh-visually-hidden">{t('change')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {credits.map((credit) => (
            <Row key={credit.bucketId} of={credit} onChange={onChange && (() => onChange(credit))} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
