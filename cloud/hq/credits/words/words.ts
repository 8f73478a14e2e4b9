import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words of the credits page. */
export const useCreditWords = defineWords('hq-credits', { en, de })
