import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words of HQ. */
export const useWords = defineWords('hq', { en, de })
