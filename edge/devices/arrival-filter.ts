import type { PlateRead } from './ports/plate-camera.ts'

/** Arrivals and followed vehicles remembered per camera. */
const arrivalsMax = 64
const keysMax = 256
const platesPerVehicleMax = 16

interface Arrival {
  readonly plate: string
  readonly atMs: number
}

interface Followed {
  readonly plates: readonly string[]
  readonly atMs: number
}

/** How long the same plate, and the same vehicle by the camera's own count, is the same arrival, milliseconds. */
export interface ArrivalLimits {
  readonly sameArrivalMs: number
  readonly sameVehicleMs: number
}

/**
 * Lets one reading per arrival through: a repeated delivery is dropped by its key, the same plate seen again within
 * `sameArrivalMs` is the same car, and a vehicle that the camera follows comes again only with another plate.
 * Times are monotonic milliseconds.
 */
export class ArrivalFilter {
  readonly #limits: ArrivalLimits
  #arrivals: Arrival[] = []
  readonly #keys = new Set<string>()
  readonly #followed = new Map<string, Followed>()

  constructor(limits: ArrivalLimits) {
    this.#limits = limits
  }

  /** Tells whether this reading is the first of its arrival, or corrects the plate of a followed vehicle. */
  isNew(read: Pick<PlateRead, 'plate' | 'arrivalKey' | 'vehicle'>, nowMs: number): boolean {
    if (this.#keys.has(read.arrivalKey)) return false
    this.#keys.add(read.arrivalKey)
    dropOldest(this.#keys, keysMax)
    const isFollowed = read.vehicle !== undefined && this.#follow(read.vehicle, read.plate, nowMs)
    const recent = this.#arrivals.filter(({ atMs }) => nowMs - atMs < this.#limits.sameArrivalMs)
    const repeated = recent.some(({ plate }) => plate === read.plate)
    const others = recent.filter(({ plate }) => plate !== read.plate)
    this.#arrivals = [...others, { plate: read.plate, atMs: nowMs }].slice(-arrivalsMax)
    return !repeated && !isFollowed
  }

  /** Remembers the vehicle; tells whether it was seen with this plate already. */
  #follow(vehicle: string, plate: string, nowMs: number): boolean {
    const known = this.#followed.get(vehicle)
    const isSame = known !== undefined && nowMs - known.atMs < this.#limits.sameVehicleMs
    const plates = isSame ? known.plates : []
    this.#followed.delete(vehicle)
    this.#followed.set(vehicle, {
      plates: plates.includes(plate) ? plates : [...plates, plate].slice(-platesPerVehicleMax),
      atMs: nowMs,
    })
    dropOldest(this.#followed, arrivalsMax)
    return plates.includes(plate)
  }
}

function dropOldest(known: Set<string> | Map<string, unknown>, max: number): void {
  for (const oldest of known.keys()) {
    if (known.size <= max) return
    known.delete(oldest)
  }
}
