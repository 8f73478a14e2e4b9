import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { StatedAct } from '../frame/stated-act.tsx'
import { acceptGap, type Life } from './queries.ts'
import { useLifeWords } from './words/words.ts'

/** A life of a site as a panel shows it to somebody who may decide about it, or not. */
export interface LifeProps {
  readonly siteId: string
  readonly life: Life
  readonly timeZone: string
  readonly mayDecide: boolean
}

/** Entries of a life that the cloud lost: what that means, who accepted it, and the way to accept it. */
export function LostEntries({ siteId, life, timeZone, mayDecide }: LifeProps): ReactNode {
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
      {lost !== null && mayDecide ? (
        <StatedAct
          verb={t('lost.accept')}
          reasonLabel={t('lost.reason')}
          statement={t('lost.states')}
          variant="default"
          act={(reason) => acceptGap(siteId, incarnation, { toSeq: lost.toSeq, reason })}
          refreshes={['site', 'audit']}
        />
      ) : null}
    </>
  )
}
