import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words of a site's settings. */
export const useSettingsWords = defineWords('hq-settings', { en, de })
