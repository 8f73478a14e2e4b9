import { type FailpointName, failpointNames } from '@gatehouse/edge/ledger/failpoints'
import { type Random, randomInt } from '@gatehouse/shared/random/random'
import type { Fate } from './edge-life.ts'

/** How far into a life each failpoint is let go by; rarer places are met earlier. */
const nthMax: Record<FailpointName, number> = {
  'command.decided': 30,
  'entries.appended': 25,
  'commit.before': 30,
  'commit.after': 30,
  'answer.before': 30,
  'effect.before': 6,
  'effect.after': 6,
  'upload.before': 6,
  'upload.after': 6,
  'directory.before_commit': 4,
  'directory.after_commit': 4,
}
const livesPerFailpoint = 5
const freeMoments = 7
const momentMaxMs = 400

/** Sixty-two ways to die: every failpoint five times, and seven moments that nobody chose. The first hits enrolment. */
export function drawFates(random: Random): Fate[] {
  const chosen = failpointNames.flatMap((name) =>
    Array.from({ length: livesPerFailpoint }, (): Fate => {
      return { kind: 'failpoint', name, nth: 1 + randomInt(random, nthMax[name]) }
    }),
  )
  const moments = Array.from({ length: freeMoments }, (): Fate => {
    return { kind: 'moment', afterMs: randomInt(random, momentMaxMs) }
  })
  const fates = [...chosen, ...moments]
  for (let last = fates.length - 1; last > 0; last -= 1) {
    const other = randomInt(random, last + 1)
    const [a, b] = [fates[last], fates[other]]
    if (a && b) [fates[last], fates[other]] = [b, a]
  }
  return [{ kind: 'failpoint', name: 'directory.before_commit', nth: 1 }, ...fates]
}
