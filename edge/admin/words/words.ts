import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** The words of the site's admin: `const t = useWords()`, then `t('devices.title')`. */
export const useWords = defineWords('admin', { en, de })
