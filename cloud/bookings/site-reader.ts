import type { Occupancy } from '@gatehouse/shared/booking/availability'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { BookingId } from '@gatehouse/shared/ids/ids'
import type { KnownCloudLoan } from '@gatehouse/shared/loans/cloud-loan'
import type { Queryable } from '../database/pool.ts'
import { readLoans } from '../loans/loan-store.ts'
import { soldByNobody, standingsOf } from './lent-rights.ts'
import { readOccupancy } from './occupancy.ts'
import type { SiteCatalogue, SiteCatalogues } from './site-catalogue.ts'
import type { ViewContext } from './site-view.ts'

/** Longer than any gap after a booking. */
const gapsMaxMs = 24 * 3_600_000

/** When the cloud last heard a site, epoch ms, and whether that was lately. */
export interface SiteContact {
  readonly online: boolean
  readonly heardMs: number | undefined
}

export interface SiteReaderParts {
  readonly db: Queryable
  readonly clock: Clock
  readonly catalogues: SiteCatalogues
  readonly contactOf: (siteId: string) => Promise<SiteContact>
  readonly tzdataVersion: string
}

/** Gathers what views and refusals about one site need. */
export class SiteReader {
  readonly #parts: SiteReaderParts

  constructor(parts: SiteReaderParts) {
    this.#parts = parts
  }

  /** Everything known about a site around an interval, for the eyes of a member or anybody. */
  async context(catalogue: SiteCatalogue, interval: Interval, memberId?: string): Promise<ViewContext> {
    const { db, clock, contactOf, tzdataVersion } = this.#parts
    const nowMs = clock.now().wallMs
    // A block may reach beyond the interval by its gap.
    const around = { fromMs: interval.fromMs, toMs: interval.toMs + gapsMaxMs }
    const loans = await readLoans(db, catalogue.siteId, around)
    const rights = { loans: standingsOf(loans.values()), nowMs }
    const [occupancy, contact, planId] = await Promise.all([
      readOccupancy(db, catalogue.siteId, interval, [...soldByNobody(rights), ...givenUp(loans.values())]),
      contactOf(catalogue.siteId),
      memberId === undefined ? undefined : planAt(db, memberId, interval.fromMs),
    ])
    const link = contact.online
      ? { state: 'live' as const, sinceMs: nowMs }
      : { state: 'offline' as const, sinceMs: contact.heardMs ?? 0 }
    return { catalogue, occupancy, rights, link, nowMs, planId, tzdataVersion }
  }

  /** What the doors of a site were last seen as. */
  async doorStates(siteId: string): Promise<ReadonlyMap<string, string>> {
    const found = await this.#parts.db.query<{ door_id: string; state: string }>(
      'SELECT door_id, state FROM door_states WHERE site_id = $1',
      [siteId],
    )
    return new Map(found.rows.map((row) => [row.door_id, row.state]))
  }
}

/** Blocks that the cloud gave up and the site has not confirmed: sold by nobody. */
function givenUp(loans: Iterable<KnownCloudLoan>): readonly (readonly [string, Occupancy])[] {
  return [...loans].flatMap(({ terms, freed }) =>
    freed.map(({ bookingId, fromMs, blockToMs }) => {
      const block = { fromMs, toMs: blockToMs, blockToMs }
      return [terms.spaceId, { bookingId: bookingId as BookingId, ...block }] as const
    }),
  )
}

async function planAt(db: Queryable, memberId: string, atMs: number): Promise<string | undefined> {
  const found = await db.query<{ plan_id: string | null }>(
    `SELECT plan_id FROM member WHERE member_id = $1
     AND coalesce(plan_from_ms <= $2, true) AND coalesce($2 < plan_to_ms, true)`,
    [memberId, atMs],
  )
  return found.rows[0]?.plan_id ?? undefined
}
