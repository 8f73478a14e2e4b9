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

/** Turns readings of bay sensors into commands; repeats of what is known cost nothing. */
export class BaySensors {
  readonly #options: BaySensorsOptions
  readonly #last: Map<string, boolean>

  constructor(options: BaySensorsOptions) {
    this.#options = options
    this.#last = new Map(readSensedBays(options.kernel.db))
  }

  /** Takes one reading; sensors that watch no space are ignored. */
  sense(deviceId: string, occupied: boolean): void {
    const { directory, kernel, random, run } = this.#options
    const spaceId = directory.get('device', deviceId)?.spaceId
    if (spaceId === undefined || this.#last.get(spaceId) === occupied) return
    this.#last.set(spaceId, occupied)
    const key = randomCode(random, 20)
    run(async () => {
      const input = { spaceId, occupied }
      const outcome = await kernel.submit({ kind: 'senseBay', caller: `device:${deviceId}`, key, input })
      // Not recorded: the next reading, equal or not, is taken again.
      if (!outcome.ok) this.#last.delete(spaceId)
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
