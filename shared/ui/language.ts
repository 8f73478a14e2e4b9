import i18next from 'i18next'
import { useCallback } from 'react'
import { initReactI18next, useTranslation } from 'react-i18next'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

const storageKey = 'gatehouse.language'
/** Names of each language in itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }
/** Locale for figures and times: day before month and a 24-hour clock in both. */
const locales: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' }

function isLanguage(value: string | null | undefined): value is Language {
  return value === 'en' || value === 'de'
}

function firstLanguage(): Language {
  if (typeof window === 'undefined') return 'en'
  const stored = window.localStorage.getItem(storageKey)
  if (isLanguage(stored)) return stored
  const asked = new URLSearchParams(window.location.search).get('lang')
  if (isLanguage(asked)) return asked
  return window.navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en'
}

// Initialised at load so that word lists can be added by the modules that own them, before the first render.
void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: 'en',
  resources: {},
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
})

function markDocument(language: string): void {
  if (typeof document !== 'undefined') document.documentElement.lang = language
}
markDocument(i18next.language)
i18next.on('languageChanged', markDocument)

/** The language now shown, its locale for `Intl`, and the way to change it (kept on this device). */
export function useLanguage(): {
  readonly language: Language
  readonly locale: string
  readonly setLanguage: (language: Language) => void
} {
  const { i18n } = useTranslation()
  const language = isLanguage(i18n.language) ? i18n.language : 'en'
  const setLanguage = useCallback(
    (next: Language) => {
      window.localStorage.setItem(storageKey, next)
      void i18n.changeLanguage(next)
    },
    [i18n],
  )
  return { language, locale: locales[language], setLanguage }
}

/** Goes back to a language without remembering it: a kiosk between two people. */
export function resetLanguage(language: Language): void {
  if (typeof window !== 'undefined') window.localStorage.removeItem(storageKey)
  void i18next.changeLanguage(language)
}

type PluralBase<Key extends string> = Key extends `${infer Base}_${'one' | 'other'}` ? Base : Key
/** Looks a word up; `count` chooses between `key_one` and `key_other`. */
export type Translate<Key extends string> = (
  key: PluralBase<Key>,
  values?: Readonly<Record<string, string | number>>,
) => string

/** The words of one app or part, in both languages, with the same keys in each. */
export interface Words<Key extends string> {
  readonly en: Readonly<Record<Key, string>>
  readonly de: Readonly<Record<Key, string>>
}

/**
 * Registers a namespace of words and returns its hook: `const useWords = defineWords('kiosk', { en, de })`,
 * then `const t = useWords()` and `t('home.book')`. Keys are flat; plurals are `key_one` and `key_other`.
 */
export function defineWords<Key extends string>(namespace: string, words: Words<Key>): () => Translate<Key> {
  for (const language of languages) i18next.addResourceBundle(language, namespace, words[language])
  // biome-ignore lint/correctness/noComponentHookFactories: called once per namespace, at module level.
  return function useWords() {
    const { t } = useTranslation(namespace)
    return useCallback<Translate<Key>>((key, values) => t(key, { ...values, defaultValue: key }), [t])
  }
}
