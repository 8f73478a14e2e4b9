import type { Calendar, Occupancy } from '@gatehouse/shared/booking/availability'
import { bookableSpace } from '@gatehouse/shared/booking/combined'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import type { BookingId } from '@gatehouse/shared/ids/ids'
import {
  type DecidingAuthority,
  decidingAuthority,
  type LoanStanding,
  standingInCloud,
} from '@gatehouse/shared/loans/authority'
import type { SpaceBlock } from '@gatehouse/shared/loans/block'
import type { KnownCloudLoan } from '@gatehouse/shared/loans/cloud-loan'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { SiteCatalogue } from './site-catalogue.ts'

/** What is known of a site's loans around an interval. */
export interface LentRights {
  readonly loans: readonly LoanStanding[]
  readonly nowMs: number
}

/** How the cloud sees loans that are not over. */
export function standingsOf(loans: Iterable<KnownCloudLoan>): readonly LoanStanding[] {
  return [...loans].flatMap((loan) => standingInCloud(loan) ?? [])
}

/** What a booking of a space would occupy: a combined space lends as its parts (shared/loans/decisions.md). */
export function blocksOf(
  { spaces }: Pick<SiteCatalogue, 'spaces'>,
  { spaceId, space, interval }: { spaceId: string; space: DirectoryBody<'space'>; interval: Interval },
): readonly SpaceBlock[] {
  const parts = space.parts ?? []
  const { gapMs } = bookableSpace(spaces, space)
  const block = { fromMs: interval.fromMs, blockToMs: interval.toMs + gapMs }
  return (parts.length > 0 ? parts : [spaceId]).map((id) => ({ spaceId: id, ...block }))
}

/** Who decides a booking: the cloud only when all of it lies in loans that it sells in now. */
export function whoDecides(
  rights: LentRights,
  catalogue: Pick<SiteCatalogue, 'spaces'>,
  asked: Parameters<typeof blocksOf>[1],
): DecidingAuthority {
  return decidingAuthority(blocksOf(catalogue, asked), rights)
}

/** Stretches in which neither the cloud nor the site sells now, by space, as if somebody occupied them. */
export function soldByNobody({ loans, nowMs }: LentRights): readonly (readonly [string, Occupancy])[] {
  return loans
    .filter(({ standing, sellUntilMs }) => standing !== 'cloud_sells' || nowMs >= sellUntilMs)
    .map(({ loanId, spaceId, fromMs, toMs }) => [spaceId, wall(loanId, fromMs, toMs)])
}

/** The calendar as it is while the site cannot be asked: whatever the cloud does not sell in now is taken. */
export function lentOnly(
  calendar: Calendar,
  { loans, nowMs }: LentRights,
  spaceIds: readonly string[],
): Calendar {
  const walls = spaceIds.flatMap((spaceId) => {
    const sold = loans
      .filter(
        (loan) => loan.spaceId === spaceId && loan.standing === 'cloud_sells' && nowMs < loan.sellUntilMs,
      )
      .sort((a, b) => a.fromMs - b.fromMs)
    const starts = [0, ...sold.map(({ toMs }) => toMs)]
    const ends = [...sold.map(({ fromMs }) => fromMs), Number.MAX_SAFE_INTEGER]
    return starts.flatMap((fromMs, at) => wall(`not lent ${spaceId} ${at}`, fromMs, ends[at] ?? fromMs))
  })
  return { ...calendar, occupied: [...calendar.occupied, ...walls] }
}

function wall(id: string, fromMs: number, toMs: number): Occupancy {
  return { bookingId: id as BookingId, fromMs, toMs, blockToMs: toMs }
}
