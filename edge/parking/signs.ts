import { type DeviceId, deviceIdSchema } from '@gatehouse/shared/ids/ids'
import type { DeviceHub } from '../devices/hub.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { type Places, readBoard } from './occupancy.ts'

/** First words of the entry types after which a sign may show something else. */
const movers = new Set(['session', 'space', 'incident', 'booking', 'lockdown'])

export interface LevelSignsOptions {
  readonly kernel: Pick<Kernel, 'db' | 'onCommitted'>
  readonly directory: DirectoryReader
  readonly display: DeviceHub['display']
}

/** Keeps level signs in step with the counts: each is told when what it shows has changed. */
export class LevelSigns {
  readonly #options: LevelSignsOptions
  readonly #shown = new Map<DeviceId, string>()

  constructor(options: LevelSignsOptions) {
    this.#options = options
    options.kernel.onCommitted((entries) => {
      if (entries.some(({ entry }) => movers.has(entry.type.split('.', 1)[0] ?? ''))) this.refresh()
    })
  }

  /** Tells every sign whose level or total changed; a sign that did not take it is told again next time. */
  refresh(): void {
    const { kernel, directory, display } = this.#options
    const signs = levelSigns(directory)
    if (signs.length === 0) return
    const board = readBoard(kernel.db, directory, 0)
    for (const { deviceId, levelId } of signs) {
      const places =
        levelId === undefined ? board.total : board.levels.find((level) => level.levelId === levelId)
      if (places) this.#show(deviceId, places, display)
    }
  }

  #show(deviceId: DeviceId, { free, full }: Places, display: DeviceHub['display']): void {
    const content = `${free} ${full}`
    if (this.#shown.get(deviceId) === content) return
    this.#shown.set(deviceId, content)
    const forget = () => {
      if (this.#shown.get(deviceId) === content) this.#shown.delete(deviceId)
    }
    display(deviceId, { free, full }).then(({ outcome }) => outcome === 'done' || forget(), forget)
  }
}

/** Devices that show a level (`levelId`) or, with the parameter `shows: total`, the whole site. */
function levelSigns(directory: DirectoryReader): { deviceId: DeviceId; levelId: string | undefined }[] {
  const signs: { deviceId: DeviceId; levelId: string | undefined }[] = []
  for (const [key, { levelId, spaceId, parameters }] of directory.all('device')) {
    const isSign = spaceId === undefined && (levelId !== undefined || parameters.shows === 'total')
    if (isSign) signs.push({ deviceId: deviceIdSchema.parse(key), levelId })
  }
  return signs
}
