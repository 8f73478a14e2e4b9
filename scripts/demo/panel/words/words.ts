import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** The panel's words: `const t = useWords()`, then `t('doors.tap')`. */
export const useWords = defineWords('panel', { en, de })
