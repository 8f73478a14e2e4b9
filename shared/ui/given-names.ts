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

/** Hook that picks the language shown from a text that may come in several; else the text itself. */
export function useOwnWords(): (text: string, inLanguages: InLanguages | undefined) => string {
  const { language } = useLanguage()
  return useCallback((text, inLanguages) => ownWords(text, inLanguages, language), [language])
}

type InLanguages = Readonly<Record<string, string>>

/** A text in the language shown where somebody wrote it in that one; else as it was written first. */
export function ownWords(text: string, inLanguages: InLanguages | undefined, language: string): string {
  return inLanguages !== undefined && Object.hasOwn(inLanguages, language)
    ? (inLanguages[language] ?? text)
    : text
}
