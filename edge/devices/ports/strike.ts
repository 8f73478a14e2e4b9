import type { DriveOutcome } from './drive-outcome.ts'

/** An electric strike or lock that a pulse releases. The pulse is timed outside this process. */
export interface Strike {
  /** Releases the lock for `pulseMs` milliseconds. */
  pulse(pulseMs: number): Promise<DriveOutcome>
  /** Puts the lock to rest now, although a pulse runs. */
  rest(): Promise<DriveOutcome>
}
