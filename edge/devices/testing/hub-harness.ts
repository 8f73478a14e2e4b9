import { performance } from 'node:perf_hooks'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { type DeviceId, deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { createDeviceHub, type DeviceEvent, type DeviceHub, type DeviceHubOptions } from '../hub.ts'
import type { DeviceLogger } from '../ports/device-logger.ts'
import { profileFolder, readProfileFolder } from '../profile-folder.ts'

/** The machine's clock, for tests that run real sockets. */
export const realClock: Clock = {
  now: () => ({
    wallMs: Date.now(),
    bootId: 'test',
    monotonicMs: performance.now(),
    quality: 'trusted',
  }),
}

/** Keeps what was logged. */
export class LogKeeper implements DeviceLogger {
  readonly lines: { readonly level: 'info' | 'warn'; readonly scope: object; readonly message: string }[] = []
  info(scope: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push({ level: 'info', scope, message })
  }
  warn(scope: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push({ level: 'warn', scope, message })
  }
}

/** Remembers what was said and lets a test wait for what it expects, past or future. */
export class Heard<T> {
  readonly all: T[] = []
  readonly #waiting = new Set<() => void>()

  readonly add = (item: T): void => {
    this.all.push(item)
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves with the first item after `from` that fits; rejects after `timeoutMs` naming what was heard. */
  next(fits: (item: T) => boolean, from = 0, timeoutMs = 10_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.all.slice(from).find(fits)
        if (found === undefined) return
        this.#waiting.delete(look)
        clearTimeout(timer)
        resolve(found)
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new RangeError(`not heard; heard ${JSON.stringify(this.all.slice(-20))}`))
      }, timeoutMs)
      this.#waiting.add(look)
      look()
    })
  }
}

/** Makes a device id of a plain name. */
export function device(id: string): DeviceId {
  return deviceIdSchema.parse(id)
}

/** A device row with little to say. */
export function deviceRow(
  profile: string,
  bus: string | undefined,
  parameters: DirectoryBody<'device'>['parameters'],
): DirectoryBody<'device'> {
  return { name: profile, profile, parameters, ...(bus === undefined ? {} : { bus }) }
}

export const { profiles, cardFormats } = readProfileFolder(profileFolder)

/** A started hub over the given rows and buses, with everything it said. */
export async function startHub(
  options: Partial<DeviceHubOptions> & Pick<DeviceHubOptions, 'devices' | 'buses'>,
): Promise<{ hub: DeviceHub; heard: Heard<DeviceEvent>; log: LogKeeper }> {
  const heard = new Heard<DeviceEvent>()
  const log = new LogKeeper()
  const hub = createDeviceHub({
    profiles,
    cardFormats,
    clock: realClock,
    random: new SeededRandom(7),
    logger: log,
    ...options,
  })
  hub.onEvent(heard.add)
  await hub.start()
  return { hub, heard, log }
}
