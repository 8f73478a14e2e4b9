import type { ExceptionPerson, ExceptionSideView } from '@gatehouse/shared/api/exception-view'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { lineName } from '../reconciliation/line-name.ts'
import { useWords } from '../words/words.ts'
import { caseWord, useCaseWords } from './words/words.ts'

const shownMax = 16

/** Writes what the cloud names in the viewer's language; names that this page does not know stay as they are. */
export function useCaseText() {
  const t = useCaseWords()
  const hq = useWords()
  const { locale } = useLanguage()
  const word = (family: 'act' | 'code' | 'fix' | 'side', name: string) => {
    const key = caseWord(family, name)
    return key === undefined ? undefined : t(key)
  }
  const value = (of: number | string, unit: string, timeZone: string): string => {
    if (unit === 'instant' && typeof of === 'number') return formatTime(of, locale, 'dateTime', timeZone)
    if (unit === 'hash' && typeof of === 'string') return of.length > shownMax ? `${of.slice(0, 12)}…` : of
    if (typeof of === 'string') return word('code', of) ?? of
    return /^[A-Z]{3}$/.test(unit) ? formatMoney(of, unit, locale) : of.toLocaleString(locale)
  }
  return {
    value,
    side: ({ what }: ExceptionSideView) => word('side', what) ?? lineName(what, hq),
    fix: (name: string) => word('fix', name) ?? name,
    act: (name: string) => word('act', name) ?? name,
    person: ({ id, name }: ExceptionPerson) => name ?? (id === 'cloud' ? t('cloud') : id),
  }
}
