import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { CommandContext } from '../ledger/command.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { incident } from './door-reports.ts'

/**
 * The incident of somebody who typed a PIN of duress, whatever comes of it and also while PINs are locked there (RULES,
 * Access). It is for HQ alone: the answer at the door is that of any other PIN.
 */
export function duressAlarm(
  directory: DirectoryReader,
  shown: { readonly kind: 'card' | 'pin'; readonly digest: string; readonly pinDigest?: string | undefined },
  { kind, place }: { readonly kind: 'duress' | 'duress_at_kiosk'; readonly place: string },
  context: CommandContext,
): LedgerEvent[] {
  const typed = shown.kind === 'pin' ? shown.digest : shown.pinDigest
  const pin = typed === undefined ? undefined : directory.credentialByDigest(typed)?.body
  if (pin?.kind !== 'pin' || !pin.duress || pin.revoked) return []
  return [incident(context, kind, `${place}/${pin.memberId}`)]
}
