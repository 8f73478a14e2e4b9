import type { DriveOutcome } from './drive-outcome.ts'

/**
 * What a reader tells the person before it; `pin_wanted`: the card was right, and its PIN is asked for;
 * `second_member_wanted`: this one may enter, together with another; `close_door`: the leaf stands open and an alarm is
 * near.
 */
export type ReaderSignal = 'granted' | 'refused' | 'pin_wanted' | 'second_member_wanted' | 'close_door'

/** The light and buzzer of a reader. */
export interface Indicator {
  signal(signal: ReaderSignal): Promise<DriveOutcome>
}
