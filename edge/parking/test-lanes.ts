import { type DeviceId, deviceIdSchema, laneIdSchema } from '@gatehouse/shared/ids/ids'
import type { DeviceStatus } from '../devices/hub-contract.ts'
import type { DisplayContent } from '../devices/ports/display.ts'
import type { DriveOutcome } from '../devices/ports/drive-outcome.ts'
import { ParkingDevices } from './parking-devices.ts'
import type { Garage } from './test-garage.ts'

/** A garage's lanes with vehicles that cover loops in the order in which real ones do. */
export interface TestLanes {
  readonly devices: ParkingDevices
  readonly shown: [DeviceId, DisplayContent][]
  readonly warnings: string[]
  /** Devices that say of themselves that they work. */
  readonly healthy: DeviceStatus[]
  /** One loop of the lane is covered or cleared. */
  loop(lane: string, which: 'approach' | 'safety' | 'exit', covered: boolean): void
  /** The boom of the lane reaches or leaves an end of its way. */
  boom(lane: string, limit: 'open' | 'closed', reached: boolean): void
  /** Time goes by, tick by tick, while the loops stay as they are. */
  wait(seconds: number): Promise<void>
  /** Moves onto the approach loop. */
  approach(lane: string): void
  /** Leaves the approach loop backwards and stays away. */
  withdraw(lane: string): Promise<void>
  /** Drives under the boom and away. */
  drive(lane: string): Promise<void>
  /** The camera of the lane reads a plate. */
  read(lane: string, plate: string, vehicleType?: string): Promise<void>
  press(lane: string): Promise<void>
  scan(lane: string, code: string): Promise<void>
}

let reads = 0
const vehicleMs = 200

/** Connects a garage's device glue to vehicles of a test. */
export function openLanes(garage: Garage): TestLanes {
  const shown: [DeviceId, DisplayContent][] = []
  const warnings: string[] = []
  const healthy: DeviceStatus[] = []
  const devices = new ParkingDevices({
    kernel: garage.kernel,
    directory: garage.directory,
    clock: garage.clock,
    random: garage.random,
    logger: { info: () => {}, warn: (_scope, message) => warnings.push(message) },
    hub: hubOf(garage, shown, healthy),
  })
  const deviceOf = (lane: string, role: string) => deviceIdSchema.parse(`${lane}-${role}`)
  const loop = (lane: string, which: 'approach' | 'safety' | 'exit', covered: boolean) => {
    // Vehicles take their time; what comes at once is a detector that lets go.
    garage.clock.advance(vehicleMs)
    devices.handle({ kind: 'loop', deviceId: deviceOf(lane, 'barrier'), loop: which, covered })
  }
  return {
    devices,
    shown,
    warnings,
    healthy,
    loop,
    boom: (lane, limit, reached) =>
      devices.handle({ kind: 'boom', deviceId: deviceOf(lane, 'barrier'), limit, reached }),
    wait: (seconds) => wait(garage, devices, seconds),
    approach: (lane) => loop(lane, 'approach', true),
    withdraw: async (lane) => {
      loop(lane, 'approach', false)
      garage.clock.advance(2_000)
      devices.tick()
      await devices.settled()
    },
    drive: async (lane) => {
      loop(lane, 'safety', true)
      loop(lane, 'approach', false)
      loop(lane, 'safety', false)
      await devices.settled()
    },
    read: async (lane, plate, vehicleType) => {
      reads += 1
      devices.handle({
        kind: 'plate',
        deviceId: deviceOf(lane, 'camera'),
        plate,
        score: 0.9,
        candidates: [],
        ...(vehicleType === undefined ? {} : { vehicleType }),
        capturedMs: garage.clock.now().wallMs,
        arrivalKey: `${lane}-${reads}`,
      })
      await devices.settled()
    },
    press: async (lane) => {
      devices.handle({ kind: 'button', deviceId: deviceOf(lane, 'button') })
      await devices.settled()
    },
    scan: async (lane, code) => {
      devices.handle({ kind: 'card', deviceId: deviceOf(lane, 'reader'), number: code })
      await devices.settled()
    },
  }
}

function hubOf(garage: Garage, shown: TestLanes['shown'], healthy: DeviceStatus[]) {
  const done: DriveOutcome = { outcome: 'done' }
  return {
    barrier: garage.barrier,
    display: async (deviceId: DeviceId, content: DisplayContent) => {
      shown.push([deviceId, content])
      return done
    },
    status: () => healthy,
  }
}

async function wait(garage: Garage, devices: ParkingDevices, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    garage.clock.advance(1_000)
    devices.tick()
    await devices.settled()
  }
}

/** The state of a lane by its name. */
export const laneState = (lanes: TestLanes, lane: string) =>
  lanes.devices.lanes.stateOf(laneIdSchema.parse(lane))
