/** A screen asks whether the server is still there after so long a silence. */
export const beatAfterMs = 2_000
/** So long it waits for the answer before it takes the connection for lost. */
export const beatAnswerMsMax = 2_500

/** What a screen knows of a connection that is open; times by one clock, milliseconds. */
export interface Silence {
  /** When the last message came, or the connection opened. */
  readonly heardMs: number
  /** When it asked last. */
  readonly askedMs: number | undefined
}

/**
 * What to do about a silent connection: ask, wait, or take it for lost. Only an unanswered question proves a loss: a
 * device that slept has heard nothing for long, too.
 */
export function nextBeat({ heardMs, askedMs }: Silence, nowMs: number): 'ask' | 'wait' | 'lost' {
  const isAsked = askedMs !== undefined && askedMs >= heardMs
  if (isAsked) return nowMs - askedMs >= beatAnswerMsMax ? 'lost' : 'wait'
  return nowMs - heardMs >= beatAfterMs ? 'ask' : 'wait'
}
