import type { BoardView } from '@gatehouse/shared/api/views'
import { isInBusiness } from '@gatehouse/shared/calendar/opening'
import type { ZoneId } from '@gatehouse/shared/ids/ids'
import { freePlaces, isFull } from '@gatehouse/shared/parking/counting'
import { lockdownSince } from '../access/lockdown.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { readInside } from './projections.ts'
import { readAssignedBays } from './session-store.ts'
import { type Bay, bayLevels, countedZones, siteBays, zoneBays } from './site-plan.ts'

/** What the bay sensors said last; a bay that never reported is absent. */
export function readSensedBays(db: SiteDatabase): ReadonlyMap<string, boolean> {
  const rows = statement<{ spaceId: string; occupied: number }>(
    db,
    'SELECT space_id AS spaceId, occupied FROM parking_bays',
  ).all()
  return new Map(rows.map(({ spaceId, occupied }) => [spaceId, occupied === 1]))
}

/** Free and total places, as signs and boards show them. */
export type Places = BoardView['total']

function thresholds(directory: DirectoryReader) {
  const settings = directory.site()?.settings
  return { fullAtFree: settings?.fullAtFree ?? 0, reopenAtFree: settings?.reopenAtFree ?? 1 }
}

function wasFull(db: SiteDatabase, place: string): boolean {
  const row = statement<{ full: number }>(db, 'SELECT full FROM parking_full WHERE place = ?').get(place)
  return row?.full === 1
}

function places(
  db: SiteDatabase,
  directory: DirectoryReader,
  count: { readonly place: string; readonly inside: number; readonly capacity: number },
): Places {
  const free = freePlaces(count)
  return {
    free,
    capacity: count.capacity,
    // Boards and signs send nobody into a site that lets nobody new in.
    full:
      !isInBusiness(directory.site() ?? {}) ||
      lockdownSince(db) !== undefined ||
      isFull(wasFull(db, count.place), free, thresholds(directory)),
  }
}

/** Free places of a counted zone, by its lanes. */
export function zonePlaces(db: SiteDatabase, directory: DirectoryReader, zoneId: ZoneId): Places {
  const capacity = zoneBays(directory, zoneId).length
  return places(db, directory, { place: `zone/${zoneId}`, inside: readInside(db, zoneId), capacity })
}

/** Bays that are taken: by their sensor, or without one by the vehicle that was sent there. */
function takenBays(bays: readonly Bay[], picture: Picture): number {
  return bays.filter(
    ({ spaceId }) => picture.sensed.get(spaceId) ?? picture.assigned.get(spaceId) !== undefined,
  ).length
}

interface Picture {
  readonly sensed: ReadonlyMap<string, boolean>
  readonly assigned: ReadonlyMap<string, number | undefined>
}

/** The level board: totals by the lanes' counts, levels by their bays. Coworking houses have no levels here. */
export function readBoard(db: SiteDatabase, directory: DirectoryReader, asOfMs: number): BoardView {
  const picture = { sensed: readSensedBays(db), assigned: readAssignedBays(db) }
  const levels = bayLevels(directory).map(({ levelId, name, bays }) => {
    const inside = takenBays(bays, picture)
    const count = { place: `level/${levelId}`, inside, capacity: bays.length }
    return { levelId, name, ...places(db, directory, count) }
  })
  const zones = countedZones(directory).map((zoneId) => zonePlaces(db, directory, zoneId))
  const total =
    zones.length > 0
      ? {
          free: zones.reduce((sum, zone) => sum + zone.free, 0),
          capacity: zones.reduce((sum, zone) => sum + zone.capacity, 0),
          full: zones.every((zone) => zone.full),
        }
      : { free: siteBays(directory).length, capacity: siteBays(directory).length, full: false }
  const site = directory.site()
  const timeZone = site === undefined ? {} : { timeZone: site.timeZone }
  return { siteName: site?.name ?? directory.siteId, ...timeZone, asOfMs, total, levels }
}

/** Remembers which places are FULL now; runs in the transaction of every command that moves a count. */
export function rememberFull(db: SiteDatabase, directory: DirectoryReader): void {
  const { levels } = readBoard(db, directory, 0)
  const now = new Map(levels.map(({ levelId, full }) => [`level/${levelId}`, full]))
  for (const zoneId of countedZones(directory)) {
    now.set(`zone/${zoneId}`, zonePlaces(db, directory, zoneId).full)
  }
  for (const [place, full] of now) {
    if (full === wasFull(db, place)) continue
    statement(
      db,
      'INSERT INTO parking_full (place, full) VALUES (?, ?) ON CONFLICT (place) DO UPDATE SET full = excluded.full',
    ).run(place, full ? 1 : 0)
  }
}
