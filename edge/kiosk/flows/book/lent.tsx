import type { Problem } from '@gatehouse/shared/api/problem'
import type { SpaceView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import type { ReactNode } from 'react'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import { lentTold } from './lent-told.ts'

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
  const isLive = site.link.state === 'live'
  const told = lentTold(lentOut, { nowMs: now, isLive })
  if (told.kind === 'ending')
    return <Notice title={t('book.lentEnding', { name })}>{t('book.lentAsk')}</Notice>
  const time = formatTime(told.untilMs, locale, 'dateTime', site.timeZone)
  if (told.kind === 'unheard')
    return <Notice title={t('book.lentUnheard', { name, time })}>{t('book.lentUnheardHint')}</Notice>
  return (
    <Notice title={t('book.lent', { name, time })}>{t(isLive ? 'book.lentAsk' : 'book.lentOffline')}</Notice>
  )
}

/** While the member app is asked for the space: two seconds at most. */
export function AskingBack(props: { readonly space: SpaceView; readonly busy: boolean }): ReactNode {
  const t = useWords()
  if (!props.busy || !isLent(props.space)) return null
  return <p role="status">{t('book.askingBack', { name: props.space.name })}</p>
}

const whySold = {
  offline: 'book.whyOffline',
  no_answer: 'book.whyNoAnswer',
  given_back: 'book.whyNoAnswer',
} as const

/** Why a lent space was not sold here, after it was asked for. */
export function WhyLent(props: { readonly problem: Problem | undefined }): ReactNode {
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const now = useServerNowMs(30_000)
  const lent = props.problem?.lent
  if (lent === undefined) return null
  const { outcome, untilMs, toMs = untilMs } = lent
  const told = lentTold({ sellUntilMs: untilMs, toMs }, { nowMs: now, isLive: outcome !== 'offline' })
  if (told.kind === 'ending') return <p role="status">{t('book.whyEnding')}</p>
  const time = formatTime(told.untilMs, locale, 'dateTime', site.timeZone)
  const words = told.kind === 'unheard' ? 'book.whyUnheard' : whySold[outcome]
  return <p role="status">{t(words, { time })}</p>
}
