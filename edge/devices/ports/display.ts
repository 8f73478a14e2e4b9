import type { DriveOutcome } from './drive-outcome.ts'

/** What a sign shows: free spaces with a full mark, or plain lines of text. */
export type DisplayContent =
  | { readonly free: number; readonly full: boolean }
  | { readonly lines: readonly string[] }

/** A sign. The latest content wins; content is repeated so that a restarted sign shows it again. */
export interface Display {
  show(content: DisplayContent): Promise<DriveOutcome>
}
