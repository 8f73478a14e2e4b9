import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const vehicleSchema = z.object({
  plate: z.string(),
  vehicleClass: z.string(),
  arrivedMs: z.int(),
  spaceId: z.string().optional(),
  spaceName: z.string().optional(),
  /** `ticket`: no plate is on record; its driver pays and leaves with the ticket. */
  by: z.enum(['camera', 'ticket']).optional(),
  ticket: z.string().optional(),
  /** The signed ticket, as the driver keeps it on a phone. */
  signedTicket: z.string().optional(),
  sessionId: z.string().optional(),
  /** Until when the car may leave without paying (again); absent before any payment. */
  leaveByMs: z.int().optional(),
})
export type ParkedVehicle = z.infer<typeof vehicleSchema>

/** The cars that stand in a simulated garage, kept in a file so that they are still there after a restart. */
export class ParkedVehicles {
  readonly #file: string
  readonly #byPlate: Map<string, ParkedVehicle>

  constructor(file: string) {
    this.#file = file
    const stored = existsSync(file)
      ? z.array(vehicleSchema).parse(JSON.parse(readFileSync(file, 'utf8')))
      : []
    this.#byPlate = new Map(stored.map((vehicle) => [vehicle.plate, vehicle]))
  }

  /** Longest inside first. */
  all(): ParkedVehicle[] {
    return [...this.#byPlate.values()].sort((a, b) => a.arrivedMs - b.arrivedMs)
  }

  get(plate: string): ParkedVehicle | undefined {
    return this.#byPlate.get(plate)
  }

  put(vehicle: ParkedVehicle): void {
    this.#byPlate.set(vehicle.plate, vehicle)
    this.#store()
  }

  remove(plate: string): void {
    if (this.#byPlate.delete(plate)) this.#store()
  }

  #store(): void {
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.all()))
    renameSync(`${this.#file}.new`, this.#file)
  }
}
