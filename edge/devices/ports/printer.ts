import type { DriveOutcome } from './drive-outcome.ts'

/** What is printed: a heading, lines of text, and a code for scanners; cut off at the end. */
export interface Paper {
  readonly title: string
  readonly lines: readonly string[]
  /** Printed as a QR code. */
  readonly code?: string
}

/** A printer. `done` means that it had paper and was ready after it had taken everything. */
export interface Printer {
  print(paper: Paper): Promise<DriveOutcome>
}
