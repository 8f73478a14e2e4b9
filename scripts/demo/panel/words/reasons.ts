import { en, type WordKey } from './en.ts'
import { useWords } from './words.ts'

function isKnown(key: string): key is Extract<WordKey, `reason.${string}`> {
  return Object.hasOwn(en, key)
}

/** Why a door or a lane refused, in words; a code that has none is shown as it is. */
export function useReasonWords(): (code: string) => string {
  const t = useWords()
  return (code) => {
    const key = `reason.${code}`
    return isKnown(key) ? t(key) : code.replaceAll('_', ' ')
  }
}
