import type { SiteView } from '@gatehouse/shared/api/views'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Button, Checkbox, Group, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { sitesQuery } from '../api/queries.ts'
import { useWords } from '../words/words.ts'
import { distanceMeters } from './distance.ts'
import './find-screen.css'
import { type Found, nearestFirst } from './nearest-first.ts'
import { usePosition } from './position.ts'
import { SiteCard } from './site-card.tsx'

const route = getRouteApi('/')

type FindSearch = ReturnType<typeof route.useSearch>

function Filters(props: {
  readonly search: FindSearch
  readonly onChange: (search: FindSearch) => void
}): ReactNode {
  const t = useWords()
  const { search, onChange } = props
  return (
    <>
      <TextInput
        type="search"
        aria-label={t('find.search')}
        placeholder={t('find.search')}
        leftSection={<IconSearch size={18} aria-hidden />}
        defaultValue={search.text ?? ''}
        onChange={(event) => onChange({ text: event.currentTarget.value || undefined })}
      />
      <Group justify="space-between" gap="sm">
        <SegmentedControl
          aria-label={t('find.kind')}
          value={search.kind ?? 'all'}
          data={[
            { value: 'all', label: t('find.all') },
            { value: 'coworking', label: t('find.coworking') },
            { value: 'parking', label: t('find.parking') },
          ]}
          onChange={(value) =>
            onChange({ kind: value === 'coworking' || value === 'parking' ? value : undefined })
          }
        />
        <Checkbox
          label={t('find.near')}
          checked={search.near === true}
          onChange={(event) => onChange({ near: event.currentTarget.checked || undefined })}
        />
      </Group>
    </>
  )
}

/** Every site one can book at, nearest or freest first; the search and the filter live in the address. */
export function FindScreen(): ReactNode {
  const t = useWords()
  useDocumentTitle(`${t('find.title')} · ${t('app.name')}`)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const position = usePosition(search.near === true)
  const sites = useQuery({ ...sitesQuery(search.text ?? ''), placeholderData: keepPreviousData })
  const change = (next: FindSearch) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const isFiltered = Boolean(search.text) || search.kind !== undefined
  const clear = (
    <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
      {t('find.clear')}
    </Button>
  )
  const fitting = (items: readonly SiteView[]): readonly Found[] =>
    nearestFirst(
      items
        .filter((site) => search.kind === undefined || site.kind === search.kind)
        .map((site) => ({
          site,
          meters: position.kind === 'known' ? distanceMeters(position, site.position) : undefined,
        })),
    )
  return (
    <Stack gap="md">
      <Title order={1}>{t('find.title')}</Title>
      <Filters search={search} onChange={change} />
      {position.kind === 'denied' ? (
        <Text size="sm" c="dimmed" role="status">
          {t('find.nearDenied')}
        </Text>
      ) : null}
      <Faces
        query={sites}
        rows={2}
        isEmpty={(items) => fitting(items).length === 0}
        empty={
          isFiltered ? (
            <Notice title={t('find.empty')} action={clear}>
              {t('find.emptyHint')}
            </Notice>
          ) : (
            <Notice title={t('find.noSite')}>{t('find.noSiteHint')}</Notice>
          )
        }
      >
        {(items) => (
          <ul className="site-list">
            {fitting(items).map(({ site, meters }) => (
              <li key={site.siteId}>
                <SiteCard site={site} meters={meters} />
              </li>
            ))}
          </ul>
        )}
      </Faces>
    </Stack>
  )
}
