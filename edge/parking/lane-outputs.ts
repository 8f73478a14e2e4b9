import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DeviceId, LaneId } from '@gatehouse/shared/ids/ids'
import { boomPosition } from '@gatehouse/shared/parking/boom'
import { type LaneOrder, laneLight } from '@gatehouse/shared/parking/lane-light'
import { lockdownSince } from '../access/lockdown.ts'
import type { DeviceHub } from '../devices/hub.ts'
import type { BarrierOutput } from '../devices/ports/barrier.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { isFireAt } from './lane-fire.ts'
import { type LaneHold, readHolds } from './lane-holds.ts'
import type { LaneWatch } from './lane-watch.ts'
import type { WiredLane } from './lane-wires.ts'
import { vendPulseMs } from './vend.ts'

export interface LaneOutputsOptions {
  readonly kernel: Pick<Kernel, 'db'>
  readonly directory: DirectoryReader
  readonly clock: Clock
  readonly hub: Pick<DeviceHub, 'barrier'>
  readonly lanes: LaneWatch
  /** The time of a hold is over. */
  readonly onHoldOver: (hold: LaneHold) => void
  readonly run: (work: () => Promise<void>) => void
}

/** An output is switched on for this long and asked again well before: it ends by itself when this process dies. */
const leaseMs = 10_000
const renewMs = 3_000
/** In a fire a boom without an input that keeps it up is asked again so often. */
const fireVendMs = 10_000

/** Keeps booms up and lights right: holds by people, fire, and the light that follows each lane. Never closes a boom. */
export class LaneOutputs {
  readonly #options: LaneOutputsOptions
  readonly #on = new Map<string, number>()
  readonly #fireVends = new Map<LaneId, number>()
  readonly #over = new Map<LaneId, number>()

  constructor(options: LaneOutputsOptions) {
    this.#options = options
  }

  /** Brings every lane's outputs up to date; called a few times a second. */
  tick(wired: Iterable<WiredLane>): void {
    const { kernel, clock, directory } = this.#options
    const { db } = kernel
    const { wallMs } = clock.now()
    const lockedDown = lockdownSince(db) !== undefined
    const holds = new Map(readHolds(db).map((hold) => [hold.laneId, hold]))
    for (const hold of holds.values()) if (hold.untilMs <= wallMs) this.#tellOver(hold)
    for (const lane of wired) {
      const { direction } = lane.body
      const hold = holds.get(lane.laneId)
      // Nobody is let in during a lockdown; the way out stays as it is.
      const held = hold !== undefined && wallMs < hold.untilMs && !(lockedDown && direction === 'entry')
      const fire = isFireAt(db, directory, lane.laneId)
      this.#follow(lane, { held, fire, direction })
    }
  }

  #follow({ laneId, body }: WiredLane, order: LaneOrder): void {
    const { directory, lanes } = this.#options
    const deviceId = body.barrierDeviceId
    const parameters = directory.get('device', deviceId)?.parameters ?? {}
    const keepUp = order.held || order.fire
    if (parameters.holdOutput !== undefined) {
      const renewed = this.#switch(deviceId, 'hold', keepUp)
      if (renewed) lanes.observe(laneId, { kind: 'vended' })
    } else if (order.fire) this.#vendInFire(laneId, deviceId)
    if (parameters.lightOutput === undefined) return
    this.#switch(deviceId, 'light', laneLight(lanes.controlOf(laneId), order) === 'green')
  }

  /** Tells whether it was just asked to be on. */
  #switch(deviceId: DeviceId, output: BarrierOutput, on: boolean): boolean {
    const { clock, hub, run } = this.#options
    const key = `${deviceId}/${output}`
    const { monotonicMs } = clock.now()
    const askedMs = this.#on.get(key)
    if (!on && askedMs === undefined) return false
    if (on && askedMs !== undefined && monotonicMs - askedMs < renewMs) return false
    if (on) this.#on.set(key, monotonicMs)
    else this.#on.delete(key)
    run(async () => {
      await hub.barrier(deviceId).keep(output, on ? leaseMs : 0)
    })
    return on
  }

  #vendInFire(laneId: LaneId, deviceId: DeviceId): void {
    const { clock, hub, lanes, run } = this.#options
    if (boomPosition(lanes.controlOf(laneId).boom.limits) === 'up') return
    const { monotonicMs } = clock.now()
    const lastMs = this.#fireVends.get(laneId)
    if (lastMs !== undefined && monotonicMs - lastMs < fireVendMs) return
    this.#fireVends.set(laneId, monotonicMs)
    lanes.observe(laneId, { kind: 'vended' })
    run(async () => {
      await hub.barrier(deviceId).vend({ pulseMs: vendPulseMs })
    })
  }

  #tellOver(hold: LaneHold): void {
    if (this.#over.get(hold.laneId) === hold.untilMs) return
    this.#over.set(hold.laneId, hold.untilMs)
    this.#options.onHoldOver(hold)
  }
}
