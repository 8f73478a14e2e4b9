import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words of the exceptions inbox. */
export const useCaseWords = defineWords('hq-exceptions', { en, de })

type Family = 'act' | 'code' | 'fix' | 'side'
type CaseWord = Extract<keyof typeof en, `${Family}.${string}`>
const known: ReadonlySet<string> = new Set(Object.keys(en))

/** The word for something the cloud named, or `undefined` for a name that this page is too old to know. */
export function caseWord(family: Family, name: string): CaseWord | undefined {
  const key = `${family}.${name}`
  return known.has(key) ? (key as CaseWord) : undefined
}
