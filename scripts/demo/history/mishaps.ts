import { lapsingCard } from '@gatehouse/edge/drawer/sandbox-gateway'
import type { SiteCore } from '@gatehouse/edge/site/site-core'
import { type Random, randomInt } from '@gatehouse/shared/random/random'
import type { PlannedStay, PlanSpan } from './plan.ts'
import type { Timeline } from './timeline.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const caller = 'system'

/** What went wrong at a door, and was over when the door was closed. */
interface DoorMishap {
  readonly kind: 'held_open' | 'forced'
  readonly atMs: number
  readonly doorId: string
  readonly closedMs: number
}

const longStayMs = 2 * hourMs

/**
 * Has one long stay, the first that arrives from `fromMs` on and pays by card, pay with a card whose reservation lapses:
 * its money is booked and never comes, which is a case for HQ.
 */
export function withLapsingCard(stays: readonly PlannedStay[], fromMs: number): readonly PlannedStay[] {
  const chosen = stays.find(
    ({ atMs, departMs, method }) => atMs >= fromMs && departMs - atMs >= longStayMs && method === 'card',
  )
  return stays.map((stay) => (stay === chosen ? { ...stay, card: lapsingCard } : stay))
}

/** A vehicle that slipped in behind another, and out again in the same way. */
interface Tailgate {
  readonly atMs: number
  readonly entryLaneId: string
  readonly departMs: number
  readonly exitLaneId: string
}

/** A mishap at one door every third day, forced and held open by turns. */
function planDoorMishaps(options: {
  readonly random: Random
  readonly span: PlanSpan
  readonly doorIds: readonly string[]
}): DoorMishap[] {
  const { random, span, doorIds } = options
  return everyThirdDay(span).flatMap((midnightMs, turn) => {
    const doorId = doorIds[randomInt(random, doorIds.length)]
    const atMs = midnightMs + 8 * hourMs + randomInt(random, 9 * 60) * minuteMs
    const closedMs = atMs + (2 + randomInt(random, 6)) * minuteMs
    if (doorId === undefined) return []
    return [{ kind: turn % 2 === 0 ? 'held_open' : 'forced', atMs, doorId, closedMs }]
  })
}

/** A tailgate every third day. */
function planTailgates(options: {
  readonly random: Random
  readonly span: PlanSpan
  readonly entryLaneId: string
  readonly exitLaneId: string
}): Tailgate[] {
  const { random, span, ...lanes } = options
  return everyThirdDay(span).map((midnightMs) => {
    const atMs = midnightMs + 7 * hourMs + randomInt(random, 6 * 60) * minuteMs
    return { ...lanes, atMs, departMs: atMs + (1 + randomInt(random, 4)) * hourMs }
  })
}

function everyThirdDay(span: PlanSpan): number[] {
  return Array.from({ length: Math.ceil(span.days / 3) }, (_, turn) => span.fromMs + turn * 3 * dayMs)
}

interface MishapHistoryOptions {
  readonly core: SiteCore
  readonly timeline: Timeline
  readonly onRefused: (what: string, code: string) => void
}

/** Where mishaps can happen at a site: its doors and its lanes. */
export interface MishapPlaces {
  readonly doorIds: readonly string[]
  readonly entryLaneIds: readonly string[]
  readonly exitLaneIds: readonly string[]
}

/** Everything that went wrong at a site. */
interface Mishaps {
  readonly doors: readonly DoorMishap[]
  readonly tailgates: readonly Tailgate[]
}

/** Plans mishaps of the kinds that a site has places for. */
export function planMishaps(random: Random, span: PlanSpan, places: MishapPlaces): Mishaps {
  const doors = planDoorMishaps({ random, span, doorIds: places.doorIds })
  const [entryLaneId] = places.entryLaneIds
  const [exitLaneId] = places.exitLaneIds
  if (entryLaneId === undefined || exitLaneId === undefined) return { doors, tailgates: [] }
  return { doors, tailgates: planTailgates({ random, span, entryLaneId, exitLaneId }) }
}

/** Plans the commands of all mishaps. */
export function replayMishaps(options: MishapHistoryOptions, mishaps: Mishaps): void {
  replayDoorMishaps(options, mishaps.doors)
  replayTailgates(options, mishaps.tailgates)
}

/** Plans what door contacts told: the button, a door left open too long, or one forced; each closed later. */
function replayDoorMishaps(options: MishapHistoryOptions, planned: readonly DoorMishap[]): void {
  const { core, timeline } = options
  const heldOpenMs = core.directory.site()?.settings.heldOpenMs ?? minuteMs
  for (const [index, { kind, atMs, doorId, closedMs }] of planned.entries()) {
    const key = `history-mishap-${index}`
    const report = (state: string, whenMs: number) =>
      timeline.at(whenMs, () => tell(options, 'reportDoor', { doorId, state }, `${key}-${state}`))
    if (kind === 'held_open') {
      timeline.at(atMs, () => tell(options, 'requestExit', { doorId }, `${key}-exit`))
      report('open', atMs + 1_500)
      report(kind, atMs + 1_500 + heldOpenMs)
    } else report(kind, atMs)
    report('closed', closedMs)
  }
}

/** Plans passages that no lane had authorised: one in and one out, so that the count is right again. */
function replayTailgates(options: MishapHistoryOptions, planned: readonly Tailgate[]): void {
  for (const [index, { atMs, entryLaneId, departMs, exitLaneId }] of planned.entries()) {
    for (const [laneId, whenMs] of [
      [entryLaneId, atMs],
      [exitLaneId, departMs],
    ] as const) {
      options.timeline.at(whenMs, () =>
        tell(options, 'confirmPassage', { laneId }, `history-tailgate-${index}-${laneId}`),
      )
    }
  }
}

async function tell(
  { core, onRefused }: MishapHistoryOptions,
  kind: string,
  input: object,
  key: string,
): Promise<void> {
  const outcome = await core.kernel.submit({ kind, caller, key, input })
  if (!outcome.ok) onRefused(kind, outcome.refusal.code)
}
