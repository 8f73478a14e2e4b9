import type { DriveOutcome } from './drive-outcome.ts'

/** A barrier that opens on a vend pulse; its own controller closes it behind the safety loop. */
export interface Barrier {
  /** Asks for one opening with a pulse of `pulseMs` milliseconds. */
  vend(command: { readonly pulseMs: number }): Promise<DriveOutcome>
}
