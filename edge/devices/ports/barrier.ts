import type { DriveOutcome } from './drive-outcome.ts'

/** What stays on at a barrier: the input that keeps its boom up, and the light before it (on is green). */
export type BarrierOutput = 'hold' | 'light'

/** A barrier that opens on a vend pulse; its own controller closes it behind the safety loop. */
export interface Barrier {
  /** Asks for one opening with a pulse of `pulseMs` milliseconds. */
  vend(command: { readonly pulseMs: number }): Promise<DriveOutcome>
  /**
   * Switches an output on for `forMs` milliseconds, to be asked again before they are over: it ends by itself when this
   * process dies. 0 puts it to rest now. A barrier without it answers `failed` with `no_such_output`.
   */
  keep(output: BarrierOutput, forMs: number): Promise<DriveOutcome>
}
