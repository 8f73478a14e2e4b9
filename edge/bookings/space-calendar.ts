import type { Calendar, Occupancy } from '@gatehouse/shared/booking/availability'
import {
  bookableSpace,
  involvedSpaces,
  occupancyAround,
  type SharedRoom,
} from '@gatehouse/shared/booking/combined'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import type { Moment } from '@gatehouse/shared/clock/clock'
import type { SpaceId } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { SiteDatabase } from '../ledger/database.ts'
import { isStopped } from '../loans/lending-state.ts'
import { type LentTime, lentTimesBySpace, lentTimesOf } from '../loans/loan-store.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { occupanciesBySpace, occupanciesOf } from './booking-store.ts'
import { siteRoom } from './site-room.ts'

/** A calendar of this site: what is lent says which loan it is. */
export interface SiteCalendar extends Calendar {
  readonly lent: readonly LentTime[]
}

/** A space whose calendar is asked for, within an interval of blocks (epoch ms). */
export interface AskedSpace extends Interval {
  readonly spaceId: SpaceId
  readonly space: DirectoryBody<'space'>
  readonly at: Moment
}

/**
 * Everything that says whether this site may sell an interval of a space: its hours, what occupies it through any space
 * it shares room with, and what of it or of its parts is lent. Every way to sell asks here.
 */
export function spaceCalendar(
  directory: DirectoryReader,
  db: SiteDatabase,
  site: DirectoryBody<'site'>,
  { spaceId, space, at, ...within }: AskedSpace,
): SiteCalendar {
  const room = siteRoom(directory)
  const bookable = bookableSpace(room.spaces, space)
  const involved = involvedSpaces(room, spaceId)
  // A block ends with its gap.
  const blocks = { fromMs: within.fromMs, toMs: within.toMs + bookable.gapMs }
  const bySpace = new Map(involved.map((id) => [id, occupanciesOf(db, id, blocks)]))
  const found = occupancyAround(room, spaceId, bySpace)
  return {
    site,
    space: bookable,
    occupied: asOf(at, found),
    lent: involved.flatMap((id) => lentTimesOf(db, id, blocks)),
    lendingStopped: isStopped(db, directory, spaceId),
    nowMs: at.wallMs,
  }
}

/** The calendars of all spaces of the site around an interval of blocks (epoch ms), read at once. */
export function siteCalendars(
  directory: DirectoryReader,
  db: SiteDatabase,
  site: DirectoryBody<'site'>,
  { at, ...within }: Interval & { readonly at: Moment },
): (spaceId: string, space: DirectoryBody<'space'>) => SiteCalendar {
  const room = siteRoom(directory)
  const bySpace = occupanciesBySpace(db, within)
  const lent = lentTimesBySpace(db, within)
  return (spaceId, space) => ({
    site,
    space: bookableSpace(room.spaces, space),
    occupied: asOf(at, occupancyAround(room, spaceId, bySpace)),
    lent: lentAround(room, spaceId, lent),
    lendingStopped: isStopped(db, directory, spaceId),
    nowMs: at.wallMs,
  })
}

// While the clock is not trusted nothing runs out (ARCHITECTURE §3, Time).
function asOf({ quality }: Moment, occupied: readonly Occupancy[]): readonly Occupancy[] {
  return quality === 'trusted' ? occupied : occupied.map(({ holdUntilMs: _, added: __, ...rest }) => rest)
}

function lentAround(
  room: SharedRoom,
  spaceId: string,
  bySpace: ReadonlyMap<string, readonly LentTime[]>,
): readonly LentTime[] {
  return bySpace.size === 0 ? [] : involvedSpaces(room, spaceId).flatMap((id) => bySpace.get(id) ?? [])
}
