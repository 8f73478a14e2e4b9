import { formatTime } from './format.ts'
import { useLanguage } from './language.ts'
import { useUiWords } from './words.ts'

/** "Not updated since 14:02", with the day; `undefined` while what is shown is live. */
export function useStaleWords(sinceMs: number | undefined, timeZone?: string): string | undefined {
  const t = useUiWords()
  const { locale } = useLanguage()
  if (sinceMs === undefined) return undefined
  if (sinceMs === 0) return t('faces.neverUpdated')
  return t('faces.staleSince', { time: formatTime(sinceMs, locale, 'dateTime', timeZone) })
}
