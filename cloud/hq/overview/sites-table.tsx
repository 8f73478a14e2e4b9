import type { SiteSummary } from '@gatehouse/shared/api/hq-views'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Money } from '@gatehouse/shared/ui/money.tsx'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { RelativeTime } from '@gatehouse/shared/ui/time-text.tsx'
import { token } from '@gatehouse/shared/ui/tokens.ts'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useWords } from '../words/words.ts'
import { HealthChip } from './health-chip.tsx'
import { healthOf, worstFirst } from './worst-first.ts'

function Difference(props: { readonly site: SiteSummary }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { site } = props
  const { state, amountMinor } = site.diff
  const color = { equal: token('muted'), waiting: token('held'), different: token('out') }[state]
  return (
    <Link to="/books" hash={site.siteId} style={{ color, fontWeight: state === 'different' ? 600 : 400 }}>
      {formatMoney(amountMinor, site.currency, locale)} {t(`diff.${state}`)}
    </Link>
  )
}

/** The open incidents of a site, which lead to their list; nothing when there is none. */
function OpenIncidents({ site }: { readonly site: SiteSummary }): ReactNode {
  const t = useWords()
  if (site.openIncidents === 0) return null
  return (
    <Link to="/incidents" search={{ site: site.siteId, state: 'open' }}>
      <StateChip state="out">{t('incident.open', { count: site.openIncidents })}</StateChip>
    </Link>
  )
}

/** What a site sells now: while it is cut off, it sells alone. */
function sells(site: SiteSummary): 'all' | 'alone' | 'none' | 'unknown' {
  return site.selling === 'all' && site.link === 'offline' ? 'alone' : site.selling
}

function Row(props: { readonly site: SiteSummary; readonly asOfMs: number }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { site } = props
  const health = healthOf(site, props.asOfMs)
  const figure = (value: number) => value.toLocaleString(locale)
  return (
    <tr data-site={site.siteId}>
      <th scope="row">
        <Link to="/sites/$siteId" params={{ siteId: site.siteId }} className="hq-row-link">
          {site.name}
        </Link>
      </th>
      <td>
        {health === 'incident' ? null : <HealthChip health={health} />}
        <OpenIncidents site={site} />
      </td>
      <td data-label={t('overview.heard')}>
        {site.heardMs ? <RelativeTime ms={site.heardMs} /> : t('overview.never')}
      </td>
      <td className="number" data-label={t('overview.waiting')}>
        {figure(Math.max(site.waiting, site.lagEntries))}
      </td>
      <td className="number" data-label={t('overview.down')}>
        {figure(site.devicesDown)}
      </td>
      <td data-label={t('overview.sells')}>{t(`overview.sells.${sells(site)}`)}</td>
      <td className="number" data-label={t('overview.full')}>
        {figure(site.occupied)} / {figure(site.capacity)}
      </td>
      <td className="number" data-label={t('overview.entries')}>
        {figure(site.entriesToday)}
      </td>
      <td className="number" data-label={t('overview.takings')}>
        <Money minor={site.takingsTodayMinor} currency={site.currency} />
      </td>
      <td className="number" data-label={t('overview.diff')}>
        <Difference site={site} />
      </td>
    </tr>
  )
}

/** Every site on one line, worst first: heard, waiting, down, what it sells, and whether its books agree. */
export function SitesTable(props: {
  readonly sites: readonly SiteSummary[]
  readonly asOfMs: number
}): ReactNode {
  const t = useWords()
  return (
    <ScrollBox className="gh-card" label={t('overview.title')}>
      <table className="hq-table hq-stack">
        <thead>
          <tr>
            <th scope="col">{t('overview.site')}</th>
            <th scope="col">{t('overview.state')}</th>
            <th scope="col">{t('overview.heard')}</th>
            <th scope="col" className="number">
              {t('overview.waiting')}
            </th>
            <th scope="col" className="number">
              {t('overview.down')}
            </th>
            <th scope="col">{t('overview.sells')}</th>
            <th scope="col" className="number">
              {t('overview.full')}
            </th>
            <th scope="col" className="number">
              {t('overview.entries')}
            </th>
            <th scope="col" className="number">
              {t('overview.takings')}
            </th>
            <th scope="col" className="number">
              {t('overview.diff')}
            </th>
          </tr>
        </thead>
        <tbody>
          {worstFirst(props.sites, props.asOfMs).map((site) => (
            <Row key={site.siteId} site={site} asOfMs={props.asOfMs} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
