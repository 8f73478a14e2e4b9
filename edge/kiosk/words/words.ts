import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** The kiosk's words: `const t = useWords()`, then `t('home.book')`. */
export const useWords = defineWords('kiosk', { en, de })
