import { err, ok, type Result } from '../result/result.ts'
import { isHeld, type PaperPass, type PassDisbelieved, type PassUnreadable } from './pass.ts'
import { readPresentation } from './presentation.ts'
import { type PassKnowledge, verifyPass } from './verify-pass.ts'

/**
 * Reads a signed ticket or receipt and believes it, offline. Refuses what `readPresentation` and `verifyPass` refuse, and
 * `pass_kind_unknown` for a pass of a person.
 */
export function readPaper(
  text: string,
  known: PassKnowledge,
): Result<PaperPass, PassUnreadable | PassDisbelieved> {
  const read = readPresentation(text)
  if (!read.ok) return read
  if (isHeld(read.value.pass)) return err('pass_kind_unknown')
  const verified = verifyPass(read.value, known)
  if (!verified.ok) return verified
  return isHeld(verified.value) ? err('pass_kind_unknown') : ok(verified.value)
}
