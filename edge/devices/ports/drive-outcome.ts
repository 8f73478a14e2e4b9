/**
 * What is known about something physical that was asked for: `done` was confirmed by the device, `failed` did
 * certainly not happen, `unknown` may have happened and is never repeated by itself.
 */
export interface DriveOutcome {
  readonly outcome: 'done' | 'failed' | 'unknown'
  /** A stable machine word, for example `link_down`, `no_reply`, `board_refused`. */
  readonly detail?: string
}
