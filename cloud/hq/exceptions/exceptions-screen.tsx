import { exceptionKinds, exceptionStates } from '@gatehouse/shared/api/exception-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AsOf } from '../frame/as-of.tsx'
import { ClearFilters, CodeSelect } from '../frame/filter-fields.tsx'
import { useWords } from '../words/words.ts'
import { CaseDrawer } from './case-drawer.tsx'
import { CaseTable } from './case-table.tsx'
import './exceptions-screen.css'
import { type CaseSearch, casesPath, casesQuery, isFiltered } from './queries.ts'
import type { CasePage } from './views.ts'
import { useCaseWords } from './words/words.ts'

const route = getRouteApi('/exceptions')

function Filters(props: {
  readonly search: CaseSearch
  readonly choices: CasePage['choices'] | undefined
  readonly onChange: (next: CaseSearch) => void
}): ReactNode {
  const t = useCaseWords()
  const { search, choices } = props
  const change = (next: CaseSearch) => props.onChange({ ...search, cursor: undefined, ...next })
  const owners = (choices?.owners ?? []).map(({ id, name }) => ({ value: id, label: name ?? id }))
  return (
    <div className="hq-filters">
      <CodeSelect
        label={t('filter.state')}
        any={t('filter.unsettled')}
        value={search.state}
        codes={[
          ...exceptionStates.map((value) => ({ value, label: t(`state.${value}`) })),
          { value: 'all', label: t('filter.all') },
        ]}
        onChange={(state) => change({ state: state as CaseSearch['state'] })}
      />
      <CodeSelect
        label={t('filter.site')}
        any={t('filter.allSites')}
        value={search.site}
        codes={(choices?.sites ?? []).map(({ siteId, name }) => ({ value: siteId, label: name }))}
        onChange={(site) => change({ site })}
      />
      <CodeSelect
        label={t('filter.kind')}
        any={t('filter.allKinds')}
        value={search.kind}
        codes={exceptionKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
        onChange={(kind) => change({ kind: kind as CaseSearch['kind'] })}
      />
      <CodeSelect
        label={t('filter.owner')}
        any={t('filter.anybody')}
        value={search.owner}
        codes={[
          { value: 'me', label: t('filter.me') },
          { value: 'nobody', label: t('filter.nobody') },
          ...owners,
        ]}
        onChange={(owner) => change({ owner })}
      />
      <ClearFilters filtered={isFiltered(search)} onClear={() => props.onChange({})} />
    </div>
  )
}

/** The exceptions inbox: worst and oldest first, with filters, page and the open case in the address. */
export function ExceptionsScreen(): ReactNode {
  const t = useCaseWords()
  const app = useWords()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  useDocumentTitle(`${t('title')} · ${app('app.name')}`)
  const cases = useQuery({ ...casesQuery(search), placeholderData: keepPreviousData })
  const change = (next: CaseSearch) => void navigate({ search: next, resetScroll: false })
  const { data } = cases
  const filtered = isFiltered(search) || search.cursor !== undefined
  const waiting = data && (data.unsettled === 0 ? t('noneWait') : t('unsettled', { count: data.unsettled }))
  const next = data?.nextCursor
  return (
    <Stack gap="md">
      <div className="hq-head">
        <div>
          <Title order={1}>{t('title')}</Title>
          <Text c="dimmed">{waiting === undefined ? t('lead') : `${waiting} · ${t('lead')}`}</Text>
        </div>
        <AsOf
          ms={data?.asOfMs}
          csvPath={`/api/v1${casesPath({ ...search, cursor: undefined })}&format=csv`}
          what={t('title')}
        />
      </div>
      <Filters search={search} choices={data?.choices} onChange={change} />
      <Faces
        query={cases}
        rows={6}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Notice title={t(filtered ? 'noMatch' : 'empty')}>
            {t(filtered ? 'noMatchHint' : 'emptyHint')}
          </Notice>
        }
      >
        {({ items }) => <CaseTable rows={items} onOpen={(open) => change({ ...search, open })} />}
      </Faces>
      <Group gap="sm">
        {search.cursor === undefined ? null : (
          <Button variant="default" size="sm" onClick={() => change({ ...search, cursor: undefined })}>
            {t('first')}
          </Button>
        )}
        {next === undefined ? null : (
          <Button variant="default" size="sm" onClick={() => change({ ...search, cursor: next })}>
            {t('next')}
          </Button>
        )}
      </Group>
      <CaseDrawer exceptionId={search.open} onClose={() => change({ ...search, open: undefined })} />
    </Stack>
  )
}
