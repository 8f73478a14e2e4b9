import type { SpaceId } from '../ids/ids.ts'
import type { BayClass } from '../wire/v1/directory.ts'
import type { VehicleClass } from '../wire/v1/entries.ts'

/** A bay that could be given now: in service, not taken, not assigned, not booked by somebody else. */
export interface FreeBay {
  readonly spaceId: SpaceId
  readonly bayClass: BayClass
  /** Which part of the bays of this class on its level is free, 0 to 1. */
  readonly levelFree: number
  /** Driving distance to the entrance. */
  readonly distanceMeters: number
}

export interface AllocationRules {
  /** Lets vehicles that do not charge stand in bays with a charger. */
  readonly evForAll: boolean
  /** `nearest` to the entrance, or `spread` over the levels, so that no ramp fills before the others. */
  readonly strategy: 'nearest' | 'spread'
}

// RULES, Parking: the smallest class that fits comes first. Accessible bays only with a permit, which
// is what the vehicle class `accessible` says; EV bays only for vehicles that charge.
const preferences: Record<VehicleClass, readonly BayClass[]> = {
  motorcycle: ['motorcycle', 'compact', 'regular', 'large'],
  car: ['compact', 'regular', 'large'],
  large: ['large'],
  ev: ['ev', 'compact', 'regular', 'large'],
  accessible: ['accessible', 'regular', 'large', 'compact'],
}

/** Bay classes a vehicle may use, best first. */
export function bayClassesFor(
  vehicleClass: VehicleClass,
  rules: Pick<AllocationRules, 'evForAll'>,
): readonly BayClass[] {
  const classes = preferences[vehicleClass]
  const mayUseCharger = rules.evForAll && vehicleClass !== 'large' && !classes.includes('ev')
  return mayUseCharger ? [...classes, 'ev'] : classes
}

/**
 * Chooses the bay for a vehicle: smallest class that fits, then by strategy, then nearest the entrance, then by id
 * (RULES, Parking).
 */
export function allocateBay(
  vehicleClass: VehicleClass,
  bays: Iterable<FreeBay>,
  rules: AllocationRules,
): SpaceId | undefined {
  const classes = bayClassesFor(vehicleClass, rules)
  let best: { readonly bay: FreeBay; readonly rank: number } | undefined
  for (const bay of bays) {
    const rank = classes.indexOf(bay.bayClass)
    if (rank < 0) continue
    if (best === undefined || isBetter({ bay, rank }, best, rules)) best = { bay, rank }
  }
  return best?.bay.spaceId
}

interface Ranked {
  readonly bay: FreeBay
  readonly rank: number
}

function isBetter(a: Ranked, b: Ranked, { strategy }: AllocationRules): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank
  if (strategy === 'spread' && a.bay.levelFree !== b.bay.levelFree) return a.bay.levelFree > b.bay.levelFree
  if (a.bay.distanceMeters !== b.bay.distanceMeters) return a.bay.distanceMeters < b.bay.distanceMeters
  return a.bay.spaceId < b.bay.spaceId
}
