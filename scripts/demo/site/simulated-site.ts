import {
  createSimulatedCamera,
  type SimulatedCamera,
} from '@gatehouse/edge/devices/simulators/simulated-camera'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { type Random, randomInt } from '@gatehouse/shared/random/random'
import { rowsOf, type WorldRow } from '../world/rows.ts'
import type { SiteCallers } from '../world/site-devices.ts'
import { BaySensors } from './bay-sensors.ts'
import type { DemoBus } from './buses.ts'
import type { DoorSimulation } from './door-simulation.ts'
import { KioskClient } from './kiosk-client.ts'
import { type DriveOutcome, LaneSimulation } from './lane-simulation.ts'
import type { ParkedVehicle, ParkedVehicles } from './parked-vehicles.ts'
import { openWires, type SimulatedWires } from './simulated-wires.ts'
import { ticketFromSlot } from './ticket-slot.ts'

export interface SimulatedSiteOptions {
  readonly rows: readonly WorldRow[]
  readonly buses: readonly DemoBus[]
  readonly host: string
  readonly edgeUrl: string
  readonly mqttUrl: string
  readonly callers: SiteCallers
  readonly parked: ParkedVehicles
  readonly clock: Clock
  readonly random: Random
  readonly onChange: () => void
}

export interface DriveIn {
  readonly laneId: string
  readonly plate: string
  readonly vehicleClass: string
  readonly by: 'camera' | 'ticket'
}

/** What cameras call the classes of vehicles. */
const vehicleTypes: Record<string, string> = {
  motorcycle: 'Motorcycle',
  car: 'Sedan',
  ev: 'Sedan',
  accessible: 'Sedan',
  large: 'Big Truck',
}
/** Which bays a driver picks when the site names none. */
const bayChoices: Record<string, readonly string[]> = {
  motorcycle: ['motorcycle', 'compact'],
  car: ['regular', 'compact'],
  ev: ['ev', 'regular'],
  accessible: ['accessible', 'regular'],
  large: ['large', 'regular'],
}
const parkingMs = 2_500
/** A little more than an edge that came up needs to listen at its broker. */
const subscribedMs = 1_500
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The outside world of one site: doors, lanes, sensors and the cars in them, all behind real sockets. */
export class SimulatedSite {
  readonly lanes = new Map<string, LaneSimulation>()
  readonly parked: ParkedVehicles
  readonly #options: SimulatedSiteOptions
  readonly #wires: SimulatedWires
  readonly #sensors: BaySensors
  readonly #kiosk: KioskClient

  private constructor(options: SimulatedSiteOptions, wires: SimulatedWires) {
    this.#options = options
    this.#wires = wires
    this.parked = options.parked
    this.#sensors = new BaySensors({
      url: options.mqttUrl,
      rows: options.rows,
      secrets: options.callers.devices,
    })
    this.#kiosk = new KioskClient({ url: options.edgeUrl, secret: options.callers.kiosk })
    for (const { key, body } of rowsOf(options.rows, 'lane')) {
      const laneWires = wires.lanes.get(key)
      if (laneWires === undefined) continue
      const camera = this.#camera(body.cameraDeviceId ?? '')
      this.lanes.set(
        key,
        new LaneSimulation({
          wires: laneWires,
          onChange: options.onChange,
          readPlate: async ({ plate, vehicleClass }) => {
            const seen = { plate, vehicleType: vehicleTypes[vehicleClass] ?? 'Sedan' }
            await camera.see(seen, randomInt(options.random, 2) === 0 ? 'json' : 'multipart')
          },
          showTicket: ({ plate }) => {
            const parked = this.parked.get(plate)
            const ticket = parked?.signedTicket ?? parked?.ticket
            if (ticket !== undefined) wires.readers.get(body.readerDeviceId ?? '')?.scan?.(ticket)
          },
        }),
      )
    }
  }

  /** Starts listening on every wire; the edge may connect from now on. */
  static async open(options: SimulatedSiteOptions): Promise<SimulatedSite> {
    const site = new SimulatedSite(
      options,
      await openWires(options.rows, options.buses, { ...options, readerKeys: options.callers.readerKeys }),
    )
    for (const { spaceId } of options.parked.all())
      if (spaceId !== undefined) site.#sensors.set(spaceId, true)
    // The broker comes up with the edge; the sensors wait for it.
    void site.#sensors.start()
    return site
  }

  async close(): Promise<void> {
    await this.#sensors.stop()
    await this.#wires.close()
  }

  /** Call it when the edge came up: an uplink without retention, sent before, reached nobody. */
  async edgeCameUp(): Promise<void> {
    await wait(subscribedMs)
    await this.#sensors.report()
  }

  /** Call it when the site's clock was moved: sensors report from time to time, and in that time they would have. */
  clockMoved(): void {
    void this.#sensors.report()
  }

  door(doorId: string): DoorSimulation {
    const door = this.#wires.doors.get(doorId)
    if (door === undefined) throw unknown(`There is no door ${doorId}.`)
    return door
  }

  tapCard(doorId: string, card: string): void {
    this.door(doorId).expectSomebody()
    this.#readerOf(doorId).tap(card)
  }

  typePin(doorId: string, pin: string): void {
    this.door(doorId).expectSomebody()
    this.#readerOf(doorId).enterPin(pin)
  }

  showCode(doorId: string, text: string): void {
    this.door(doorId).expectSomebody()
    const reader = this.#readerOf(doorId)
    if (reader.showCode === undefined) throw unknown(`The reader of ${doorId} reads no codes.`)
    reader.showCode(text)
  }

  tapKioskCard(card: string): void {
    if (this.#wires.kioskReader === undefined) throw unknown('This site has no kiosk reader.')
    this.#wires.kioskReader.tap(card)
  }

  setBaySensor(spaceId: string, occupied: boolean): void {
    this.#sensors.set(spaceId, occupied)
  }

  /** Drives a car up to an entry and, once let in, onto a bay. */
  async driveIn({ laneId, plate, vehicleClass, by }: DriveIn): Promise<DriveOutcome> {
    const outcome = await this.#lane(laneId).drive({ plate, vehicleClass }, by)
    if (outcome === 'passed') await this.#park({ laneId, plate, vehicleClass, by })
    return outcome
  }

  /** Puts a car onto a free bay without any lane: only the bay's sensor notices. Tells whether a bay was free. */
  slipIn(plate: string): boolean {
    const bay = this.#chooseBay('car', undefined)
    if (bay?.body.kind !== 'bay') return false
    const vehicle = {
      plate,
      vehicleClass: 'car',
      by: 'camera',
      arrivedMs: this.#options.clock.now().wallMs,
    } as const
    this.#sensors.set(bay.key, true)
    this.parked.put({ ...vehicle, spaceId: bay.key, spaceName: bay.body.name })
    return true
  }

  /** Drives a parked car to an exit; it leaves when the boom lifts, else it goes back to its bay. */
  async driveOut(laneId: string, plate: string): Promise<DriveOutcome> {
    const vehicle = this.parked.get(plate)
    const lane = this.#lane(laneId)
    if (vehicle?.spaceId !== undefined) this.#sensors.set(vehicle.spaceId, false)
    const car = { plate, vehicleClass: vehicle?.vehicleClass ?? 'car' }
    const outcome = await lane.drive(car, vehicle?.by ?? 'camera')
    if (outcome === 'passed') this.parked.remove(plate)
    else if (vehicle?.spaceId !== undefined) this.#sensors.set(vehicle.spaceId, true)
    this.#options.onChange()
    return outcome
  }

  /** Walks to the kiosk and pays for a parked car. */
  async payFor(plate: string, method: 'card' | 'cash'): Promise<void> {
    const vehicle = this.parked.get(plate)
    const session = await this.#sessionOf(plate, vehicle)
    if (vehicle === undefined || session === undefined) return
    const leaveByMs = await this.#kiosk.pay(session.sessionId, method)
    this.parked.put({ ...vehicle, ...(leaveByMs === undefined ? {} : { leaveByMs }) })
  }

  /** A car that took a ticket has no plate on record: its driver goes by the ticket. */
  #sessionOf(plate: string, vehicle: ParkedVehicle | undefined) {
    if (vehicle?.by !== 'ticket') return this.#kiosk.findSession({ plate })
    return vehicle.ticket === undefined ? undefined : this.#kiosk.findSession({ ticket: vehicle.ticket })
  }

  async #park({ laneId, plate, vehicleClass, by }: DriveIn): Promise<void> {
    const { edgeUrl: url, callers, clock } = this.#options
    const edge = { url, panelSecret: callers.panel }
    const arrivedMs = clock.now().wallMs
    const ticket = by === 'ticket' ? await ticketFromSlot(edge, laneId).catch(() => undefined) : undefined
    const vehicle: ParkedVehicle = {
      ...{ plate, vehicleClass, arrivedMs, by },
      ...(ticket === undefined ? {} : { ticket }),
    }
    this.parked.put(vehicle)
    this.#options.onChange()
    const session = await Promise.resolve(this.#sessionOf(plate, vehicle)).catch(() => undefined)
    const bay = this.#chooseBay(vehicleClass, session?.spaceName)
    await wait(parkingMs)
    if (bay !== undefined) this.#sensors.set(bay.key, true)
    this.parked.put({
      ...vehicle,
      ...(bay === undefined ? {} : { spaceId: bay.key, spaceName: bay.body.name }),
      ...(session && { ticket: session.ticket, sessionId: session.sessionId }),
      ...(session?.signedTicket && { signedTicket: session.signedTicket }),
    })
    this.#options.onChange()
  }

  #chooseBay(vehicleClass: string, spaceName: string | undefined): WorldRow<'space'> | undefined {
    const bays = rowsOf(this.#options.rows, 'space')
    const free = bays.filter(({ key, body }) => !this.#sensors.isOccupied(key) && !body.outOfService)
    const named = free.find(({ body }) => body.name === spaceName)
    const classes = bayChoices[vehicleClass] ?? ['regular']
    return named ?? free.find(({ body }) => classes.includes(body.bayClass ?? '')) ?? free[0]
  }

  #camera(deviceId: string): SimulatedCamera {
    return createSimulatedCamera({
      url: `${this.#options.edgeUrl}/api/v1/cameras/${deviceId}/plate-recognizer`,
      cameraId: deviceId,
      secret: this.#options.callers.devices.get(deviceId) ?? '',
      clock: this.#options.clock,
    })
  }

  #readerOf(doorId: string) {
    const deviceId = rowsOf(this.#options.rows, 'door').find(({ key }) => key === doorId)?.body.readerDeviceId
    const reader = this.#wires.readers.get(deviceId ?? '')
    if (reader === undefined) throw unknown(`The door ${doorId} has no reader.`)
    return reader
  }

  #lane(laneId: string): LaneSimulation {
    const lane = this.lanes.get(laneId)
    if (lane === undefined) throw unknown(`There is no lane ${laneId}.`)
    return lane
  }
}

function unknown(hint: string): SiteError {
  return new SiteError({ code: 'unknown_thing', op: 'demo.site', hint, retryable: false })
}
