import type { Problem } from '@gatehouse/shared/api/problem'
import type { SpaceView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import type { ReactNode } from 'react'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'

/** Tells whether a space is taken only because the member app may sell it. */
export const isLent = (space: SpaceView) => space.status === 'taken' && space.lentOut !== undefined

/** Who may sell the chosen space and until when, and what choosing it does; nothing for one that is sold here. */
export function LentNote(props: { readonly space: SpaceView }): ReactNode {
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const now = useServerNowMs(30_000)
  const { name, lentOut } = props.space
  if (lentOut === undefined || !isLent(props.space)) return null
  const time = formatTime(lentOut.sellUntilMs, locale, 'dateTime', site.timeZone)
  const sold = lentOut.sellUntilMs > now ? t('book.lent', { name, time }) : t('book.lentEnding', { name })
  return (
    <Notice title={sold}>{site.link.state === 'live' ? t('book.lentAsk') : t('book.lentOffline')}</Notice>
  )
}

/** While the member app is asked for the space: two seconds at most. */
export function AskingBack(props: { readonly space: SpaceView; readonly busy: boolean }): ReactNode {
  const t = useWords()
  if (!props.busy || !isLent(props.space)) return null
  return <p role="status">{t('book.askingBack', { name: props.space.name })}</p>
}

/** Why a lent space was not sold here, after it was asked for. */
export function WhyLent(props: { readonly problem: Problem | undefined }): ReactNode {
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const lent = props.problem?.lent
  if (lent === undefined) return null
  const time = formatTime(lent.untilMs, locale, 'dateTime', site.timeZone)
  return (
    <p role="status">
      {lent.outcome === 'offline' ? t('book.whyOffline', { time }) : t('book.whyNoAnswer', { time })}
    </p>
  )
}
