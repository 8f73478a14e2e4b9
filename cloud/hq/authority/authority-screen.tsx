import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { viewerZone } from '@gatehouse/shared/ui/format.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { headingName, siteQuery } from '../api/queries.ts'
import { AsOf } from '../frame/as-of.tsx'
import { HealthChip } from '../overview/health-chip.tsx'
import { LoanTable } from './loan-table.tsx'
import { authorityQuery } from './queries.ts'
import { RestoredLoansNotice } from './restored-loans.tsx'
import { useAuthorityWords } from './words/words.ts'

const route = getRouteApi('/sites/$siteId/authority')

/** What a site lends the cloud in the next days: until when it is sold, what was sold, how old the right is; live. */
export function AuthorityScreen(): ReactNode {
  const t = useAuthorityWords()
  const { siteId } = route.useParams()
  const site = useQuery(siteQuery(siteId))
  const now = useServerNowMs(60_000)
  const authority = useQuery(authorityQuery(siteId, now))
  const name = headingName(site, siteId)
  useDocumentTitle(`${t('title', { name })} · Gatehouse`)
  return (
    <Stack gap="md">
      <Anchor size="sm" renderRoot={(props) => <Link to="/sites/$siteId" params={{ siteId }} {...props} />}>
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('back')}
      </Anchor>
      <div className="hq-head">
        <div>
          <Group gap="sm">
            <Title order={1}>{t('title', { name })}</Title>
            {site.data?.link === 'offline' ? <HealthChip health="offline" /> : null}
          </Group>
          <Text c="dimmed">{t('lead')}</Text>
        </div>
        <AsOf ms={authority.data?.nowMs} what={name} />
      </div>
      {authority.data?.siteStopped === undefined ? null : (
        <Notice tone="held" title={t(`stopped.${authority.data.siteStopped}`)}>
          {t('stoppedHint')}
        </Notice>
      )}
      <RestoredLoansNotice siteId={siteId} timeZone={site.data?.timeZone ?? viewerZone()} />
      <Faces
        query={authority}
        rows={6}
        isEmpty={({ loans }) => loans.length === 0}
        empty={<Notice title={t('empty')}>{t('emptyHint')}</Notice>}
      >
        {(view) => <LoanTable view={view} timeZone={site.data?.timeZone ?? viewerZone()} />}
      </Faces>
    </Stack>
  )
}
