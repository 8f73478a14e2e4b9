import type { DriveOutcome } from './drive-outcome.ts'

/** What a reader tells the person before it; `pin_wanted`: the card was right, and its PIN is asked for. */
export type ReaderSignal = 'granted' | 'refused' | 'pin_wanted'

/** The light and buzzer of a reader. */
export interface Indicator {
  signal(signal: ReaderSignal): Promise<DriveOutcome>
}
