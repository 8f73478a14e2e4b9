import type { RestoredLoans } from '@gatehouse/shared/api/restored-loans-view'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Box, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { StatedAct } from '../frame/stated-act.tsx'
import { releaseLoans, restoredLoansQuery } from './queries.ts'
import { useAuthorityWords } from './words/words.ts'

function Waiting(props: { readonly of: RestoredLoans; readonly timeZone: string }): ReactNode {
  const t = useAuthorityWords()
  const { of, timeZone } = props
  return (
    <>
      <Text size="sm">{t(of.caughtUp ? 'restored.caughtUp' : 'restored.notCaughtUp')}</Text>
      {of.released === null && of.passesOverMs !== null ? (
        <Text size="sm">
          {t('restored.passesUntil')} <TimeText ms={of.passesOverMs} timeZone={timeZone} style="dateTime" />
        </Text>
      ) : null}
      {of.released === null ? null : (
        <Text size="sm">
          {t('restored.released', { reason: of.released.reason })}{' '}
          <TimeText ms={of.released.atMs} timeZone={timeZone} style="dateTime" />
        </Text>
      )}
    </>
  )
}

/** What a restored cloud holds back at a site and why, with the way to release it early; nothing while nothing waits. */
export function RestoredLoansNotice(props: {
  readonly siteId: string
  readonly timeZone: string
}): ReactNode {
  const t = useAuthorityWords()
  const { siteId, timeZone } = props
  const { data } = useQuery(restoredLoansQuery(siteId))
  if (data === undefined || data.suspended === 0) return null
  return (
    <Stack gap="sm">
      <Notice tone="held" title={t('restored.title', { count: data.suspended })}>
        <Text size="sm">{t('restored.lead', { sold: data.sold })}</Text>
        <Waiting of={data} timeZone={timeZone} />
      </Notice>
      {data.mayRelease && data.released === null ? (
        <Box className="gh-card" p="md">
          <StatedAct
            verb={t('restored.release')}
            reasonLabel={t('restored.reason')}
            statement={t('restored.takesRisk')}
            act={(reason) => releaseLoans(siteId, reason)}
            refreshes={['restored-loans', 'authority', 'audit']}
          />
        </Box>
      ) : null}
    </Stack>
  )
}
