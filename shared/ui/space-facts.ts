import type { SiteView, SpaceView } from '@gatehouse/shared/api/views'
import { useFeatureWords } from './code-words.ts'
import { formatTime } from './format.ts'
import { useGivenNames } from './given-names.ts'
import { useLanguage } from './language.ts'
import { useUiWords } from './words.ts'

/** What is said of a space beside its kind; views of both tiers fit as they are. */
export type FactualSpace = Partial<
  Pick<SpaceView, 'distanceMeters' | 'covered' | 'charging' | 'availableFromMs' | 'availableToMs'>
> & { readonly kind: string }

/** The facts of a space that help to choose one, in words: roof, charging and, of a bay, the way to walk. */
export function useSpaceFacts(): (space: FactualSpace) => readonly string[] {
  const t = useUiWords()
  return ({ kind, covered, charging, distanceMeters }) => [
    ...(covered ? [t('space.covered')] : []),
    ...(charging
      ? [
          t('space.charging', {
            power: charging.powerKw,
            connector: t(`space.connector.${charging.connector}`),
          }),
        ]
      : []),
    ...(kind === 'bay' && distanceMeters !== undefined
      ? [t('space.distance', { meters: Math.round(distanceMeters) })]
      : []),
  ]
}

/** From when and until when a space can be used at all, in words and wall time of the site. */
export function useAvailabilityWords(): (space: FactualSpace, timeZone: string) => readonly string[] {
  const t = useUiWords()
  const { locale } = useLanguage()
  return ({ availableFromMs, availableToMs }, timeZone) => {
    const time = (ms: number) => formatTime(ms, locale, 'dateTime', timeZone)
    return [
      ...(availableFromMs === undefined ? [] : [t('space.availableFrom', { time: time(availableFromMs) })]),
      ...(availableToMs === undefined ? [] : [t('space.availableTo', { time: time(availableToMs) })]),
    ]
  }
}

/** What a list of spaces can be narrowed to: `covered`, `charging`, and the codes of features. */
export function filterCodes(space: Pick<SpaceView, 'features' | 'covered' | 'charging'>): readonly string[] {
  return [
    ...new Set([
      ...(space.covered ? ['covered'] : []),
      ...(space.charging ? ['charging'] : []),
      ...space.features,
    ]),
  ]
}

/** Words for a code of `filterCodes`. */
export function useFilterWords(): (code: string) => string {
  const t = useUiWords()
  const features = useFeatureWords()
  return (code) => (code === 'covered' ? t('space.covered') : features(code))
}

type Holiday = NonNullable<SiteView['holidays']>[number]

/** A holiday in one line: closed, or with its own hours. */
export function useHolidayWords(): (holiday: Holiday) => string {
  const t = useUiWords()
  const { locale } = useLanguage()
  const given = useGivenNames()
  return ({ date, hours, ...holiday }) => {
    const name = given(holiday.name)
    const day = formatTime(Date.parse(`${date}T12:00:00Z`), locale, 'date', 'UTC')
    if (hours.length === 0) return t('holiday.closed', { date: day, name })
    const open = hours.map(({ from, to }) => `${from}–${to}`).join(', ')
    return t('holiday.open', { date: day, name, hours: open })
  }
}
