import { dayMs } from '../calendar/civil.ts'
import { isInBusiness, type OpeningHours, openWithin } from '../calendar/opening.ts'
import type { DirectoryBody } from '../wire/v1/directory.ts'

/** Why a door is kept released: its fire contact alarms, or its schedule runs. */
export type HoldReason = 'fire' | 'schedule'

/** What tells whether a door is kept released. Times are epoch milliseconds. */
export interface HoldSituation {
  readonly atMs: number
  readonly clockTrusted: boolean
  readonly door: Pick<DirectoryBody<'door'>, 'unlock' | 'interlock' | 'twoPersonMs'>
  readonly site: Pick<DirectoryBody<'site'>, 'timeZone' | 'holidays' | 'status'>
  /** The fire contact named for the door alarms. */
  readonly fire: boolean
  readonly lockdown: boolean
  /** When a member was let in at the door last. */
  readonly memberInMs: number | undefined
}

/** Who opens up comes a little before the hours begin. */
const firstPersonEarlyMs = 30 * 60_000

/**
 * Why a door is to be kept released now, if it is. Fire beats everything; lockdown beats the schedule (RULES, Access);
 * without a trusted clock no schedule runs (ARCHITECTURE §3), nor at doors of an interlock or for two members.
 */
export function wantedHold(situation: HoldSituation): HoldReason | undefined {
  const { fire, lockdown, clockTrusted, door, site } = situation
  if (fire) return 'fire'
  if (lockdown || !clockTrusted || !door.unlock || !isInBusiness(site)) return undefined
  if (door.interlock !== undefined || door.twoPersonMs !== undefined) return undefined
  return scheduleRuns(situation, door.unlock) ? 'schedule' : undefined
}

function scheduleRuns(
  { atMs, site, memberInMs }: HoldSituation,
  { hours, firstPerson }: NonNullable<DirectoryBody<'door'>['unlock']>,
): boolean {
  const { timeZone, holidays } = site
  const opening: OpeningHours = { timeZone, openingHours: hours, holidays }
  const running = openWithin(opening, { fromMs: atMs - dayMs, toMs: atMs + 1 }).at(-1)
  if (!running || running.toMs <= atMs) return false
  if (firstPerson !== true) return true
  return memberInMs !== undefined && memberInMs >= running.fromMs - firstPersonEarlyMs && memberInMs <= atMs
}
