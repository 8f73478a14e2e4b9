import { type DeviceId, doorIdSchema, memberIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import { z } from 'zod'
import { accessDeviceEvents } from '../access/device-events.ts'
import { DoorWatch, keepPulseMs } from '../access/door-watch.ts'
import { HoldKeeper } from '../access/hold-keeper.ts'
import { MemberTokens } from '../access/member-tokens.ts'
import type { DeviceHub } from '../devices/hub.ts'
import type { EdgeAdapters } from '../edge-program.ts'
import type { LiveScreens } from '../http/live.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'

export interface SiteDoorsOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly hub: DeviceHub
  readonly live: LiveScreens
  readonly adapters: EdgeAdapters
  readonly siteKey: string
}

const identifiedSchema = z.object({ memberId: memberIdSchema, displayName: z.string() }).nullable()

/** Wires readers, contacts and exit buttons to the access module, and kiosk readers to their kiosks. */
export class SiteDoors {
  readonly watch: DoorWatch
  readonly memberTokens: MemberTokens
  readonly #options: SiteDoorsOptions
  readonly #giveUpWaiting: () => void
  readonly #holds: HoldKeeper

  constructor(options: SiteDoorsOptions) {
    const { kernel, directory, hub, live, adapters, siteKey } = options
    const { clock, random } = adapters
    this.#options = options
    this.memberTokens = new MemberTokens(clock, random)
    this.watch = new DoorWatch({
      directory,
      clock,
      onReport: (doorId, state) => {
        live.changed('doors', [doorId])
        const key = randomCode(random, 20)
        void kernel.submit({ kind: 'reportDoor', caller: 'device:contact', key, input: { doorId, state } })
      },
      onTrouble: (doorId, fault) => {
        live.changed('doors', [doorId])
        const key = randomCode(random, 20)
        const input = { doorId, fault }
        void kernel.submit({ kind: 'reportDoorTrouble', caller: 'device:contact', key, input })
      },
      onWarn: (doorId) => {
        const door = directory.get('door', doorId)
        if (door) void hub.signal(door.readerDeviceId, 'close_door')
      },
      onLock: (doorId, how) => {
        const door = directory.get('door', doorId)
        if (!door) return
        if (how === 'rest') void hub.rest(door.strikeDeviceId)
        else void hub.strike(door.strikeDeviceId, { pulseMs: keepPulseMs })
      },
    })
    const { watch } = this
    const onKioskCredential = (deviceId: DeviceId, kind: 'card' | 'pin', digest: string) =>
      void this.#identify(deviceId, kind, digest)
    const access = accessDeviceEvents({
      ...{ kernel, directory, doors: watch, random, clock, siteKey, onKioskCredential },
      onAnswer: (deviceId, signal) => void hub.signal(deviceId, signal),
    })
    this.#giveUpWaiting = access.tick
    this.#holds = new HoldKeeper({ kernel, directory, doors: watch, clock, random })
    hub.onEvent(access.handle)
    hub.onEvent((event) => {
      if (event.kind === 'status') live.changed('devices', [event.deviceId])
    })
  }

  /** The state of a door for screens, for example `locked`. */
  stateOf(doorId: string): string {
    return this.watch.stateOf(doorIdSchema.parse(doorId))
  }

  /** Lets time pass at the doors: relocked, held open, a schedule that begins, a PIN that did not come. */
  tick(): void {
    this.watch.tick()
    this.#holds.tick()
    this.#giveUpWaiting()
  }

  async #identify(readerId: DeviceId, kind: 'card' | 'pin', digest: string): Promise<void> {
    const { kernel, live, adapters } = this.#options
    const kioskId = this.#kioskOf(readerId)
    if (kioskId === undefined) return
    const outcome = await kernel.submit({
      kind: 'identifyMember',
      caller: `device:${readerId}`,
      key: randomCode(adapters.random, 20),
      input: { deviceId: readerId, kind, digest },
    })
    const member = outcome.ok ? identifiedSchema.parse(outcome.value) : null
    if (!member) return
    const { memberId, displayName } = member
    live.tell(kioskId, { kind: 'identified', memberToken: this.memberTokens.issue(memberId), displayName })
  }

  /** A kiosk's reader names its kiosk in `parameters.kioskDeviceId`. */
  #kioskOf(readerId: DeviceId): string | undefined {
    const kioskId = this.#options.directory.get('device', readerId)?.parameters.kioskDeviceId
    return typeof kioskId === 'string' ? kioskId : undefined
  }
}
