import type { SpaceId } from '@gatehouse/shared/ids/ids'
import type { FreeBay } from '@gatehouse/shared/parking/allocation'
import type { SiteDatabase } from '../ledger/database.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { BookedBays } from './booked-bays.ts'
import { readSensedBays } from './occupancy.ts'
import { readAssignedBays } from './session-store.ts'
import { type Bay, zoneBays } from './site-plan.ts'

/**
 * How long a bay waits for the vehicle it was given to, after that came in. A bay whose sensor still says free
 * then is given to others: its vehicle stands elsewhere, and two bays for one vehicle fill a garage too early.
 */
const assignedFreeMs = 15 * 60_000

/** The bays of a zone that can be given to an arriving vehicle at `atMs`. */
export function freeBays(
  db: SiteDatabase,
  sources: { readonly directory: DirectoryReader; readonly bookings: BookedBays },
  lane: { readonly zoneId: Parameters<typeof zoneBays>[1] },
  atMs: number,
): FreeBay[] {
  const sensed = readSensedBays(db)
  const assigned = readAssignedBays(db)
  const reserved = sources.bookings.reserved(db, atMs)
  const isFree = ({ spaceId }: Bay): boolean => {
    if (sensed.get(spaceId) === true || reserved.has(spaceId)) return false
    if (!assigned.has(spaceId)) return true
    const enteredMs = assigned.get(spaceId)
    return sensed.has(spaceId) && enteredMs !== undefined && atMs - enteredMs > assignedFreeMs
  }
  const bays = zoneBays(sources.directory, lane.zoneId)
  const free = bays.filter(isFree)
  const [allOf, freeOf] = [countByKind(bays), countByKind(free)]
  return free.flatMap((bay) => {
    const { bayClass, distanceMeters } = bay.body
    const levelFree = (freeOf.get(kindOf(bay)) ?? 0) / (allOf.get(kindOf(bay)) ?? 1)
    return bayClass === undefined ? [] : [{ spaceId: bay.spaceId, bayClass, levelFree, distanceMeters }]
  })
}

const kindOf = ({ body }: Bay) => `${body.levelId}/${body.bayClass}`

function countByKind(bays: readonly Bay[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const bay of bays) counts.set(kindOf(bay), (counts.get(kindOf(bay)) ?? 0) + 1)
  return counts
}

/** Whether nobody stands in a bay or was sent there, as far as is known. */
export function isBayFree(db: SiteDatabase, spaceId: SpaceId): boolean {
  return readSensedBays(db).get(spaceId) !== true && !readAssignedBays(db).has(spaceId)
}
