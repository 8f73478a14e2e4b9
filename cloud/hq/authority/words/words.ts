import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words of the page that says who may sell what. */
export const useAuthorityWords = defineWords('hq-authority', { en, de })
