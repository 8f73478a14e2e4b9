import type { PlateRead } from './ports/plate-camera.ts'

/** Arrivals remembered per camera. */
const arrivalsMax = 64
const keysMax = 256

interface Arrival {
  readonly plate: string
  readonly atMs: number
}

/**
 * Lets one reading per arrival through: a repeated delivery is dropped by its key, and the same plate seen again
 * within `sameArrivalMs` is the same car. Times are monotonic milliseconds.
 */
export class ArrivalFilter {
  readonly #sameArrivalMs: number
  #arrivals: Arrival[] = []
  readonly #keys = new Set<string>()

  constructor(sameArrivalMs: number) {
    this.#sameArrivalMs = sameArrivalMs
  }

  /** Tells whether this reading is the first of its arrival. */
  isNew(read: Pick<PlateRead, 'plate' | 'arrivalKey'>, nowMs: number): boolean {
    if (this.#keys.has(read.arrivalKey)) return false
    this.#keys.add(read.arrivalKey)
    if (this.#keys.size > keysMax) {
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest)
        break
      }
    }
    const recent = this.#arrivals.filter(({ atMs }) => nowMs - atMs < this.#sameArrivalMs)
    const repeated = recent.some(({ plate }) => plate === read.plate)
    const others = recent.filter(({ plate }) => plate !== read.plate)
    this.#arrivals = [...others, { plate: read.plate, atMs: nowMs }].slice(-arrivalsMax)
    return !repeated
  }
}
