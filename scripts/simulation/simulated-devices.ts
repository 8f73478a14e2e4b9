import type { DeviceEvent, DeviceHub } from '@gatehouse/edge/devices/hub-contract'
import type { DriveOutcome } from '@gatehouse/edge/devices/ports/drive-outcome'
import type { SiteDevices } from '@gatehouse/edge/site/site-devices'
import type { DeviceId } from '@gatehouse/shared/ids/ids'

/** What a site did in the real world, as the world sees it. */
export interface Deed {
  readonly kind: 'strike' | 'vend'
  readonly deviceId: DeviceId
}

const done: DriveOutcome = { outcome: 'done' }

/** The devices of one life of a site: what happens to them is told to the site, what it does with them is noted. */
export class SimulatedDevices implements SiteDevices {
  readonly hub: DeviceHub
  readonly #listeners = new Set<(event: DeviceEvent) => void>()

  /** `onDeed` hears of each strike and each barrier before the device has answered. */
  constructor(onDeed: (deed: Deed) => void) {
    this.hub = {
      start: async () => {},
      stop: async () => {},
      onEvent: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      strike: async (deviceId) => {
        onDeed({ kind: 'strike', deviceId })
        return done
      },
      barrier: (deviceId) => ({
        vend: async () => {
          onDeed({ kind: 'vend', deviceId })
          return done
        },
        keep: async () => done,
      }),
      display: async () => done,
      rest: async () => done,
      print: async () => done,
      signal: async () => done,
      openInstallWindow: () => ({ ok: true, value: undefined }),
      acceptCameraMessage: () => ({ ok: true, value: 0 }),
      heardFrom: () => {},
      reconfigure: () => {},
      status: () => [],
      brokerMessages: 0,
    }
  }

  /** Something happens at a device. */
  tell(event: DeviceEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  down(): string[] {
    return []
  }
}
