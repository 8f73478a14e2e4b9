import { en, type WordKey } from './en.ts'
import { useWords } from './words.ts'

function isKnown(key: string): key is Extract<WordKey, `reason.${string}`> {
  return Object.hasOwn(en, key)
}

/** Why a door or a lane refused, in words; a code that has none is shown as it is. */
export function useReasonWords(): (code: string) => string {
  const t = useWords()
  return (code) => {
    // Why a pass is refused is told to its holder at the kiosk; here it is enough that it is.
    const key = /^(pass|presentation)_/.test(code) ? 'reason.pass' : `reason.${code}`
    return isKnown(key) ? t(key) : code.replaceAll('_', ' ')
  }
}
