import type { AccessPage } from '@gatehouse/shared/api/access-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Stack, Text, TextInput, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { AsOf } from '../frame/as-of.tsx'
import { CodeSelect } from '../frame/filter-fields.tsx'
import { useWords } from '../words/words.ts'
import { AccessTable } from './access-table.tsx'
import { codesOf, codeWords } from './code-words.ts'
import { Pages, PlaceFilters } from './filters.tsx'
import { accessPath, accessQuery } from './queries.ts'
import { type AccessSearch, isFiltered } from './search.ts'
import './access-screen.css'

const route = getRouteApi('/access')
const reasons = codesOf('access.reason')

/** Part of a member's name; asks when somebody stops at Enter or leaves the field. */
function NameFilter(props: {
  readonly value: string | undefined
  readonly onChange: (name: string | undefined) => void
}): ReactNode {
  const t = useWords()
  const [typed, setTyped] = useState(props.value ?? '')
  useEffect(() => setTyped(props.value ?? ''), [props.value])
  const ask = () => {
    const name = typed.trim() || undefined
    if (name !== props.value) props.onChange(name)
  }
  return (
    <TextInput
      size="sm"
      type="search"
      maxLength={80}
      label={t('access.name')}
      placeholder={t('access.nameHint')}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={ask}
      onKeyDown={(event) => {
        if (event.key === 'Enter') ask()
      }}
    />
  )
}

function Filters(props: { readonly page: AccessPage | undefined }): ReactNode {
  const t = useWords()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: AccessSearch) =>
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...next }), resetScroll: false })
  const { member } = search
  const name = props.page?.items.find(({ memberId }) => memberId === member)?.memberName ?? member
  return (
    <PlaceFilters
      filter={search}
      choices={props.page?.choices}
      filtered={isFiltered(search)}
      onChange={change}
      onClear={() => void navigate({ search: {} })}
    >
      <CodeSelect
        label={t('access.result')}
        any={t('access.anyResult')}
        value={search.result}
        codes={(['granted', 'refused'] as const).map((value) => ({
          value,
          label: t(`access.result.${value}`),
        }))}
        onChange={(result) => change({ result: result as AccessSearch['result'] })}
      />
      <CodeSelect
        label={t('access.reason')}
        any={t('access.anyReason')}
        value={search.reason}
        codes={reasons.map((value) => ({ value, label: codeWords(t, 'access.reason', value) }))}
        onChange={(reason) => change({ reason })}
      />
      {member === undefined ? (
        <NameFilter value={search.name} onChange={(typed) => change({ name: typed })} />
      ) : (
        <CodeSelect
          label={t('access.name')}
          any={t('access.anyResult')}
          value={member}
          codes={[{ value: member, label: t('access.onlyMember', { name: name ?? member }) }]}
          onChange={(chosen) => change({ member: chosen })}
        />
      )}
    </PlaceFilters>
  )
}

/** Who was let in or refused at any site, newest first and live; filters and page live in the address. */
export function AccessScreen(): ReactNode {
  const t = useWords()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  useDocumentTitle(`${t('nav.access')} · ${t('app.name')}`)
  const access = useQuery({ ...accessQuery(search), placeholderData: keepPreviousData })
  const change = (next: AccessSearch) => void navigate({ search: (before) => ({ ...before, ...next }) })
  const filtered = isFiltered(search)
  const csvPath = accessPath({ ...search, cursor: undefined })
  return (
    <Stack gap="md">
      <div className="hq-head">
        <div>
          <Title order={1}>{t('access.title')}</Title>
          <Text c="dimmed" maw={720}>
            {t('access.lead')}
          </Text>
        </div>
        <AsOf ms={access.data?.asOfMs} csvPath={`/api/v1${csvPath}&format=csv`} what={t('nav.access')} />
      </div>
      <Filters page={access.data} />
      <Faces
        query={access}
        rows={8}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Notice title={t(filtered ? 'access.noMatch' : 'access.empty')}>
            {t(filtered ? 'access.noMatchHint' : 'access.emptyHint')}
          </Notice>
        }
      >
        {({ items }) => (
          <AccessTable
            rows={items}
            onMember={(member) => change({ member, name: undefined, cursor: undefined })}
          />
        )}
      </Faces>
      <Pages cursor={search.cursor} next={access.data?.nextCursor} onMove={(cursor) => change({ cursor })} />
      {access.data ? (
        <Text size="sm" c="dimmed">
          {t('access.kept', { count: access.data.keptDays })}
        </Text>
      ) : null}
    </Stack>
  )
}
