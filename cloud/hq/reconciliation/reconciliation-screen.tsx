import type { AcceptedGap, ReconciliationItem, ReconciliationLine } from '@gatehouse/shared/api/hq-views'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { overviewQuery, reconciliationQuery } from '../api/queries.ts'
import { AsOf } from '../frame/as-of.tsx'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { DifferenceChip, HealthChip } from '../overview/health-chip.tsx'
import { useWords } from '../words/words.ts'
import { lineName } from './line-name.ts'
import './reconciliation-screen.css'

/** Writes one side of a line: an amount for a currency unit, a shortened hash, or a count. */
function useSideWords(): (value: number | string, unit: string) => string {
  const { locale } = useLanguage()
  return (value, unit) => {
    if (typeof value === 'string') return value.length > 16 ? `${value.slice(0, 8)}…` : value
    return /^[A-Z]{3}$/.test(unit) ? formatMoney(value, unit, locale) : value.toLocaleString(locale)
  }
}

function Line(props: {
  readonly line: ReconciliationLine
  readonly state: ReconciliationItem['state']
}): ReactNode {
  const t = useWords()
  const side = useSideWords()
  const { line } = props
  const different = line.difference !== 0
  return (
    <tr data-different={different ? props.state : undefined}>
      <th scope="row">{lineName(line.what, t)}</th>
      <td className="number">{side(line.site, line.unit)}</td>
      <td className="number">{side(line.cloud, line.unit)}</td>
      <td className="number">
        {different ? '≠ ' : ''}
        {line.unit === 'hash' ? '' : side(line.difference, line.unit)}
      </td>
    </tr>
  )
}

/** What the cloud's side can never have, and by whose word. */
function Gap(props: { readonly gap: AcceptedGap; readonly incarnation: number }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { gap, incarnation } = props
  const [from, to] = [gap.fromSeq.toLocaleString(locale), gap.toSeq.toLocaleString(locale)]
  const isEarlier = gap.incarnation !== incarnation
  const title = isEarlier
    ? t('books.gapLife', { from, to, life: gap.incarnation })
    : t('books.gap', { from, to })
  return (
    <Notice tone="held" title={title}>
      {t('books.gapBy', { name: gap.by })} <TimeText ms={gap.atMs} style="dateTime" />.{' '}
      {t('books.gapReason', { reason: gap.reason })}
    </Notice>
  )
}

function SiteBooksCard(props: { readonly books: ReconciliationItem; readonly isHeard: boolean }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { books } = props
  return (
    <section className="gh-card books" id={books.siteId} data-state={books.state} aria-label={books.name}>
      <Group justify="space-between" p="md">
        <Group gap="sm">
          <Title order={2}>{books.name}</Title>
          <DifferenceChip state={books.state} />
          {props.isHeard ? null : <HealthChip health="offline" />}
        </Group>
        <Group gap="md">
          <Text size="sm" c="dimmed">
            {t('books.comparedAt', { seq: books.atSeq.toLocaleString(locale) })} ·{' '}
            <TimeText ms={books.atMs} style="timeSeconds" /> ·{' '}
            {t('books.incarnation', { number: books.incarnation })}
          </Text>
          <Anchor
            size="sm"
            renderRoot={(anchor) => (
              <Link to="/sites/$siteId" params={{ siteId: books.siteId }} {...anchor} />
            )}
          >
            {t('books.ledger')}
          </Anchor>
        </Group>
      </Group>
      {books.gaps === undefined ? null : (
        <Stack gap="sm" px="md" pb="md">
          {books.gaps.map((gap) => (
            <Gap key={`${gap.incarnation}-${gap.toSeq}`} gap={gap} incarnation={books.incarnation} />
          ))}
        </Stack>
      )}
      <ScrollBox label={t('books.linesOf', { name: books.name })}>
        <table className="hq-table hq-snug">
          <thead>
            <tr>
              <th scope="col">{t('books.what')}</th>
              <th scope="col" className="number">
                {t('books.site')}
              </th>
              <th scope="col" className="number">
                {t('books.cloud')}
              </th>
              <th scope="col" className="number">
                {t('books.difference')}
              </th>
            </tr>
          </thead>
          <tbody>
            {books.lines.map((line) => (
              <Line key={`${line.what}-${line.unit}`} line={line} state={books.state} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  )
}

const order = { different: 0, waiting: 1, equal: 2 } as const

/** Site against cloud, line by line; what differs is red and comes first. */
export function ReconciliationScreen(): ReactNode {
  const t = useWords()
  useDocumentTitle(`${t('nav.books')} · ${t('app.name')}`)
  const books = useQuery(reconciliationQuery)
  const sites = useQuery(overviewQuery).data?.sites ?? []
  const unheard = new Set(sites.filter(({ link }) => link === 'offline').map(({ siteId }) => siteId))
  return (
    <Stack gap="md">
      <div className="hq-head">
        <div>
          <Title order={1}>{t('books.title')}</Title>
          <Text c="dimmed">{t('books.lead')}</Text>
        </div>
        <AsOf ms={books.data?.asOfMs} csvPath="/api/v1/hq/reconciliation?format=csv" what={t('nav.books')} />
      </div>
      <Faces
        query={books}
        isEmpty={({ items }) => items.length === 0}
        empty={<Notice title={t('books.empty')}>{t('books.emptyHint')}</Notice>}
      >
        {({ items }) =>
          [...items]
            .sort((a, b) => order[a.state] - order[b.state] || a.name.localeCompare(b.name))
            .map((site) => (
              <SiteBooksCard key={site.siteId} books={site} isHeard={!unheard.has(site.siteId)} />
            ))
        }
      </Faces>
    </Stack>
  )
}
