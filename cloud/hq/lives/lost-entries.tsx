import { releaseReason } from '@gatehouse/shared/api/restored-loans-view'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Checkbox, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Refused } from '../exceptions/case-actions.tsx'
import { acceptGap, type Life } from './queries.ts'
import { useLifeWords } from './words/words.ts'

interface Props {
  readonly siteId: string
  readonly life: Life
  readonly timeZone: string
  readonly mayDecide: boolean
}

/** States that lost entries stay lost, and why that is accepted. */
function AcceptForm(props: {
  readonly siteId: string
  readonly incarnation: number
  readonly toSeq: number
}): ReactNode {
  const t = useLifeWords()
  const client = useQueryClient()
  const { siteId, incarnation, toSeq } = props
  const [reason, setReason] = useState('')
  const [staysLost, setStaysLost] = useState(false)
  const accept = useMutation({
    mutationFn: () => acceptGap(siteId, incarnation, { toSeq, reason: reason.trim() }),
    onSettled: () => client.invalidateQueries({ queryKey: ['site', siteId] }),
  })
  const isReady = staysLost && reason.trim().length >= releaseReason.charactersMin
  return (
    <Stack gap="sm" component="section" aria-label={t('lost.accept')}>
      <Refused error={accept.error} />
      <Textarea
        label={t('lost.reason')}
        description={t('lost.reasonHint', { count: releaseReason.charactersMin })}
        value={reason}
        maxLength={releaseReason.charactersMax}
        autosize
        minRows={2}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Checkbox
        label={t('lost.states')}
        checked={staysLost}
        onChange={(event) => setStaysLost(event.currentTarget.checked)}
      />
      <div>
        <Button
          variant="default"
          disabled={!isReady}
          loading={accept.isPending}
          onClick={() => accept.mutate()}
        >
          {t('lost.accept')}
        </Button>
      </div>
    </Stack>
  )
}

/** Entries of a life that the cloud lost: what that means, who accepted it, and the way to accept it. */
export function LostEntries({ siteId, life, timeZone, mayDecide }: Props): ReactNode {
  const t = useLifeWords()
  const { lost, gaps, incarnation } = life
  return (
    <>
      {gaps.map((gap) => (
        <Text key={gap.toSeq} size="sm">
          {t('lost.accepted', { from: gap.fromSeq, to: gap.toSeq, reason: gap.reason })}{' '}
          <TimeText ms={gap.atMs} timeZone={timeZone} style="dateTime" />
        </Text>
      ))}
      {lost === null ? null : (
        <Notice tone="out" title={t('lost.title', { from: lost.fromSeq, to: lost.toSeq })}>
          {t('lost.hint')}
        </Notice>
      )}
      {lost !== null && mayDecide ? <AcceptForm {...{ siteId, incarnation, toSeq: lost.toSeq }} /> : null}
    </>
  )
}
