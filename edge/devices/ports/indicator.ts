import type { DriveOutcome } from './drive-outcome.ts'

/** What a reader tells the person before it. */
export type ReaderSignal = 'granted' | 'refused'

/** The light and buzzer of a reader. */
export interface Indicator {
  signal(signal: ReaderSignal): Promise<DriveOutcome>
}
