import type { PlanView, SiteView, SpaceView } from '@gatehouse/shared/api/views'
import { holdIsOver, isAvailable, lentInTheWay, type Occupancy } from '@gatehouse/shared/booking/availability'
import { priceBooking } from '@gatehouse/shared/booking/booking-price'
import { involvedSpaces } from '@gatehouse/shared/booking/combined'
import { spaceFacts } from '@gatehouse/shared/booking/space-facts'
import { dayMs } from '@gatehouse/shared/calendar/civil'
import { type Interval, isInBusiness } from '@gatehouse/shared/calendar/opening'
import type { Moment } from '@gatehouse/shared/clock/clock'
import { spaceIdSchema } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { SiteDatabase } from '../ledger/database.ts'
import type { BookingEnvironment } from './booking-environment.ts'
import { siteRoom } from './site-room.ts'
import { type SiteCalendar, siteCalendars } from './space-calendar.ts'

/** What other parts of the edge know about the plan. */
export interface PlanSurroundings {
  readonly link: () => SiteView['link']
  /** The state of a door as its contact tells it, for example `closed`. */
  readonly doorState: (doorId: string) => string | undefined
  /** Whether something stands in the space now, by its sensor or its session. */
  readonly occupiedNow: (spaceId: string) => boolean
}

/** An interval of the plan, epoch ms, and the moment it is looked at. */
export interface AskedPlan extends Interval {
  readonly at: Moment
}

/** Draws the floor plan for `[fromMs, toMs)`; `undefined` until the directory has arrived once. */
export function planView(
  env: BookingEnvironment,
  db: SiteDatabase,
  around: PlanSurroundings,
  asked: AskedPlan,
): PlanView | undefined {
  const site = env.directory.site()
  if (!site) return undefined
  const { at } = asked
  const within = { fromMs: asked.fromMs, toMs: asked.toMs + dayMs, at }
  const calendarOf = siteCalendars(env.directory, db, site, within)
  const room = siteRoom(env.directory)
  const includesNow = asked.fromMs <= at.wallMs && at.wallMs < asked.toMs
  const spaces = [...room.spaces].map(([key, space]): SpaceView => {
    const spaceId = spaceIdSchema.parse(key)
    const calendar = calendarOf(spaceId, space)
    const present = includesNow && involvedSpaces(room, spaceId).some(around.occupiedNow)
    const { status, untilMs, lentOut } = spaceStatus(calendar, asked)
    const price = priceOfSpace(env, space, { site, asked })
    return {
      spaceId,
      name: space.name,
      kind: space.kind,
      ...(space.bayClass ? { bayClass: space.bayClass } : {}),
      levelId: space.levelId,
      capacity: space.capacity,
      features: space.features,
      ...spaceFacts(space),
      bookable: space.bookable,
      status: status === 'free' && present ? 'taken' : status,
      ...(untilMs === undefined ? {} : { untilMs }),
      ...(lentOut === undefined ? {} : { lentOut }),
      ...(price ? { price } : {}),
      rect: space.rect,
    }
  })
  return { levels: levels(env, around), spaces, fromMs: asked.fromMs, toMs: asked.toMs, link: around.link() }
}

function spaceStatus(
  calendar: SiteCalendar,
  asked: AskedPlan,
): Pick<SpaceView, 'status' | 'untilMs' | 'lentOut'> {
  const { space, site } = calendar
  if (!isInBusiness(site) || space.outOfService || !isAvailable(space, asked))
    return { status: 'out_of_service' }
  const inForce = calendar.occupied.filter((other) => !holdIsOver(other, asked.at.wallMs))
  const meets = inForce.filter(
    (other) => other.fromMs < asked.toMs + space.gapMs && asked.fromMs < other.blockToMs,
  )
  const [first] = meets
  if (!first) return whoeverSells(calendar, inForce, asked)
  const status = meets.every((other) => other.holdUntilMs !== undefined) ? 'held' : 'taken'
  return { status, untilMs: untilFree(inForce, first.blockToMs) }
}

/** Nobody is there: it is free, unless another tier may sell it meanwhile. */
function whoeverSells(
  calendar: SiteCalendar,
  inForce: readonly Occupancy[],
  asked: AskedPlan,
): Pick<SpaceView, 'status' | 'untilMs' | 'lentOut'> {
  if (calendar.lendingStopped) return { status: 'taken' }
  const [loan] = lentInTheWay(calendar, asked)
  if (loan) {
    const { fromMs, toMs, sellUntilMs } = loan
    return { status: 'taken', untilMs: toMs, lentOut: { fromMs, toMs, sellUntilMs } }
  }
  const next = [...inForce, ...calendar.lent]
    .map(({ fromMs }) => fromMs)
    .filter((fromMs) => fromMs >= asked.toMs)
  return { status: 'free', ...(next.length > 0 ? { untilMs: Math.min(...next) } : {}) }
}

// Blocks that follow one another without room between them free the space only at the end of the last.
function untilFree(inForce: readonly Occupancy[], fromMs: number): number {
  return inForce.reduce(
    (until, other) => (other.fromMs <= until ? Math.max(until, other.blockToMs) : until),
    fromMs,
  )
}

function priceOfSpace(
  env: BookingEnvironment,
  space: DirectoryBody<'space'>,
  { site, asked }: { readonly site: DirectoryBody<'site'>; readonly asked: AskedPlan },
): SpaceView['price'] {
  const { tariffId } = space
  const tariff = tariffId && env.directory.get('tariff', tariffId)
  if (!space.bookable || !tariffId || !tariff) return undefined
  const { fromMs, toMs } = asked
  const { timeZone } = site
  const stay = { tariffId, tariff, fromMs, toMs, timeZone, tzdataVersion: env.tzdataVersion }
  return priceBooking(stay, { spaceKind: space.kind })
}

function levels(env: BookingEnvironment, around: PlanSurroundings): PlanView['levels'] {
  const doors = [...env.directory.all('door')]
  return [...env.directory.all('level')]
    .map(([levelId, level]) => ({
      levelId,
      ...level,
      doors: doors
        .filter(([, door]) => door.levelId === levelId)
        .map(([doorId, door]) => {
          const state = around.doorState(doorId)
          return { doorId, name: door.name, x: door.at.x, y: door.at.y, ...(state ? { state } : {}) }
        }),
    }))
    .sort((a, b) => a.ordinal - b.ordinal)
}
