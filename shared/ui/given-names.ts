import { useCallback } from 'react'
import { useLanguage } from './language.ts'

/** German for names that operators often give in English: of price bands, holidays and levels. */
const german: Readonly<Record<string, string>> = {
  Day: 'Tag',
  Night: 'Nacht',
  Early: 'Früh',
  Morning: 'Vormittag',
  Evening: 'Abend',
  Weekend: 'Wochenende',
  'Christmas Eve': 'Heiligabend',
  'Christmas Day': '1. Weihnachtstag',
  'New Year’s Eve': 'Silvester',
  'New Year’s Day': 'Neujahr',
  'Ground floor': 'Erdgeschoss',
  'Upper floor': 'Obergeschoss',
}

/** A name in the language shown where it is a common one; any other name stays as it was given. */
export function givenName(name: string, language: string): string {
  return (language === 'de' && Object.hasOwn(german, name) ? german[name] : undefined) ?? name
}

/** Hook over `givenName` for the language now shown. */
export function useGivenNames(): (name: string) => string {
  const { language } = useLanguage()
  return useCallback((name) => givenName(name, language), [language])
}
