import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { entryBodies } from '@gatehouse/shared/wire/v1/entries'
import { Anchor, Button, Group, NativeSelect, Stack, Text, Title } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ledgerPath, ledgerQuery, overviewQuery, siteQuery } from '../api/queries.ts'
import { AsOf } from '../frame/as-of.tsx'
import { useWords } from '../words/words.ts'
import { EntryDrawer } from './entry-drawer.tsx'
import { LedgerTable } from './ledger-table.tsx'
import './site-screen.css'

const route = getRouteApi('/sites/$siteId')
const entryTypes = Object.keys(entryBodies).sort()

function SiteHead(props: {
  readonly siteId: string
  readonly name: string
  readonly asOfMs: number
}): ReactNode {
  const t = useWords()
  const search = route.useSearch()
  const overview = useQuery(overviewQuery)
  const row = overview.data?.sites.find(({ siteId }) => siteId === props.siteId)
  const csvPath = `/api/v1${ledgerPath(props.siteId, search)}&format=csv`
  return (
    <Group justify="space-between" align="flex-start">
      <div>
        <Title order={1}>{t('site.title', { name: props.name })}</Title>
        <Text c="dimmed">
          {t('site.live')}
          {row ? (
            <>
              {' · '}
              {t('site.headIs', { seq: row.cloudSeq })}{' '}
              <span className="hq-mono">{row.headHash.slice(0, 12)}…</span>
            </>
          ) : null}
        </Text>
      </div>
      <AsOf ms={props.asOfMs || undefined} csvPath={csvPath} what={props.name} />
    </Group>
  )
}

/** One site's ledger as the cloud has it, newest first and live; type and page live in the address. */
export function SiteScreen(): ReactNode {
  const t = useWords()
  const { siteId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const site = useQuery(siteQuery(siteId))
  const ledger = useQuery({ ...ledgerQuery(siteId, search), placeholderData: keepPreviousData })
  const timeZone = site.data?.timeZone ?? 'UTC'
  const change = (next: typeof search) =>
    void navigate({ search: (before) => ({ ...before, ...next }), resetScroll: false })
  const last = ledger.data?.at(-1)
  return (
    <Stack gap="md">
      <Anchor size="sm" renderRoot={(props) => <Link to="/" {...props} />}>
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('site.back')}
      </Anchor>
      <SiteHead siteId={siteId} name={site.data?.name ?? siteId} asOfMs={ledger.dataUpdatedAt} />
      <Group align="flex-end" gap="sm">
        <NativeSelect
          size="sm"
          label={t('site.filter')}
          value={search.type ?? ''}
          data={[{ value: '', label: t('site.allTypes') }, ...entryTypes]}
          onChange={(event) => change({ type: event.currentTarget.value || undefined, before: undefined })}
        />
        {search.before === undefined ? null : (
          <Button variant="default" size="sm" onClick={() => change({ before: undefined })}>
            {t('site.newest')}
          </Button>
        )}
      </Group>
      <Faces query={ledger} rows={8} empty={<Notice title={t('site.empty')}>{t('site.emptyHint')}</Notice>}>
        {(entries) => (
          <LedgerTable entries={entries} timeZone={timeZone} onOpen={(seq) => change({ entry: seq })} />
        )}
      </Faces>
      {last && last.seq > 1 ? (
        <Button
          variant="default"
          size="sm"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => change({ before: last.seq })}
        >
          {t('site.older')}
        </Button>
      ) : null}
      <EntryDrawer
        entry={ledger.data?.find(({ seq }) => seq === search.entry)}
        timeZone={timeZone}
        onClose={() => change({ entry: undefined })}
      />
    </Stack>
  )
}
