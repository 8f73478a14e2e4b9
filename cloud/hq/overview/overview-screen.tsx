import type { Overview } from '@gatehouse/shared/api/hq-views'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { overviewQuery } from '../api/queries.ts'
import { AsOf } from '../frame/as-of.tsx'
import { useWords } from '../words/words.ts'
import { HourBars } from './hour-bars.tsx'
import './overview-screen.css'
import { SitesTable } from './sites-table.tsx'
import { healthOf, needsSomebody } from './worst-first.ts'

function Tile(props: {
  readonly label: string
  readonly value: ReactNode
  readonly alarm?: boolean
}): ReactNode {
  return (
    <div className="gh-card tile" data-alarm={props.alarm || undefined}>
      <dt>{props.label}</dt>
      <dd className="gh-figures">{props.value}</dd>
    </div>
  )
}

function Tiles(props: { readonly totals: Overview['totals'] }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { totals } = props
  return (
    <dl className="tiles">
      <Tile label={t('overview.takings')} value={formatMoney(totals.takingsMinor, totals.currency, locale)} />
      <Tile label={t('overview.occupied')} value={`${Math.round(totals.occupiedPercent)} %`} />
      <Tile label={t('overview.entries')} value={totals.entriesToday.toLocaleString(locale)} />
      <Tile
        label={t('overview.exceptions')}
        value={
          <Link to="/exceptions" className="tile-link">
            {totals.exceptions.toLocaleString(locale)}
          </Link>
        }
        alarm={totals.exceptions > 0}
      />
    </dl>
  )
}

function Headline(props: { readonly overview: Overview | undefined }): ReactNode {
  const t = useWords()
  const { sites, asOfMs } = props.overview ?? { sites: [], asOfMs: 0 }
  // Nothing to be fine: not loaded yet, or no site at all.
  if (sites.length === 0) return <Title order={1}>{t('overview.title')}</Title>
  const bad = sites.filter((site) => needsSomebody(healthOf(site, asOfMs))).length
  return (
    <Group gap="sm" align="baseline">
      <Title order={1}>{bad > 0 ? t('overview.needYou', { count: bad }) : t('overview.allFine')}</Title>
      <Text c="dimmed">{t('overview.fine', { count: sites.length - bad })}</Text>
    </Group>
  )
}

/** Every site in one look: who needs somebody first, then the day's figures, then the hours. */
export function OverviewScreen(): ReactNode {
  const t = useWords()
  useDocumentTitle(`${t('overview.title')} · ${t('app.name')}`)
  const { locale } = useLanguage()
  const overview = useQuery(overviewQuery)
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Headline overview={overview.data} />
        <AsOf
          ms={overview.data?.asOfMs}
          csvPath="/api/v1/hq/overview?format=csv"
          what={t('overview.title')}
        />
      </Group>
      <Faces
        query={overview}
        isEmpty={({ sites }) => sites.length === 0}
        empty={<Notice title={t('overview.empty')}>{t('overview.emptyHint')}</Notice>}
      >
        {(view) => (
          <>
            <Tiles totals={view.totals} />
            <SitesTable sites={view.sites} asOfMs={view.asOfMs} />
            <div className="hour-charts">
              <HourBars
                title={t('overview.occupancyByHour')}
                top={100}
                hours={view.occupancyByHour.map(({ fromMs, percent }) => ({ fromMs, value: percent }))}
                write={(value) => `${Math.round(value)} %`}
              />
              <HourBars
                title={t('overview.takingsByHour')}
                hours={view.takingsByHour.map(({ fromMs, amountMinor }) => ({ fromMs, value: amountMinor }))}
                write={(value) => formatMoney(Math.round(value), view.totals.currency, locale)}
              />
            </div>
          </>
        )}
      </Faces>
    </Stack>
  )
}
