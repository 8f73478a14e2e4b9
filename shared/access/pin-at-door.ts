import type { DirectoryBody } from '../wire/v1/directory.ts'

/** What a door takes of PINs: none, one after a card of the same member, or one instead of a card. */
export type DoorPinPolicy = NonNullable<DirectoryBody<'door'>['pin']>

/** Time for the PIN after the card where the door says nothing, milliseconds. */
const usualPinWithinMs = 15_000

/** What a door asks of PINs; doors of an older cloud take one instead of a card, as they always did. */
export function doorPinPolicy(door: Pick<DirectoryBody<'door'>, 'pin'>): DoorPinPolicy {
  return door.pin ?? 'alone'
}

/** How long a card waits for its PIN, milliseconds. */
export function pinWithinMs(door: Pick<DirectoryBody<'door'>, 'pinWithinMs'>): number {
  return door.pinWithinMs ?? usualPinWithinMs
}

/** Why a door stays closed for what was shown, before anybody's rights are looked at. */
export type PinRefusal =
  /** The door takes no PIN at all. */
  | 'pin_not_accepted'
  /** The door wants a card before the PIN. */
  | 'card_missing'
  /** The card was right and no PIN came in time. */
  | 'pin_missing'
  /** The PIN is not one of the card's member, or is not valid any more. */
  | 'pin_wrong'

/** What came of the PIN that a door wants together with a card. */
export type PinVerdict = 'not_needed' | 'wanted' | 'right' | Extract<PinRefusal, 'pin_missing' | 'pin_wrong'>

/** Whether the PIN that was typed belongs to the member whose card was shown; no look-up, no clock. */
export function judgePinWithCard(facts: {
  readonly policy: DoorPinPolicy
  readonly card: DirectoryBody<'credential'>
  /** The credential of the PIN that was typed; `unknown` for a PIN of nobody, absent when none was typed. */
  readonly pin?: DirectoryBody<'credential'> | 'unknown' | undefined
  /** The time for the PIN is over. */
  readonly timeIsOver: boolean
  readonly atMs: number
}): PinVerdict {
  const { policy, card, pin, timeIsOver, atMs } = facts
  if (policy !== 'with_card') return 'not_needed'
  if (pin === undefined) return timeIsOver ? 'pin_missing' : 'wanted'
  if (pin === 'unknown' || pin.kind !== 'pin' || pin.memberId !== card.memberId) return 'pin_wrong'
  const isValid =
    !pin.revoked &&
    (pin.fromMs === undefined || atMs >= pin.fromMs) &&
    (pin.toMs === undefined || atMs < pin.toMs)
  return isValid ? 'right' : 'pin_wrong'
}
