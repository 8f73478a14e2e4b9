import type { DriveOutcome } from './drive-outcome.ts'

/** A terminal of a board: the board's address on its bus and the channel, both from 1. */
export interface Terminal {
  readonly unit: number
  readonly channel: number
}

/** Switches an output on for a while. The end of the pulse does not depend on this process. */
export interface PulseOutput {
  /** `pulseMs` milliseconds, rounded up to what the board can time. */
  pulse(terminal: Terminal, pulseMs: number): Promise<DriveOutcome>
  /** Switches the output off at once, also in the middle of a pulse. */
  rest(terminal: Terminal): Promise<DriveOutcome>
}

/** Why a supervised input says nothing: its line is bridged or cut. */
export type InputFault = 'short' | 'open_circuit'

/** A change of an input; `before` is undefined for the first reading after it is watched, or after its line was faulty. */
export interface InputChange {
  readonly closed: boolean
  readonly before: boolean | undefined
  /** Instead of an opening or closing: `closed` means nothing then. */
  readonly fault?: InputFault
}

/** Reports inputs as they open and close, and once when first known. */
export interface WatchInputs {
  /** Returns how to stop watching. */
  watch(terminal: Terminal, listener: (change: InputChange) => void): () => void
}

/** Reports whether a board answers. */
export interface BoardPresence {
  /** Told once at registration when already known, then at each change. Returns how to stop. */
  onPresence(unit: number, listener: (presence: { online: boolean; detail?: string }) => void): () => void
}

/** Relays and inputs, whatever carries them: the one port behind Modbus boards and GPIO. */
export type IoBoard = PulseOutput & WatchInputs & BoardPresence
