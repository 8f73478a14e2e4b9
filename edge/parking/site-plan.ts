import {
  type LaneId,
  type LevelId,
  type SpaceId,
  spaceIdSchema,
  type ZoneId,
} from '@gatehouse/shared/ids/ids'
import type { LanePlace } from '@gatehouse/shared/parking/passage'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { DirectoryReader } from '../sync/directory.ts'

/** A bay of this site that is in service. */
export interface Bay {
  readonly spaceId: SpaceId
  readonly body: DirectoryBody<'space'>
}

/** All bays in service. */
export function siteBays(directory: DirectoryReader): Bay[] {
  const bays: Bay[] = []
  for (const [key, body] of directory.all('space')) {
    if (body.kind === 'bay' && !body.outOfService) bays.push({ spaceId: spaceIdSchema.parse(key), body })
  }
  return bays
}

/** Bays of a zone and the zones inside it; a zone that names no bays covers the whole site. */
export function zoneBays(directory: DirectoryReader, zoneId: ZoneId): Bay[] {
  const bays = siteBays(directory)
  const inZone = bays.filter(({ body }) => isWithin(directory, body.zoneId, zoneId))
  return inZone.length > 0 ? inZone : bays
}

/** Nesting of zones is finite, but a wrong directory must not hang the site. */
const zoneDepthMax = 16

function isWithin(directory: DirectoryReader, inner: ZoneId | undefined, outer: ZoneId): boolean {
  let zoneId = inner
  for (let depth = 0; zoneId !== undefined && depth < zoneDepthMax; depth += 1) {
    if (zoneId === outer) return true
    zoneId = directory.get('zone', zoneId)?.parentId
  }
  return false
}

/** The zones that lanes lead into or out of: each has a count of its own. */
export function countedZones(directory: DirectoryReader): ZoneId[] {
  return [...new Set([...directory.all('lane').values()].map(({ zoneId }) => zoneId))].sort()
}

/** Levels that have bays, bottom up. */
export function bayLevels(directory: DirectoryReader): { levelId: LevelId; name: string; bays: Bay[] }[] {
  const byLevel = new Map<LevelId, Bay[]>()
  for (const bay of siteBays(directory)) {
    const bays = byLevel.get(bay.body.levelId) ?? []
    bays.push(bay)
    byLevel.set(bay.body.levelId, bays)
  }
  return [...byLevel]
    .map(([levelId, bays]) => ({ levelId, bays, level: directory.get('level', levelId) }))
    .sort((a, b) => (a.level?.ordinal ?? 0) - (b.level?.ordinal ?? 0))
    .map(({ levelId, bays, level }) => ({ levelId, bays, name: level?.name ?? levelId }))
}

/** A lane with where it leads; `undefined` for an unknown lane. */
export function lanePlace(
  directory: DirectoryReader,
  laneId: LaneId,
): { readonly place: LanePlace; readonly lane: DirectoryBody<'lane'> } | undefined {
  const lane = directory.get('lane', laneId)
  if (!lane) return undefined
  return { lane, place: { laneId, zoneId: lane.zoneId, direction: lane.direction } }
}
