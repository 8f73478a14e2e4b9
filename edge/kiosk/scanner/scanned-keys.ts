import { referenceOfCode } from '@gatehouse/shared/booking/reference'
import { isHeld } from '@gatehouse/shared/passes/pass'
import { looksSigned, presentationCharsMax, readPresentation } from '@gatehouse/shared/passes/presentation'

/** Scanners that type like a keyboard send a key every few milliseconds; people never do for a whole code. */
const keyGapMaxMs = 250

/** A pass as it is presented, a signed ticket or receipt of a stay, a signed receipt or the reference of a booking. */
export interface ScannedCode {
  readonly kind: 'pass' | 'paper' | 'receipt' | 'reference'
  readonly text: string
}

/** The keys that came without a pause, and when the last one came. */
export interface ScannedKeys {
  readonly text: string
  readonly atMs: number
}

/** Nothing was typed yet. */
export const noKeys: ScannedKeys = { text: '', atMs: 0 }

/**
 * Takes one key at `atMs` (milliseconds of any clock that does not go back). Gives the code when Enter or Tab ended one; capitals, because some scanners leave Shift out.
 */
export function takeKey(
  before: ScannedKeys,
  key: string,
  atMs: number,
): { readonly keys: ScannedKeys; readonly code?: ScannedCode } {
  const text = atMs - before.atMs > keyGapMaxMs ? '' : before.text
  if (key === 'Enter' || key === 'Tab') {
    const code = codeOf(text)
    return code === undefined ? { keys: noKeys } : { keys: noKeys, code }
  }
  // Shift and the like come between the letters of some scanners.
  if (!/^[0-9A-Za-z]$/.test(key)) return { keys: { text: key.length > 1 ? text : '', atMs } }
  const longer = text + key.toUpperCase()
  return { keys: { text: longer.length > presentationCharsMax ? '' : longer, atMs } }
}

function codeOf(text: string): ScannedCode | undefined {
  if (looksSigned(text)) return { kind: signedKind(text), text }
  const reference = referenceOfCode(text)
  return reference === undefined ? undefined : { kind: 'reference', text: reference }
}

/** Nothing is believed here; what cannot be read is shown as a pass, whose screen says why it is refused. */
function signedKind(text: string): 'pass' | 'paper' | 'receipt' {
  const read = readPresentation(text)
  if (!read.ok || isHeld(read.value.pass)) return 'pass'
  return read.value.pass.kind === 'booking_receipt' ? 'receipt' : 'paper'
}
