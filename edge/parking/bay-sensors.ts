import { randomCode, type SpaceId, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { DeviceHub } from '../devices/hub.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { readSensedBays } from './occupancy.ts'

export interface BaySensorsOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly hub: Pick<DeviceHub, 'status'>
  readonly random: Random
  readonly run: (work: () => Promise<void>) => void
}

/**
 * Turns readings of bay sensors into commands; repeats of what is known cost nothing. One command is under way per bay, and
 * of what a bay says meanwhile only the last is kept: a sensor that flutters fills no queue.
 */
export class BaySensors {
  readonly #options: BaySensorsOptions
  /** What is recorded of each bay, or is being recorded. */
  readonly #last: Map<string, boolean>
  /** The last reading of each bay whose command is under way. */
  readonly #underWay = new Map<string, boolean>()
  #shed = 0

  constructor(options: BaySensorsOptions) {
    this.#options = options
    this.#last = new Map(readSensedBays(options.kernel.db))
  }

  /** Changes of bays that were left out since the start because a newer one came before they could be recorded. */
  get shed(): number {
    return this.#shed
  }

  /** Takes one reading; sensors that watch no space are ignored. */
  sense(deviceId: string, occupied: boolean): void {
    const spaceId = this.#options.directory.get('device', deviceId)?.spaceId
    if (spaceId === undefined) return
    const latest = this.#underWay.get(spaceId)
    if (latest !== undefined) {
      if (latest !== occupied && latest !== this.#last.get(spaceId)) this.#shed += 1
      this.#underWay.set(spaceId, occupied)
    } else if (this.#last.get(spaceId) !== occupied) this.#record(spaceId, deviceId, occupied)
  }

  #record(spaceId: SpaceId, deviceId: string, occupied: boolean): void {
    const { kernel, random, run } = this.#options
    this.#last.set(spaceId, occupied)
    this.#underWay.set(spaceId, occupied)
    const key = randomCode(random, 20)
    run(async () => {
      const input = { spaceId, occupied }
      let latest = occupied
      try {
        const outcome = await kernel.submit({ kind: 'senseBay', caller: `device:${deviceId}`, key, input })
        // Not recorded: the next reading, equal or not, is taken again.
        if (!outcome.ok) this.#last.delete(spaceId)
        else latest = this.#underWay.get(spaceId) ?? occupied
      } finally {
        this.#underWay.delete(spaceId)
      }
      if (latest !== occupied) this.#record(spaceId, deviceId, latest)
    })
  }

  /** Lets complete, healthy sensors correct the lanes' counts. */
  correctCounts(): void {
    const { kernel, random, run } = this.#options
    const key = randomCode(random, 20)
    const healthy = this.#healthyBays()
    if (healthy.length === 0) return
    run(async () => {
      await kernel.submit({ kind: 'correctCounts', caller: 'parking', key, input: { healthy } })
    })
  }

  #healthyBays(): SpaceId[] {
    const { directory, hub } = this.#options
    const bays = new Set<string>()
    for (const { deviceId, online, capability } of hub.status()) {
      const spaceId = directory.get('device', deviceId)?.spaceId
      if (online && capability === 'bay_sensor' && spaceId !== undefined) bays.add(spaceId)
    }
    return [...bays].map((spaceId) => spaceIdSchema.parse(spaceId))
  }
}
