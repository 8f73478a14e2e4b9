import { presentationCharsMax } from '@gatehouse/shared/passes/presentation'

/** Scanners that type like a keyboard send a key every few milliseconds; people never do for a whole pass. */
const keyGapMaxMs = 250
const passStart = 'GHP'

/** The keys that came without a pause, and when the last one came. */
export interface ScannedKeys {
  readonly text: string
  readonly atMs: number
}

/** Nothing was typed yet. */
export const noKeys: ScannedKeys = { text: '', atMs: 0 }

/**
 * Takes one key at `atMs` (milliseconds of any clock that does not go back). Gives the text of a pass when Enter or Tab
 * ended one; capitals, because some scanners leave Shift out.
 */
export function takeKey(
  before: ScannedKeys,
  key: string,
  atMs: number,
): { readonly keys: ScannedKeys; readonly pass?: string } {
  const text = atMs - before.atMs > keyGapMaxMs ? '' : before.text
  if (key === 'Enter' || key === 'Tab') {
    return text.startsWith(passStart) ? { keys: noKeys, pass: text } : { keys: noKeys }
  }
  // Shift and the like come between the letters of some scanners.
  if (!/^[0-9A-Za-z]$/.test(key)) return { keys: { text: key.length > 1 ? text : '', atMs } }
  const longer = text + key.toUpperCase()
  return { keys: { text: longer.length > presentationCharsMax ? '' : longer, atMs } }
}
