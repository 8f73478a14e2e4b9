import { SiteError } from '@gatehouse/shared/errors/site-error'

const everyMs = 100
const untilMaxMs = 60_000

/**
 * Asks again and again until there is an answer (anything but `undefined` and `false`) and gives it. Throws
 * `not_seen`, naming `what`, when there is none after `maxMs`.
 */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  maxMs = untilMaxMs,
): Promise<Answer> {
  const end = performance.now() + maxMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw notSeen(`${what} was not seen within ${Math.round(maxMs / 1_000)} s.`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** Something that the story expects did not come about. */
export function notSeen(hint: string): SiteError {
  return new SiteError({ code: 'not_seen', op: 'browser.story', hint, retryable: false })
}

/** Throws `not_seen` with `hint` unless `holds`. */
export function expectThat(holds: boolean, hint: string): void {
  if (!holds) throw notSeen(hint)
}
