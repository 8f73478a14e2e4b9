import type { AccessPage } from '@gatehouse/shared/api/access-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { codesOf, codeWords } from '../access/code-words.ts'
import { Pages, PlaceFilters } from '../access/filters.tsx'
import { incidentPath, incidentQuery } from '../access/queries.ts'
import { type IncidentSearch, isFiltered } from '../access/search.ts'
import { AsOf } from '../frame/as-of.tsx'
import { CodeSelect } from '../frame/filter-fields.tsx'
import { useWords } from '../words/words.ts'
import { IncidentTable } from './incident-table.tsx'
import '../access/access-screen.css'

const route = getRouteApi('/incidents')
const kinds = codesOf('incident.kind')
const states = ['open', 'ended', 'moment'] as const

function Filters(props: { readonly choices: AccessPage['choices'] | undefined }): ReactNode {
  const t = useWords()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: IncidentSearch) =>
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...next }), resetScroll: false })
  return (
    <PlaceFilters
      filter={search}
      choices={props.choices}
      filtered={isFiltered(search)}
      onChange={change}
      onClear={() => void navigate({ search: {} })}
    >
      <CodeSelect
        label={t('incident.state')}
        any={t('incident.anyState')}
        value={search.state}
        codes={states.map((value) => ({ value, label: t(`incident.state.${value}`) }))}
        onChange={(state) => change({ state: state as IncidentSearch['state'] })}
      />
      <CodeSelect
        label={t('incident.kind')}
        any={t('incident.anyKind')}
        value={search.kind}
        codes={kinds.map((value) => ({ value, label: codeWords(t, 'incident.kind', value) }))}
        onChange={(kind) => change({ kind })}
      />
    </PlaceFilters>
  )
}

/** What happened at any site, open ones first and live; filters and page live in the address. */
export function IncidentsScreen(): ReactNode {
  const t = useWords()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  useDocumentTitle(`${t('nav.incidents')} · ${t('app.name')}`)
  const incidents = useQuery({ ...incidentQuery(search), placeholderData: keepPreviousData })
  const { data } = incidents
  const filtered = isFiltered(search)
  const csvPath = incidentPath({ ...search, cursor: undefined })
  const open = data?.openCount ?? 0
  return (
    <Stack gap="md">
      <div className="hq-head">
        <div>
          <Title order={1}>{t('incident.title')}</Title>
          <Text c="dimmed">
            {data === undefined
              ? t('incident.lead')
              : `${open === 0 ? t('incident.noneOpen') : t('incident.open', { count: open })} · ${t('incident.lead')}`}
          </Text>
        </div>
        <AsOf ms={data?.asOfMs} csvPath={`/api/v1${csvPath}&format=csv`} what={t('nav.incidents')} />
      </div>
      <Filters choices={data?.choices} />
      <Faces
        query={incidents}
        rows={8}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Notice title={t(filtered ? 'access.noMatch' : 'incident.empty')}>
            {t(filtered ? 'access.noMatchHint' : 'incident.emptyHint')}
          </Notice>
        }
      >
        {({ items }) => <IncidentTable rows={items} />}
      </Faces>
      <Pages
        cursor={search.cursor}
        next={data?.nextCursor}
        onMove={(cursor) => void navigate({ search: (before) => ({ ...before, cursor }) })}
      />
      {data ? (
        <Text size="sm" c="dimmed">
          {t('access.kept', { count: data.keptDays })}
        </Text>
      ) : null}
    </Stack>
  )
}
