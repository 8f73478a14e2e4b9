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

interface Level {
  readonly levelId: LevelId
  readonly name: string
  readonly bays: readonly Bay[]
}

interface SitePlan {
  readonly bays: readonly Bay[]
  readonly levels: readonly Level[]
  readonly zones: readonly ZoneId[]
  readonly byZone: Map<ZoneId, readonly Bay[]>
}

// Read from the directory once per change of it: boards and signs ask after every movement.
const plans = new WeakMap<DirectoryReader, SitePlan>()
const followed = new WeakSet<DirectoryReader>()

function planOf(directory: DirectoryReader): SitePlan {
  const known = plans.get(directory)
  if (known) return known
  if (!followed.has(directory)) {
    followed.add(directory)
    directory.onChange(() => plans.delete(directory))
  }
  const bays = readBays(directory)
  const zones = [...new Set([...directory.all('lane').values()].map(({ zoneId }) => zoneId))].sort()
  const plan = { bays, levels: readLevels(directory, bays), zones, byZone: new Map() }
  plans.set(directory, plan)
  return plan
}

function readBays(directory: DirectoryReader): Bay[] {
  const bays: Bay[] = []
  for (const [key, body] of directory.all('space')) {
    // A combined bay is no more room than its parts.
    const combined = (body.parts?.length ?? 0) > 0
    if (body.kind === 'bay' && !body.outOfService && !combined)
      bays.push({ spaceId: spaceIdSchema.parse(key), body })
  }
  return bays
}

function readLevels(directory: DirectoryReader, bays: readonly Bay[]): Level[] {
  const byLevel = new Map<LevelId, Bay[]>()
  for (const bay of bays) {
    const onLevel = byLevel.get(bay.body.levelId) ?? []
    onLevel.push(bay)
    byLevel.set(bay.body.levelId, onLevel)
  }
  return [...byLevel]
    .map(([levelId, onLevel]) => ({ levelId, bays: onLevel, level: directory.get('level', levelId) }))
    .sort((a, b) => (a.level?.ordinal ?? 0) - (b.level?.ordinal ?? 0))
    .map(({ levelId, bays: onLevel, level }) => ({ levelId, bays: onLevel, name: level?.name ?? levelId }))
}

/** All bays in service. */
export function siteBays(directory: DirectoryReader): readonly Bay[] {
  return planOf(directory).bays
}

/** Bays of a zone and the zones inside it; a zone that names no bays covers the whole site. */
export function zoneBays(directory: DirectoryReader, zoneId: ZoneId): readonly Bay[] {
  const { bays, byZone } = planOf(directory)
  const known = byZone.get(zoneId)
  if (known) return known
  const inZone = bays.filter(({ body }) => isWithin(directory, body.zoneId, zoneId))
  const found = inZone.length > 0 ? inZone : bays
  byZone.set(zoneId, found)
  return found
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
export function countedZones(directory: DirectoryReader): readonly ZoneId[] {
  return planOf(directory).zones
}

/** Levels that have bays, bottom up. */
export function bayLevels(directory: DirectoryReader): readonly Level[] {
  return planOf(directory).levels
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
