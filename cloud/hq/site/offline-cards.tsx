import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { foreignZoneName, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import type { Site } from '../api/queries.ts'
import { useWords } from '../words/words.ts'

/** How long a site that is not heard lets in whom it knows, and which doors stop earlier. */
export function OfflineCards(props: { readonly site: Site }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { offlineCards, asOfMs, timeZone } = props.site
  if (offlineCards === undefined) return null
  const { untilMs, stricterDoors } = offlineCards
  const isOver = asOfMs > untilMs
  const zone = foreignZoneName(untilMs, timeZone, locale)
  const time = `${formatTime(untilMs, locale, 'dateTime', timeZone)} ${zone}`.trim()
  return (
    <Notice tone={isOver ? 'out' : 'held'} title={t(isOver ? 'site.cardsOver' : 'site.cardsUntil', { time })}>
      {t('site.cardsHint')}
      {stricterDoors.map((door) => (
        <div key={door.name}>
          {t(asOfMs > door.untilMs ? 'site.doorOver' : 'site.doorUntil', { name: door.name })}{' '}
          <TimeText ms={door.untilMs} timeZone={timeZone} style="dateTime" />
        </div>
      ))}
    </Notice>
  )
}
