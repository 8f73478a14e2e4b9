import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AsOf } from '../frame/as-of.tsx'
import { useWords } from '../words/words.ts'
import { ActDrawer } from './act-drawer.tsx'
import { ActsTable } from './acts-table.tsx'
import { AuditFilters, isFiltered } from './audit-filters.tsx'
import './audit-screen.css'
import { ChainChip, ChainNotice } from './chain-chip.tsx'
import { type AuditSearch, actsQuery, auditFilePath, auditSummaryQuery } from './queries.ts'
import { useAuditWords } from './words/words.ts'

const route = getRouteApi('/audit')

function Acts(props: {
  readonly search: AuditSearch
  readonly brokenAtSeq: number | undefined
  readonly onChange: (next: AuditSearch) => void
}): ReactNode {
  const t = useAuditWords()
  const { search, onChange } = props
  const acts = useQuery({ ...actsQuery(search), placeholderData: keepPreviousData })
  const older = acts.data?.nextBeforeSeq
  const filtered = isFiltered(search) || search.before !== undefined
  return (
    <>
      <Faces
        query={acts}
        rows={8}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Notice title={t(filtered ? 'noMatch' : 'empty')}>
            {t(filtered ? 'noMatchHint' : 'emptyHint')}
          </Notice>
        }
      >
        {({ items }) => (
          <ActsTable
            acts={items}
            brokenAtSeq={props.brokenAtSeq}
            onOpen={(seq) => onChange({ ...search, open: seq })}
          />
        )}
      </Faces>
      <Group gap="sm">
        {older === undefined ? null : (
          <Button variant="default" size="sm" onClick={() => onChange({ ...search, before: older })}>
            {t('older')}
          </Button>
        )}
        {search.before === undefined ? null : (
          <Button variant="default" size="sm" onClick={() => onChange({ ...search, before: undefined })}>
            {t('newest')}
          </Button>
        )}
      </Group>
      <ActDrawer
        act={acts.data?.items.find(({ seq }) => seq === search.open)}
        onClose={() => onChange({ ...search, open: undefined })}
      />
    </>
  )
}

/** Every administrative act, newest first, with filters that live in the address and the state of its chain. */
export function AuditScreen(): ReactNode {
  const t = useAuditWords()
  const app = useWords()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const summary = useQuery(auditSummaryQuery)
  useDocumentTitle(`${t('title')} · ${app('app.name')}`)
  const change = (next: AuditSearch) => void navigate({ search: next, resetScroll: false })
  const { from, to } = search
  const isReversed = from !== undefined && to !== undefined && to < from
  const chain = summary.data?.chain
  return (
    <Stack gap="md">
      <div className="hq-head">
        <div>
          <Title order={1}>{t('title')}</Title>
          <Text c="dimmed">{t('lead')}</Text>
        </div>
        <AsOf ms={summary.data?.asOfMs} csvPath={auditFilePath(search)} what={t('title')} />
      </div>
      <ChainChip chain={chain} failed={summary.isError} />
      <ChainNotice chain={chain} />
      <AuditFilters search={search} summary={summary.data} onChange={change} />
      {isReversed ? (
        <Notice tone="held" title={t('filter.reversed')}>
          {t('filter.reversedHint')}
        </Notice>
      ) : (
        <Acts search={search} brokenAtSeq={chain?.brokenAtSeq} onChange={change} />
      )}
    </Stack>
  )
}
