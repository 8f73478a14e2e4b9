import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words of the member app. */
export const useWords = defineWords('member-app', { en, de })
