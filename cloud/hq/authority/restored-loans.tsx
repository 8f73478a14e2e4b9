import { type RestoredLoans, releaseReason } from '@gatehouse/shared/api/restored-loans-view'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Checkbox, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Refused } from '../exceptions/case-actions.tsx'
import { releaseLoans, restoredLoansQuery } from './queries.ts'
import { useAuthorityWords } from './words/words.ts'

/** States why the site sells again before older passes are over, and that the risk is taken. */
function ReleaseForm(props: { readonly siteId: string }): ReactNode {
  const t = useAuthorityWords()
  const client = useQueryClient()
  const { siteId } = props
  const [reason, setReason] = useState('')
  const [takesRisk, setTakesRisk] = useState(false)
  const release = useMutation({
    mutationFn: () => releaseLoans(siteId, reason.trim()),
    onSettled: () => {
      for (const name of ['restored-loans', 'authority', 'audit'])
        void client.invalidateQueries({ queryKey: [name] })
    },
  })
  const isReady = takesRisk && reason.trim().length >= releaseReason.charactersMin
  return (
    <section className="gh-card" aria-label={t('restored.release')}>
      <Stack gap="sm" p="md">
        <Refused error={release.error} />
        <Textarea
          label={t('restored.reason')}
          description={t('restored.reasonHint', { count: releaseReason.charactersMin })}
          value={reason}
          maxLength={releaseReason.charactersMax}
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Checkbox
          label={t('restored.takesRisk')}
          checked={takesRisk}
          onChange={(event) => setTakesRisk(event.currentTarget.checked)}
        />
        <div>
          <Button disabled={!isReady} loading={release.isPending} onClick={() => release.mutate()}>
            {t('restored.release')}
          </Button>
        </div>
      </Stack>
    </section>
  )
}

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
      {data.mayRelease && data.released === null ? <ReleaseForm siteId={siteId} /> : null}
    </Stack>
  )
}
