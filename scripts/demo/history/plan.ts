import { type Random, randomInt } from '@gatehouse/shared/random/random'
import type { DirectoryBody, SpaceKind } from '@gatehouse/shared/wire/v1/directory'
import type { DemoMember } from '../world/people.ts'

/** What people did or will do; a driver turns each into the real commands. Times are epoch milliseconds. */
export interface PlannedBooking {
  readonly kind: 'booking'
  /** When it is made. */
  readonly atMs: number
  readonly spaceId: string
  readonly fromMs: number
  readonly toMs: number
  /** A member, or a walk-in who gives this name. */
  readonly by: { readonly memberId: string } | { readonly guestName: string }
  readonly method: 'cash' | 'card' | 'plan'
  readonly fate: 'used' | 'cancelled' | 'missed'
}

export interface PlannedTap {
  readonly kind: 'tap'
  readonly atMs: number
  readonly doorId: string
  /** The number the card sends; some are unknown to the site. */
  readonly card: string
}

export interface PlannedStay {
  readonly kind: 'stay'
  readonly atMs: number
  readonly departMs: number
  readonly plate: string
  readonly vehicleClass: 'motorcycle' | 'car' | 'large' | 'ev'
  readonly entryLaneId: string
  readonly exitLaneId: string
  readonly method: 'cash' | 'card'
  /** What is held to the terminal; one that pays when absent. */
  readonly card?: string
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** Half hours, as the screens offer them. */
const stepMs = 30 * minuteMs

/** The days a plan covers: whole UTC days, which is near enough to the site's for made-up habits. */
export interface PlanSpan {
  /** Start of the first day. */
  readonly fromMs: number
  readonly days: number
}

function pick<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[randomInt(random, choices.length)] ?? choices[0]
}

function chance(random: Random, percent: number): boolean {
  return randomInt(random, 100) < percent
}

function isWeekend(atMs: number): boolean {
  const weekday = new Date(atMs).getUTCDay()
  return weekday === 0 || weekday === 6
}

/** How long people keep a space, in half hours: shortest and how many more at most. */
const lengthByKind: Record<SpaceKind, readonly [number, number]> = {
  hot_desk: [4, 10],
  desk: [8, 8],
  office: [10, 6],
  meeting_room: [2, 4],
  event_space: [6, 6],
  bay: [4, 12],
}
const demandByKind: Record<SpaceKind, number> = {
  hot_desk: 62,
  desk: 58,
  office: 66,
  meeting_room: 72,
  event_space: 45,
  bay: 3,
}

const guestNames: readonly [string, ...string[]] = [
  'Guest Almond (demo)',
  'Guest Birchley (demo)',
  'Guest Clover (demo)',
  'Guest Dunlin (demo)',
]

/** Bookings of a site's spaces, day by day, never two at once for one space. */
export function planBookings(options: {
  readonly random: Random
  readonly span: PlanSpan
  readonly spaces: readonly { readonly key: string; readonly body: DirectoryBody<'space'> }[]
  readonly members: readonly DemoMember[]
}): PlannedBooking[] {
  const { random, span, spaces } = options
  const planned: PlannedBooking[] = []
  for (let day = 0; day < span.days; day += 1) {
    const midnightMs = span.fromMs + day * dayMs
    for (const { key, body } of spaces) {
      // A combined space is taken whenever one of its parts is, so its past is theirs.
      if (body.outOfService || body.parts !== undefined) continue
      const demand = isWeekend(midnightMs) ? demandByKind[body.kind] / 3 : demandByKind[body.kind]
      // 08:00–19:00 in the site's zone, give or take summer time.
      let fromMs = midnightMs + 7 * hourMs + randomInt(random, 4) * stepMs
      while (fromMs < midnightMs + 16 * hourMs) {
        const [shortest, more] = lengthByKind[body.kind]
        const toMs = fromMs + (shortest + randomInt(random, more)) * stepMs
        if (chance(random, demand))
          planned.push(booking(options, key, body.kind, fromMs, Math.min(toMs, midnightMs + 19 * hourMs)))
        fromMs = toMs + body.gapMs + randomInt(random, 3) * stepMs
      }
    }
  }
  return planned
}

function booking(
  options: Parameters<typeof planBookings>[0],
  spaceId: string,
  kind: SpaceKind,
  fromMs: number,
  toMs: number,
): PlannedBooking {
  const { random, members } = options
  const draw = randomInt(random, 100)
  const fate = draw < 90 ? 'used' : draw < 95 ? 'cancelled' : 'missed'
  const atMs = fromMs - (1 + randomInt(random, 40)) * hourMs
  const base = { kind: 'booking', atMs, spaceId, fromMs, toMs, fate } as const
  if (chance(random, 25) || members.length === 0) {
    return {
      ...base,
      by: { guestName: pick(random, guestNames) },
      method: chance(random, 50) ? 'cash' : 'card',
    }
  }
  const member = members[randomInt(random, members.length)]
  const method = member !== undefined && covers(member.planId, kind) ? 'plan' : 'card'
  return { ...base, by: { memberId: member?.memberId ?? 'm-01' }, method }
}

function covers(planId: DemoMember['planId'], kind: SpaceKind): boolean {
  if (planId === undefined) return false
  if (kind === 'hot_desk') return true
  if (kind === 'desk') return planId !== 'plan-flex'
  return kind === 'office' && planId === 'plan-studio'
}

/** Cards held to readers through the day; one in twelve belongs to nobody. */
export function planTaps(options: {
  readonly random: Random
  readonly span: PlanSpan
  readonly doorIds: readonly [string, ...string[]]
  readonly members: readonly DemoMember[]
}): PlannedTap[] {
  const { random, span, doorIds, members } = options
  const planned: PlannedTap[] = []
  for (let day = 0; day < span.days; day += 1) {
    const midnightMs = span.fromMs + day * dayMs
    const count = isWeekend(midnightMs) ? 10 : 34
    for (let index = 0; index < count; index += 1) {
      const atMs = midnightMs + 6 * hourMs + randomInt(random, 12 * 60) * minuteMs
      const member = members[randomInt(random, members.length)]
      const card = chance(random, 8) || member === undefined ? '99999999' : member.card
      planned.push({ kind: 'tap', atMs, doorId: pick(random, doorIds), card })
    }
  }
  return planned
}

/** Hours (UTC) at which cars come, as often as they come. */
const arrivalHours: readonly [number, ...number[]] = [
  4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 9, 9, 10, 10, 11, 11, 12, 13, 14, 15, 16, 16, 17, 18, 19, 21,
]

/** Letters and digits that no camera confuses with another. */
const plateLetters = 'ACGJLNPUW'

/** A plate of no country. */
export function inventPlate(random: Random): string {
  const letter = () => plateLetters[randomInt(random, plateLetters.length)] ?? 'A'
  return `QX ${letter()}${letter()} ${1000 + randomInt(random, 9000)}`
}

/** Vehicles that come and leave, each once; one in eight is a member's. */
export function planStays(options: {
  readonly random: Random
  readonly span: PlanSpan
  readonly entryLaneIds: readonly [string, ...string[]]
  readonly exitLaneIds: readonly [string, ...string[]]
  readonly perDay: number
}): PlannedStay[] {
  const { random, span } = options
  const planned: PlannedStay[] = []
  for (let day = 0; day < span.days; day += 1) {
    const midnightMs = span.fromMs + day * dayMs
    const count = isWeekend(midnightMs) ? Math.round(options.perDay * 0.6) : options.perDay
    for (let index = 0; index < count; index += 1) {
      const atMs = midnightMs + pick(random, arrivalHours) * hourMs + randomInt(random, 3600) * 1000
      const draw = randomInt(random, 100)
      planned.push({
        kind: 'stay',
        atMs,
        departMs: atMs + (6 + randomInt(random, 60) + (draw < 40 ? randomInt(random, 420) : 0)) * minuteMs,
        plate: inventPlate(random),
        vehicleClass: draw < 4 ? 'motorcycle' : draw < 10 ? 'large' : draw < 20 ? 'ev' : 'car',
        entryLaneId: pick(random, options.entryLaneIds),
        exitLaneId: pick(random, options.exitLaneIds),
        method: chance(random, 35) ? 'cash' : 'card',
      })
    }
  }
  return planned
}
