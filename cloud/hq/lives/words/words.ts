import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words about a site's boxes. */
export const useLifeWords = defineWords('hq-lives', { en, de })

type LifeWord = Extract<keyof typeof en, `why.${string}` | `reason.${string}`>
const known: ReadonlySet<string> = new Set(Object.keys(en))

/** The word for something the cloud named, or `undefined` for a name that this page is too old to know. */
export function lifeWord(family: 'why' | 'reason', name: string): LifeWord | undefined {
  const key = `${family}.${name}`
  return known.has(key) ? (key as LifeWord) : undefined
}
