import type { PriceLine } from '@gatehouse/shared/wire/v1/entries'
import { useGivenNames } from './given-names.ts'
import { uiEn, useUiWords } from './words.ts'

type UiWord = keyof typeof uiEn
type FeatureWord = Extract<UiWord, `feature.${string}`>

const isFeature = (key: string): key is FeatureWord => Object.hasOwn(uiEn, key)

/** Words for an amenity of a site or a feature of a space; an unknown code is written with spaces. */
export function useFeatureWords(): (code: string) => string {
  const t = useUiWords()
  return (code) => {
    const key = `feature.${code}`
    return isFeature(key) ? t(key) : code.replaceAll('_', ' ')
  }
}

/** Words for a line of a price: by its code where that says all, else the label of the tariff. */
export function usePriceLineWords(): (line: Pick<PriceLine, 'code' | 'label'>) => string {
  const t = useUiWords()
  const given = useGivenNames()
  return ({ code, label }) => {
    switch (code) {
      case 'free_minutes':
      case 'cap_24h':
      case 'lost_ticket':
        return t(`price.${code}`)
      case 'plan_discount':
      case 'plan_covered':
        return t(`price.${code}`, { plan: label })
      default:
        return given(label)
    }
  }
}
