import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words of the front door. */
export const useWords = defineWords('front-door', { en, de })
