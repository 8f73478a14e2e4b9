import { dayMs, minuteMs, minuteOfDay } from '../calendar/civil.ts'
import { firstInstantOfLocal, localMsOf } from '../calendar/wall-time.ts'
import type { MemberId, ZoneId } from '../ids/ids.ts'
import { assertNever, err, ok, type Result } from '../result/result.ts'
import type { DirectoryBody } from '../wire/v1/directory.ts'

/** Where somebody is by the last door that let them through. */
export interface KnownPlace {
  readonly zoneId: ZoneId
  /** Wall time of the passage. */
  readonly sinceMs: number
}

/** Who waits at a door for a second member. */
export interface WaitingMember {
  readonly memberId: MemberId
  /** Wall time until which a second one counts, inclusive. */
  readonly untilMs: number
}

/** What a door looks at once it knows that somebody has the right to enter. Times are epoch milliseconds. */
export interface PassageSituation {
  readonly atMs: number
  /** Whether wall time can be trusted: what depends on it is decided in the person's favour otherwise. */
  readonly clockTrusted: boolean
  readonly timeZone: string
  readonly door: Pick<DirectoryBody<'door'>, 'outerZoneId' | 'zoneId' | 'interlock' | 'twoPersonMs'>
  /** The anti-passback rule of the zone behind the door. */
  readonly antiPassback: DirectoryBody<'zone'>['antiPassback']
  /** Absent for who was not seen, has left, or was forgiven. */
  readonly place: KnownPlace | undefined
  /** Whether every other door of its interlock is closed and locked. */
  readonly othersSecured: boolean
  /** Absent for guests, who never make one of two members. */
  readonly memberId: MemberId | undefined
  readonly waiting: WaitingMember | undefined
}

/** Why somebody with the right to enter is not let in, in the order of decision. */
export type PassageRefusal = 'anti_passback' | 'interlock' | 'second_member_wanted'

export interface Passage {
  /** The rule was broken where it only is recorded. */
  readonly violation?: 'anti_passback'
  /** The member who came first, at a door that wants two. */
  readonly withMemberId?: MemberId
}

/**
 * Decides whether somebody with the right to enter passes now (RULES, Access: anti-passback, interlock, two-person; the
 * first refusal wins). Only ways in are asked: nobody is kept inside.
 */
export function decidePassage(situation: PassageSituation): Result<Passage, PassageRefusal> {
  const { antiPassback, othersSecured, door } = situation
  const violates = breaksAntiPassback(situation)
  if (violates && antiPassback?.mode !== 'soft') return err('anti_passback')
  if (door.interlock !== undefined && !othersSecured) return err('interlock')
  const first = firstOfTwo(situation)
  if (first === 'wanted') return err('second_member_wanted')
  return ok({ ...(violates && { violation: 'anti_passback' }), ...(first && { withMemberId: first }) })
}

/**
 * Hard and soft: who is known to be anywhere but before the door cannot be there by the doors. Timed: only who entered
 * the same zone a short while ago.
 */
function breaksAntiPassback(situation: PassageSituation): boolean {
  const { antiPassback: rule, door, atMs, clockTrusted } = situation
  const place = rule && knownPlace(situation)
  if (!rule || !place) return false
  switch (rule.mode) {
    case 'hard':
    case 'soft':
      return place.zoneId !== door.outerZoneId
    case 'timed':
      return (
        clockTrusted &&
        place.zoneId === door.zoneId &&
        atMs >= place.sinceMs &&
        atMs - place.sinceMs < (rule.againMs ?? usualAgainMs)
      )
    default:
      return assertNever(rule.mode)
  }
}

/** Time after which a zone may be entered again where timed anti-passback says nothing else, milliseconds. */
const usualAgainMs = 10 * 60_000

/** The place of before the hour of forgiveness counts no more. */
function knownPlace({ antiPassback, place, timeZone, atMs, clockTrusted }: PassageSituation) {
  if (!place || antiPassback?.forgiveAt === undefined) return place
  if (!clockTrusted) return undefined
  return lastWallTime(timeZone, antiPassback.forgiveAt, atMs) >= place.sinceMs ? undefined : place
}

/** The last instant at or before `atMs` at which clocks of the zone showed `wall` (`HH:MM`). */
function lastWallTime(timeZone: string, wall: string, atMs: number): number {
  const today = Math.floor(localMsOf(timeZone, atMs) / dayMs)
  const on = (day: number) => firstInstantOfLocal(timeZone, day * dayMs + minuteOfDay(wall) * minuteMs)
  return on(today) <= atMs ? on(today) : on(today - 1)
}

/** The first of two members, `wanted` when this one is the first, or nothing where one is enough. */
function firstOfTwo(situation: PassageSituation): MemberId | 'wanted' | undefined {
  const { door, memberId, waiting, atMs } = situation
  if (door.twoPersonMs === undefined) return undefined
  const waits = waiting && atMs <= waiting.untilMs && waiting.untilMs - atMs <= door.twoPersonMs
  if (!waits || memberId === undefined || waiting.memberId === memberId) return 'wanted'
  return waiting.memberId
}
