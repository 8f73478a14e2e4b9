import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { viewerZone } from '@gatehouse/shared/ui/format.ts'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { entryBodies } from '@gatehouse/shared/wire/v1/entries'
import { Anchor, Button, Group, NativeSelect, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronLeft } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { headingName, ledgerPath, ledgerQuery, type Site, siteQuery } from '../api/queries.ts'
import { AsOf } from '../frame/as-of.tsx'
import { LivesPanel } from '../lives/lives-panel.tsx'
import { HealthChip } from '../overview/health-chip.tsx'
import { healthOf } from '../overview/worst-first.ts'
import { useWords } from '../words/words.ts'
import { EntryDrawer } from './entry-drawer.tsx'
import { LedgerTable } from './ledger-table.tsx'
import { OfflineCards } from './offline-cards.tsx'
import './site-screen.css'

const route = getRouteApi('/sites/$siteId')
const devicesNamedMax = 12
const entryTypes = Object.keys(entryBodies).sort()

function SiteHead(props: {
  readonly siteId: string
  readonly name: string
  readonly site: Site | undefined
}): ReactNode {
  const t = useWords()
  const search = route.useSearch()
  const { site, name } = props
  return (
    <div className="hq-head">
      <div>
        <Group gap="sm">
          <Title order={1}>{t('site.title', { name })}</Title>
          {site ? <HealthChip health={healthOf(site, site.asOfMs)} /> : null}
        </Group>
        <Text c="dimmed">
          {t('site.live')}
          {site ? (
            <>
              {' · '}
              {t('site.headIs', { seq: site.cloudSeq })}{' '}
              <span className="hq-mono">{site.headHash.slice(0, 12)}…</span>
            </>
          ) : null}
        </Text>
      </div>
      <AsOf ms={site?.asOfMs} csvPath={`/api/v1${ledgerPath(props.siteId, search)}&format=csv`} what={name} />
    </div>
  )
}

/** What else HQ knows of this site. */
function Drills(props: { readonly siteId: string }): ReactNode {
  const t = useWords()
  const search = { site: props.siteId }
  return (
    <Group gap="md">
      <Anchor size="sm" renderRoot={(anchor) => <Link to="/access" search={search} {...anchor} />}>
        {t('access.ofSite')}
      </Anchor>
      <Anchor
        size="sm"
        renderRoot={(anchor) => (
          <Link to="/sites/$siteId/doors" params={{ siteId: props.siteId }} {...anchor} />
        )}
      >
        {t('doors.ofSite')}
      </Anchor>
      <Anchor size="sm" renderRoot={(anchor) => <Link to="/incidents" search={search} {...anchor} />}>
        {t('incident.ofSite')}
      </Anchor>
      <Anchor
        size="sm"
        renderRoot={(anchor) => (
          <Link to="/sites/$siteId/authority" params={{ siteId: props.siteId }} {...anchor} />
        )}
      >
        {t('site.authority')}
      </Anchor>
      <Anchor
        size="sm"
        renderRoot={(anchor) => (
          <Link to="/sites/$siteId/settings" params={{ siteId: props.siteId }} {...anchor} />
        )}
      >
        {t('site.settings')}
      </Anchor>
    </Group>
  )
}

function DevicesDown(props: { readonly site: Site }): ReactNode {
  const t = useWords()
  const { devicesDownIds } = props.site
  if (devicesDownIds.length === 0) return null
  const names = devicesDownIds.slice(0, devicesNamedMax).join(', ')
  const more = devicesDownIds.length > devicesNamedMax ? ' …' : ''
  const count = devicesDownIds.length
  return <Notice tone="held" title={`${t('site.devicesDown', { count, names })}${more}`} />
}

function OpenExceptions(props: { readonly site: Site }): ReactNode {
  const t = useWords()
  const { openExceptions, siteId, timeZone } = props.site
  if (openExceptions.length === 0) return null
  return (
    <Notice tone="out" title={t('site.exceptions', { count: openExceptions.length })}>
      {openExceptions.map((exception) => (
        <div key={exception.exceptionId}>
          <Anchor
            size="sm"
            renderRoot={(anchor) => (
              <Link to="/exceptions" search={{ site: siteId, open: exception.exceptionId }} {...anchor} />
            )}
          >
            {t(`exception.${exception.kind}`)}
          </Anchor>{' '}
          ({exception.about}) · <TimeText ms={exception.openedMs} timeZone={timeZone} style="dateTime" />
        </div>
      ))}
    </Notice>
  )
}

/** What somebody should know of the site before reading on. */
function Notices(props: { readonly site: Site }): ReactNode {
  return (
    <>
      <OpenExceptions {...props} />
      <DevicesDown {...props} />
      <OfflineCards {...props} />
    </>
  )
}

/** One site's ledger as the cloud has it, newest first and live; type and page live in the address. */
export function SiteScreen(): ReactNode {
  const t = useWords()
  const { siteId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const site = useQuery(siteQuery(siteId))
  const name = headingName(site, siteId)
  useDocumentTitle(`${name} · ${t('app.name')}`)
  const ledger = useQuery({ ...ledgerQuery(siteId, search), placeholderData: keepPreviousData })
  const timeZone = site.data?.timeZone ?? viewerZone()
  const change = (next: typeof search) =>
    void navigate({ search: (before) => ({ ...before, ...next }), resetScroll: false })
  const older = ledger.data?.nextBeforeSeq
  return (
    <Stack gap="md">
      <Anchor size="sm" renderRoot={(props) => <Link to="/" {...props} />}>
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('site.back')}
      </Anchor>
      <SiteHead siteId={siteId} name={name} site={site.data} />
      <Drills siteId={siteId} />
      {site.data ? <Notices site={site.data} /> : null}
      <LivesPanel siteId={siteId} timeZone={timeZone} />
      <Group align="flex-end" gap="sm">
        <NativeSelect
          size="sm"
          label={t('site.filter')}
          value={search.type ?? ''}
          data={[{ value: '', label: t('site.allTypes') }, ...entryTypes]}
          onChange={(event) =>
            change({
              type: event.currentTarget.value || undefined,
              before: undefined,
              incarnation: undefined,
            })
          }
        />
        {search.before === undefined ? null : (
          <Button
            variant="default"
            size="sm"
            onClick={() => change({ before: undefined, incarnation: undefined })}
          >
            {t('site.newest')}
          </Button>
        )}
      </Group>
      <Faces query={ledger} rows={8} empty={<Notice title={t('site.empty')}>{t('site.emptyHint')}</Notice>}>
        {({ items }) => (
          <LedgerTable entries={items} timeZone={timeZone} onOpen={(seq) => change({ entry: seq })} />
        )}
      </Faces>
      {older === undefined ? null : (
        <Button
          variant="default"
          size="sm"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => change({ before: older })}
        >
          {t('site.older')}
        </Button>
      )}
      <EntryDrawer
        entry={ledger.data?.items.find(({ seq }) => seq === search.entry)}
        timeZone={timeZone}
        onClose={() => change({ entry: undefined })}
      />
    </Stack>
  )
}
