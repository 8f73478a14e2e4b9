import type { DayView, PlanView, SiteView, SpaceView } from '@gatehouse/shared/api/views'
import {
  type Calendar,
  daySlots,
  holdIsOver,
  isAvailable,
  type Occupancy,
  refuseInterval,
} from '@gatehouse/shared/booking/availability'
import { priceBooking } from '@gatehouse/shared/booking/booking-price'
import { bookableSpace, involvedSpaces, occupancyAround } from '@gatehouse/shared/booking/combined'
import { spaceFacts } from '@gatehouse/shared/booking/space-facts'
import {
  holidayOn,
  holidaysFrom,
  type Interval,
  isInBusiness,
  isOpen,
} from '@gatehouse/shared/calendar/opening'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import { type LentRights, whoDecides } from './lent-rights.ts'
import type { SiteOccupancy } from './occupancy.ts'
import type { SiteCatalogue } from './site-catalogue.ts'

/** What a view shows besides the catalogue: use, link, moment, and for whom prices are. */
export interface ViewContext {
  readonly catalogue: SiteCatalogue
  readonly occupancy: SiteOccupancy
  /** What the site lends the cloud around the interval. */
  readonly rights: LentRights
  readonly link: SiteView['link']
  readonly nowMs: number
  /** The plan of the member who looks; prices follow it. */
  readonly planId?: string | undefined
  readonly tzdataVersion: string
}

const hourMs = 3_600_000
/** How many of the next holidays a screen is told. */
const holidaysMax = 12
const dayMs = 24 * hourMs

/** The site as members see it. */
export function siteView(context: ViewContext): SiteView {
  const { catalogue, nowMs } = context
  const { name, kind, description, descriptionIn, address, timeZone, currency, position } = catalogue.site
  const { amenities, openingHours } = catalogue.site
  return {
    siteId: catalogue.siteId,
    name,
    kind,
    ...(catalogue.site.status === undefined ? {} : { status: catalogue.site.status }),
    description,
    ...(descriptionIn === undefined ? {} : { descriptionIn }),
    address,
    ...(catalogue.operatorName === undefined ? {} : { operatorName: catalogue.operatorName }),
    timeZone,
    currency,
    position,
    amenities,
    openingHours,
    ...(catalogue.site.photos === undefined ? {} : { photos: catalogue.site.photos }),
    holidays: holidaysFrom(catalogue.site, nowMs, holidaysMax),
    openNow: isOpen(catalogue.site, nowMs),
    freeNow: freeNow(context),
    link: context.link,
    nowMs,
  }
}

function freeNow(context: ViewContext): SiteView['freeNow'] {
  const counts: Record<string, { free: number; total: number }> = {}
  const moment = { fromMs: context.nowMs, toMs: context.nowMs + 1 }
  for (const [spaceId, space] of context.catalogue.spaces) {
    // A combined space is no more room than its parts.
    if (!space.bookable || (space.parts?.length ?? 0) > 0) continue
    const group = space.bayClass ?? space.kind
    counts[group] ??= { free: 0, total: 0 }
    const count = counts[group]
    count.total += 1
    if (statusOf(context, spaceId, space, moment) === 'free') count.free += 1
  }
  return counts
}

/** Everything a floor plan draws for the interval, prices included. */
export function planView(
  context: ViewContext,
  interval: Interval,
  doorStates: ReadonlyMap<string, string>,
): PlanView {
  const { catalogue } = context
  const doors = [...catalogue.doors].map(([doorId, door]) => {
    const state = doorStates.get(doorId)
    return {
      levelId: door.levelId as string,
      view: { doorId, name: door.name, ...door.at, ...(state ? { state } : {}) },
    }
  })
  return {
    levels: [...catalogue.levels]
      .map(([levelId, level]) => ({
        levelId,
        ...level,
        doors: doors.filter((door) => door.levelId === levelId).map((door) => door.view),
      }))
      .sort((a, b) => a.ordinal - b.ordinal),
    spaces: [...catalogue.spaces].map(([spaceId, space]) => spaceView(context, spaceId, space, interval)),
    ...interval,
    link: context.link,
  }
}

function spaceView(
  context: ViewContext,
  spaceId: string,
  space: DirectoryBody<'space'>,
  interval: Interval,
): SpaceView {
  const status = statusOf(context, spaceId, space, interval)
  const untilMs = changesAt(context, spaceId, interval, status)
  const price = space.bookable ? priceOfSpace(context, space, interval) : undefined
  return {
    spaceId,
    name: space.name,
    kind: space.kind,
    ...(space.bayClass === undefined ? {} : { bayClass: space.bayClass }),
    levelId: space.levelId,
    capacity: space.capacity,
    features: space.features,
    ...spaceFacts(space),
    bookable: space.bookable,
    status,
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(price === undefined ? {} : { price }),
    ...(isLent(context, { spaceId, space, interval }) ? { lent: true } : {}),
    rect: space.rect,
  }
}

/** Whether the cloud decides a booking of the interval by itself, also while the site is dark. */
function isLent(
  { rights, catalogue }: ViewContext,
  asked: { spaceId: string; space: DirectoryBody<'space'>; interval: Interval },
): boolean {
  return asked.space.bookable && whoDecides(rights, catalogue, asked).kind === 'cloud'
}

function statusOf(
  context: ViewContext,
  spaceId: string,
  space: DirectoryBody<'space'>,
  interval: Interval,
): SpaceView['status'] {
  const { spaces } = context.catalogue
  const bookable = bookableSpace(spaces, space)
  if (!isInBusiness(context.catalogue.site)) return 'out_of_service'
  if (bookable.outOfService || !isAvailable(bookable, interval)) return 'out_of_service'
  const blockToMs = interval.toMs + bookable.gapMs
  const inTheWay = live(context, spaceId).filter(
    (other) => other.fromMs < blockToMs && interval.fromMs < other.blockToMs,
  )
  if (inTheWay.some((other) => other.holdUntilMs === undefined)) return 'taken'
  if (inTheWay.length > 0) return 'held'
  const includesNow = interval.fromMs <= context.nowMs && context.nowMs < interval.toMs
  const inUse = involvedSpaces(context.catalogue.room, spaceId).some((id) => context.occupancy.inUse.has(id))
  return includesNow && inUse ? 'taken' : 'free'
}

function live(context: ViewContext, spaceId: string): readonly Occupancy[] {
  const all = occupancyAround(context.catalogue.room, spaceId, context.occupancy.bookings)
  return all.filter((other) => !holdIsOver(other, context.nowMs))
}

/** When a free space is next taken, or a taken one next free, within a day of the interval's start. */
function changesAt(
  context: ViewContext,
  spaceId: string,
  interval: Interval,
  status: SpaceView['status'],
): number | undefined {
  const bookings = live(context, spaceId)
  if (status === 'free') {
    const next = bookings.find((other) => other.fromMs >= interval.toMs)
    return next !== undefined && next.fromMs < interval.fromMs + dayMs ? next.fromMs : undefined
  }
  let freeMs = interval.fromMs
  for (const other of bookings)
    if (other.fromMs <= freeMs && other.blockToMs > freeMs) freeMs = other.blockToMs
  return freeMs > interval.fromMs ? freeMs : undefined
}

/** The price of a space for an interval under the looking member's plan; `undefined` without a tariff. */
export function priceOfSpace(
  context: Pick<ViewContext, 'catalogue' | 'planId' | 'tzdataVersion'>,
  space: DirectoryBody<'space'>,
  interval: Interval,
): Price | undefined {
  const { catalogue, planId, tzdataVersion } = context
  const { tariffId } = space
  const tariff = tariffId === undefined ? undefined : catalogue.tariffs.get(tariffId)
  if (tariffId === undefined || tariff === undefined) return undefined
  const { timeZone } = catalogue.site
  return priceBooking(
    { tariffId, tariff, timeZone, tzdataVersion, ...interval },
    { spaceKind: space.kind, plan: planId === undefined ? undefined : catalogue.plans.get(planId) },
  )
}

/** The calendar that listing, booking and alternatives judge a space by. */
export function calendarOf(context: ViewContext, spaceId: string, space: DirectoryBody<'space'>): Calendar {
  return {
    site: context.catalogue.site,
    space: bookableSpace(context.catalogue.spaces, space),
    occupied: occupancyAround(context.catalogue.room, spaceId, context.occupancy.bookings),
    nowMs: context.nowMs,
  }
}

/** The half-hour slots of one day (day number) of a space. */
export function dayView(
  context: ViewContext,
  asked: { spaceId: string; space: DirectoryBody<'space'>; day: number; date: string },
): DayView {
  const slots = daySlots(calendarOf(context, asked.spaceId, asked.space), asked.day).map((slot) => ({
    ...slot,
    ...(isLent(context, { ...asked, interval: slot }) ? { lent: true } : {}),
  }))
  const { site } = context.catalogue
  const holiday = holidayOn(site, asked.day)
  const { timeZone } = site
  return { spaceId: asked.spaceId, date: asked.date, timeZone, ...(holiday ? { holiday } : {}), slots }
}

/** Why the interval can never or not now be booked, whatever other bookings say. */
export function refuseWhateverIsBooked(
  context: ViewContext,
  space: DirectoryBody<'space'>,
  interval: Interval,
) {
  const { catalogue, nowMs } = context
  const bookable = bookableSpace(catalogue.spaces, space)
  return refuseInterval({ site: catalogue.site, space: bookable, occupied: [], nowMs }, interval)
}
