import { holderMessage, presentationText, readPresentation } from '@gatehouse/shared/passes/presentation'
import type { Holder } from './holder-key.ts'

/**
 * The code of a pass (its `token`) for the window of that number, signed by its holder with nothing but the device.
 * `undefined` for a token that cannot be read.
 */
export async function codeInWindow(
  token: string,
  holder: Pick<Holder, 'sign'>,
  window: number,
): Promise<string | undefined> {
  const signed = readPresentation(token)
  if (!signed.ok) return undefined
  const signature = await holder.sign(holderMessage(signed.value.pass, window))
  return presentationText(signed.value, { window, signature })
}
