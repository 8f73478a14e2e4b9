import { defineWords } from '@gatehouse/shared/ui/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** Hook for the words of the audit. */
export const useAuditWords = defineWords('hq-audit', { en, de })

const known: ReadonlySet<string> = new Set(Object.keys(en))
/** A word of one of the closed lists that the cloud names things by. */
type Named = Extract<
  keyof typeof en,
  `${'act' | 'actor' | 'role' | 'subject' | 'field' | 'kind' | 'fix'}.${string}`
>

/** The word for something the cloud named, or `undefined` for a name that this page is too old to know. */
export function namedWord(family: string, name: string): Named | undefined {
  const key = `${family}.${name}`
  return known.has(key) ? (key as Named) : undefined
}

/** The codes of all acts that have a word, for the filter. */
export const namedActs: readonly string[] = Object.keys(en)
  .filter((key) => key.startsWith('act.'))
  .map((key) => key.slice('act.'.length))
