import type { Moment } from '@gatehouse/shared/clock/clock'
import type { DeviceId } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { type BusOwner, type BusSurroundings, createBusOwner, openBus } from './bus-owner.ts'
import { CameraIntake, type CameraMessage, type CameraRefusal } from './camera-intake.ts'
import { type BusFamily, type PlannedDevice, type PlanRefusal, planDevice } from './device-plan.ts'
import type { Attachment, DeviceReport } from './drivers/attachment.ts'
import { attachMqttDevice } from './drivers/mqtt-device.ts'
import type { ReaderKeys } from './drivers/osdp/reader-keys.ts'
import { watchPage } from './drivers/page-watch.ts'
import { GarbageMeter } from './garbage-meter.ts'
import type { DeviceEvent, DeviceHub, DeviceHubOptions, DeviceRows, DeviceStatus } from './hub-contract.ts'
import { InstallWindows } from './install-windows.ts'
import type { Barrier } from './ports/barrier.ts'
import type { DisplayContent } from './ports/display.ts'
import type { DriveOutcome } from './ports/drive-outcome.ts'
import type { ReaderSignal } from './ports/indicator.ts'
import type { Paper } from './ports/printer.ts'
import { createHttpPull } from './transports/http-pull.ts'
import { createMqttLink, type MqttLink } from './transports/mqtt.ts'

export type { DeviceEvent, DeviceHub, DeviceHubOptions, DeviceRows, DeviceStatus } from './hub-contract.ts'

/** Longest wait for a strike, vend or display, milliseconds; then the outcome is `unknown`. */
const driveTimeoutMax = 3_000

/** Longest wait for a paper, milliseconds. */
const printTimeoutMax = 20_000

/** Longest pulse that is asked of a board, milliseconds. */
const pulseMsMax = 60_000
const silenceCheckMs = 10_000
/** Buses are opened and polled, brokers joined and bridges heard within this; nobody is called before. */
const firstContactMaxMs = 60_000

interface Served {
  row: DirectoryBody<'device'>
  readonly planned: PlannedDevice | undefined
  attachment: Attachment | undefined
  online: boolean
  detail: string | undefined
  heard: Moment | undefined
  garbage: number
  /** When it began to be served. */
  readonly since: Moment
  /** Reads what a camera sends. */
  readonly camera: CameraIntake | undefined
}

interface OwnedBus {
  readonly family: BusFamily
  readonly owner: BusOwner
}

const noReaderKeys: ReaderKeys = { read: () => undefined, write: () => false }

class Hub implements DeviceHub {
  readonly #options: DeviceHubOptions
  readonly #surroundings: BusSurroundings
  readonly #mqtt: MqttLink | undefined
  readonly #windows: InstallWindows
  readonly #listeners = new Set<(event: DeviceEvent) => void>()
  readonly #buses = new Map<string, OwnedBus>()
  readonly #served = new Map<DeviceId, Served>()
  #rows: DeviceRows
  #state: 'new' | 'running' | 'stopped' = 'new'
  #silence: NodeJS.Timeout | undefined

  constructor(options: DeviceHubOptions) {
    const { clock, random, logger, mqtt, readerKeys = noReaderKeys } = options
    this.#options = options
    this.#rows = options.devices
    const openTransport = options.openTransport ?? openBus(random)
    const windows = new InstallWindows(clock)
    this.#windows = windows
    const isInstalling = (id: string) => windows.isOpen(id)
    this.#surroundings = { clock, random, logger, openTransport, readerKeys, isInstalling }
    this.#mqtt = mqtt && createMqttLink({ config: mqtt, name: options.name ?? 'edge', random })
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') return
    this.#state = 'running'
    this.#mqtt?.open()
    this.reconfigure(this.#rows)
    this.#silence = setInterval(() => this.#noticeSilence(), silenceCheckMs)
    this.#silence.unref()
  }

  async stop(): Promise<void> {
    this.#state = 'stopped'
    clearInterval(this.#silence)
    for (const served of this.#served.values()) served.attachment?.detach()
    const owners = [...this.#buses.values()].map(({ owner }) => owner.close())
    this.#buses.clear()
    await Promise.all([...owners, this.#mqtt?.close()])
  }

  onEvent(listener: (event: DeviceEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  strike(deviceId: DeviceId, command: { readonly pulseMs: number }): Promise<DriveOutcome> {
    return this.#pulse(deviceId, 'strike', command.pulseMs)
  }

  rest(deviceId: DeviceId): Promise<DriveOutcome> {
    const strike = this.#served.get(deviceId)?.attachment?.strike
    return strike ? bounded(strike.rest()) : failed('not_served')
  }

  barrier(deviceId: DeviceId): Barrier {
    return {
      vend: ({ pulseMs }) => this.#pulse(deviceId, 'barrier', pulseMs),
      keep: (output, forMs) => {
        const served = this.#served.get(deviceId)
        if (!served?.attachment) return failed(served ? 'not_served' : 'unknown_device')
        const wire = served.attachment.outputs?.[output]
        if (!wire) return failed('no_such_output')
        if (!(forMs >= 0 && forMs <= pulseMsMax)) return failed('wrong_pulse')
        return bounded(forMs === 0 ? wire.rest() : wire.pulse(forMs))
      },
    }
  }

  display(deviceId: DeviceId, content: DisplayContent): Promise<DriveOutcome> {
    const served = this.#served.get(deviceId)
    if (!served) return failed('unknown_device')
    const display = served.attachment?.display
    if (!display) return failed(served.planned ? 'not_a_display' : (served.detail ?? 'not_served'))
    return bounded(display.show(content))
  }

  print(deviceId: DeviceId, paper: Paper): Promise<DriveOutcome> {
    const served = this.#served.get(deviceId)
    if (!served) return failed('unknown_device')
    const printer = served.attachment?.printer
    if (!printer) return failed(served.planned ? 'not_a_printer' : (served.detail ?? 'not_served'))
    return bounded(printer.print(paper), printTimeoutMax)
  }

  signal(deviceId: DeviceId, signal: ReaderSignal): Promise<DriveOutcome> {
    const indicator = this.#served.get(deviceId)?.attachment?.indicator
    return indicator ? bounded(indicator.signal(signal)) : failed('no_indicator')
  }

  openInstallWindow(deviceId: DeviceId, forMs: number): ReturnType<DeviceHub['openInstallWindow']> {
    const served = this.#served.get(deviceId)
    if (!served) return err('unknown_device')
    if (served.planned?.profile.driver !== 'osdp') return err('not_secure')
    if (served.online) return err('reader_online')
    return this.#windows.open(deviceId, forMs) ? ok(undefined) : err('wrong_time')
  }

  acceptCameraMessage(
    deviceId: DeviceId,
    message: CameraMessage,
  ): ReturnType<DeviceHub['acceptCameraMessage']> {
    const served = this.#served.get(deviceId)
    if (!served) return err({ code: 'unknown_device' })
    if (!served.camera || served.planned?.place.kind !== 'caller') return err({ code: 'not_a_camera' })
    return this.#takePlates(deviceId, served, served.camera, message)
  }

  #takePlates(
    deviceId: DeviceId,
    served: Served,
    camera: CameraIntake,
    message: CameraMessage,
  ): Result<number, CameraRefusal> {
    const taken = camera.take(message, this.#options.clock.now())
    if (!taken.ok) return taken
    const { fresh, late } = taken.value
    // A camera that sends what it could not deliver is late for a moment; one whose clock is wrong stays so.
    if (late === 0) this.heardFrom(deviceId)
    else this.#presence(deviceId, served, { online: false, detail: 'readings_late' })
    for (const read of fresh) this.#emit({ ...read, kind: 'plate', deviceId })
    return ok(fresh.length)
  }

  heardFrom(deviceId: DeviceId): void {
    const served = this.#served.get(deviceId)
    if (!served?.planned) return
    served.heard = this.#options.clock.now()
    this.#presence(deviceId, served, { online: true })
  }

  reconfigure(devices: DeviceRows): void {
    this.#rows = devices
    if (this.#state !== 'running') return
    const { profiles, cardFormats, buses } = this.#options
    const plans = new Map(
      [...devices].map(([id, row]) => [id, planDevice(id, row, { profiles, cardFormats, buses })] as const),
    )
    for (const [deviceId, served] of this.#served) {
      const plan = plans.get(deviceId)
      if (plan && keepsServing(served, plan)) continue
      served.attachment?.detach()
      this.#served.delete(deviceId)
    }
    this.#settleBuses([...plans.values()].flatMap((plan) => (plan.ok ? [plan.value] : [])))
    for (const [deviceId, row] of devices) {
      const plan = plans.get(deviceId)
      const served = this.#served.get(deviceId)
      if (served) served.row = row
      else if (plan) this.#serve(deviceId, row, plan)
    }
  }

  get brokerMessages(): number {
    return this.#mqtt?.heard ?? 0
  }

  status(): DeviceStatus[] {
    const { wallMs: nowMs, monotonicMs } = this.#options.clock.now()
    return [...this.#served].map(([deviceId, served]) => {
      const polled = served.online && served.planned?.place.kind === 'bus'
      const heardMs = polled ? nowMs : served.heard?.wallMs
      return {
        deviceId,
        name: served.row.name,
        profile: served.row.profile,
        capability: served.planned?.profile.capability ?? 'unknown',
        online: served.online,
        ...(served.detail === undefined ? {} : { detail: served.detail }),
        ...(isAwaited(served, monotonicMs) ? { awaited: true } : {}),
        ...(served.garbage === 0 ? {} : { garbage: served.garbage }),
        ...(heardMs === undefined ? {} : { heardMs }),
      }
    })
  }

  /** Opens, keeps and closes buses so that each named one has an owner of the right family. */
  #settleBuses(devices: readonly PlannedDevice[]): void {
    const wanted = new Map<string, { family: BusFamily; devices: PlannedDevice[] }>()
    for (const device of devices) {
      if (device.place.kind !== 'bus') continue
      const { bus, family } = device.place
      const known = wanted.get(bus) ?? { family, devices: [] }
      wanted.set(bus, known)
      if (known.family === family) known.devices.push(device)
    }
    for (const [name, owned] of this.#buses) {
      if (wanted.get(name)?.family === owned.family) continue
      this.#buses.delete(name)
      owned.owner
        .close()
        .catch((cause) => this.#options.logger.warn({ bus: name, cause }, 'bus did not close'))
    }
    for (const [name, { family, devices: onBus }] of wanted) {
      const config = this.#options.buses[name]
      if (!config || config.kind === 'http') continue
      const known = this.#buses.get(name)
      const owned = known ?? { family, owner: createBusOwner(family, { name, config }, this.#surroundings) }
      this.#buses.set(name, owned)
      owned.owner.setDevices(onBus)
      if (!known) owned.owner.open()
    }
  }

  #serve(deviceId: DeviceId, row: DirectoryBody<'device'>, plan: Result<PlannedDevice, PlanRefusal>): void {
    const served: Served = {
      row,
      planned: plan.ok ? plan.value : undefined,
      attachment: undefined,
      online: false,
      detail: plan.ok ? 'connecting' : refusalDetail(plan.error),
      heard: undefined,
      garbage: 0,
      since: this.#options.clock.now(),
      camera:
        plan.ok && plan.value.profile.plates
          ? new CameraIntake(plan.value, plan.value.profile.plates)
          : undefined,
    }
    this.#served.set(deviceId, served)
    if (!plan.ok) {
      this.#options.logger.warn({ deviceId, ...plan.error }, 'device row cannot be served')
      this.#emit({ kind: 'status', deviceId, online: false, ...detailOf(served.detail) })
      return
    }
    const device = plan.value
    if (device.place.kind === 'caller') {
      served.detail = 'not_heard'
      served.attachment = this.#watchPage(device.place.page, this.#reportOf(deviceId, served))
      return
    }
    const report = this.#reportOf(deviceId, served)
    if (device.place.kind === 'broker') {
      if (this.#mqtt) served.attachment = attachMqttDevice(this.#mqtt, device, report)
      else report.presence({ online: false, detail: 'no_broker' })
      return
    }
    const owned = this.#buses.get(device.place.bus)
    if (owned?.family === device.place.family) served.attachment = owned.owner.attach(device, report)
    else report.presence({ online: false, detail: 'bus_conflict' })
  }

  /** A device that calls may have a page of its own, which tells whether it is well before it calls again. */
  #watchPage(bus: string | undefined, report: DeviceReport): Attachment | undefined {
    const config = bus === undefined ? undefined : this.#options.buses[bus]
    if (config?.kind !== 'http') return undefined
    return watchPage(createHttpPull(config, this.#options.random), config.statusPath, report)
  }

  #reportOf(deviceId: DeviceId, served: Served): DeviceReport {
    const meter = new GarbageMeter(this.#options.clock, this.#options.logger, { deviceId })
    const alive = () => this.#served.get(deviceId) === served
    return {
      event: (event) => {
        if (!alive()) return
        served.heard = this.#options.clock.now()
        if (event.kind === 'status') this.#presence(deviceId, served, { online: event.online })
        else this.#emit({ ...event, deviceId })
      },
      presence: (presence) => {
        if (!alive()) return
        if (presence.online) {
          served.heard = this.#options.clock.now()
          // Only a session under a key of its own makes a reader online: there is nothing left to install.
          this.#windows.close(deviceId)
        }
        this.#presence(deviceId, served, presence)
      },
      plates: (text) => {
        if (!alive() || !served.camera) return
        const taken = this.#takePlates(deviceId, served, served.camera, { text })
        if (!taken.ok) meter.count(1, taken.error.code)
      },
      garbage: (reason) => {
        served.garbage += 1
        meter.count(1, reason)
      },
    }
  }

  /** Tells of a change between online and offline, and of the first thing known; another reason alone is no news. */
  #presence(deviceId: DeviceId, served: Served, presence: { online: boolean; detail?: string }): void {
    const news = served.online !== presence.online || served.detail === 'connecting'
    served.online = presence.online
    served.detail = presence.detail
    if (news) this.#emit({ kind: 'status', deviceId, ...presence })
  }

  /** Sensors that fell silent for longer than their profile allows are offline; a quiet hour is not silence. */
  #noticeSilence(): void {
    const { monotonicMs } = this.#options.clock.now()
    for (const [deviceId, served] of this.#served) {
      const limitMs = served.planned?.profile.timing.silentAfterMs
      if (limitMs === undefined || !served.online || served.heard === undefined) continue
      const silentMs = monotonicMs - served.heard.monotonicMs
      if (silentMs > limitMs) this.#presence(deviceId, served, { online: false, detail: 'silent' })
    }
  }

  #pulse(deviceId: DeviceId, capability: 'strike' | 'barrier', pulseMs: number): Promise<DriveOutcome> {
    const served = this.#served.get(deviceId)
    if (!served) return failed('unknown_device')
    if (!served.planned) return failed(served.detail ?? 'not_served')
    if (served.planned.profile.capability !== capability) return failed(`not_a_${capability}`)
    const strike = served.attachment?.strike
    if (!strike) return failed(served.detail ?? 'not_served')
    if (!Number.isFinite(pulseMs) || pulseMs <= 0 || pulseMs > pulseMsMax) return failed('wrong_pulse')
    return bounded(strike.pulse(pulseMs))
  }

  #emit(event: DeviceEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (cause) {
        this.#options.logger.warn(
          { deviceId: event.deviceId, kind: event.kind, cause },
          'event listener failed',
        )
      }
    }
  }
}

/** Builds the hub. Nothing is opened before `start`. */
export function createDeviceHub(options: DeviceHubOptions): DeviceHub {
  return new Hub(options)
}

async function failed(detail: string): Promise<DriveOutcome> {
  return { outcome: 'failed', detail }
}

/** Answers `unknown` when a device kept its promise open for too long. */
function bounded(drive: Promise<DriveOutcome>, timeoutMs = driveTimeoutMax): Promise<DriveOutcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ outcome: 'unknown', detail: 'timeout' }), timeoutMs)
    const settle = (outcome: DriveOutcome) => {
      clearTimeout(timer)
      resolve(outcome)
    }
    drive.then(settle, () => settle({ outcome: 'unknown', detail: 'driver_failed' }))
  })
}

/**
 * A device that can be served gets a while for its first contact. A sensor that speaks rarely is not missed
 * before it was silent for as long as its profile allows, unless something else is known: a broker that is down.
 */
function isAwaited({ planned, online, detail, heard, since }: Served, monotonicMs: number): boolean {
  if (planned === undefined || online || heard !== undefined) return false
  const unheard = detail === 'connecting' || detail === 'not_heard'
  const { silentAfterMs = firstContactMaxMs } = planned.profile.timing
  const limitMs = unheard ? Math.max(silentAfterMs, firstContactMaxMs) : firstContactMaxMs
  return monotonicMs - since.monotonicMs <= limitMs
}

function refusalDetail(refusal: PlanRefusal): string {
  return 'parameter' in refusal ? `${refusal.code}:${refusal.parameter}` : refusal.code
}

/** Tells whether a row needs nothing new: it is served as planned, or still cannot be served for the same reason. */
function keepsServing(served: Served, plan: Result<PlannedDevice, PlanRefusal>): boolean {
  if (plan.ok) return served.planned?.fingerprint === plan.value.fingerprint
  return !served.planned && served.detail === refusalDetail(plan.error)
}

function detailOf(detail: string | undefined): { detail?: string } {
  return detail === undefined ? {} : { detail }
}
