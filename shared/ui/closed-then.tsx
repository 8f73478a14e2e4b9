import type { SiteView } from '@gatehouse/shared/api/views'
import { dayNumber } from '@gatehouse/shared/calendar/civil'
import { type Interval, isOpenThroughout, openIntervals } from '@gatehouse/shared/calendar/opening'
import type { ReactNode } from 'react'
import { Notice } from './faces.tsx'
import { formatTime, localDate } from './format.ts'
import { useLanguage } from './language.ts'
import { useUiWords } from './words.ts'

/** Says that a site is not open during the whole of a wished time, and when it is open on the day on which that begins. */
export function ClosedThen(props: { readonly site: SiteView; readonly wish: Interval }): ReactNode {
  const t = useUiWords()
  const { locale } = useLanguage()
  const { site, wish } = props
  if (isOpenThroughout(site, wish)) return null
  const day = dayNumber(localDate(wish.fromMs, site.timeZone))
  const time = (ms: number) => formatTime(ms, locale, 'time', site.timeZone)
  const hours = (day === undefined ? [] : openIntervals(site, day))
    .map(({ fromMs, toMs }) => `${time(fromMs)}–${time(toMs)}`)
    .join(', ')
  return (
    <Notice tone="held" title={t('closedThen.title')}>
      {hours === '' ? t('closedThen.allDay') : t('closedThen.hours', { hours })}
    </Notice>
  )
}
