import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DeviceId } from '@gatehouse/shared/ids/ids'
import type { CardFormat } from '@gatehouse/shared/profiles/card-format'
import type { PrinterTrouble } from '@gatehouse/shared/profiles/printer-rules'
import type { DeviceProfile, ProfileCapability } from '@gatehouse/shared/profiles/profile'
import type { Random } from '@gatehouse/shared/random/random'
import type { Result } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { BusConfig, WireConfig } from './bus-config.ts'
import type { CameraMessage, CameraRefusal } from './camera-intake.ts'
import type { ReaderKeys } from './drivers/osdp/reader-keys.ts'
import type { Barrier } from './ports/barrier.ts'
import type { DeviceLogger } from './ports/device-logger.ts'
import type { DisplayContent } from './ports/display.ts'
import type { DriveOutcome } from './ports/drive-outcome.ts'
import type { ReaderSignal } from './ports/indicator.ts'
import type { PlateRead } from './ports/plate-camera.ts'
import type { Paper } from './ports/printer.ts'
import type { ByteLink, ByteLinkHandlers } from './transports/byte-link.ts'
import type { MqttConfig } from './transports/mqtt.ts'

/** Device rows of the directory by device id. */
export type DeviceRows = ReadonlyMap<DeviceId, DirectoryBody<'device'>>

/** What devices tell the rest of the edge. Facts as sensed, without business meaning. */
export type DeviceEvent = { readonly deviceId: DeviceId } & (
  | { readonly kind: 'card'; readonly number: string }
  | { readonly kind: 'pin'; readonly digits: string }
  /** What a scanner read, unbelieved; a code that is held before it for long comes once. */
  | { readonly kind: 'code'; readonly text: string }
  /** `closed` true: the door is closed. Also sent once when first known. */
  | { readonly kind: 'contact'; readonly closed: boolean }
  /** The supervised line of a contact is bridged or cut; its next word says that it is sound again. */
  | { readonly kind: 'line'; readonly fault: 'short' | 'open_circuit' }
  /** Pressed; releases are not reported. */
  | { readonly kind: 'button' }
  /** Also sent once when first known. */
  | { readonly kind: 'loop'; readonly loop: 'approach' | 'safety' | 'exit'; readonly covered: boolean }
  /** A limit switch of a boom; also sent once when first known. */
  | { readonly kind: 'boom'; readonly limit: 'open' | 'closed'; readonly reached: boolean }
  /** The contact of the fire alarm system, or its broken wire, alarms; also sent once when first known. */
  | { readonly kind: 'fire'; readonly active: boolean }
  | { readonly kind: 'bay'; readonly occupied: boolean }
  | ({ readonly kind: 'plate' } & PlateRead)
  /** The case of the device was opened or closed. */
  | { readonly kind: 'tamper'; readonly active: boolean }
  /** The device runs out of power, or has it again. */
  | { readonly kind: 'power'; readonly failed: boolean }
  /** The device is not what it says it is, or speaks in clear; `reason` is a stable machine word. */
  | { readonly kind: 'untrusted'; readonly reason: string }
  /** A printer needs a person for something, or no longer. */
  | { readonly kind: 'printer'; readonly trouble: PrinterTrouble; readonly active: boolean }
  | { readonly kind: 'status'; readonly online: boolean; readonly detail?: string }
)

/** Last known state of one device, for screens and the heartbeat. */
export interface DeviceStatus {
  readonly deviceId: DeviceId
  readonly name: string
  readonly profile: string
  readonly capability: ProfileCapability | 'unknown'
  readonly online: boolean
  /** Why it is offline, a stable machine word. */
  readonly detail?: string
  /** Nothing was heard of it since it is served, and its first contact may still take that long. */
  readonly awaited?: boolean
  /** Lines, messages and frames that could not be understood since it is served. */
  readonly garbage?: number
  /** Wall time of the last sign of life, milliseconds; absent when never heard. */
  readonly heardMs?: number
}

/** What the hub is built from; all of it is made in `main.ts`. */
export interface DeviceHubOptions {
  readonly devices: DeviceRows
  readonly profiles: ReadonlyMap<string, DeviceProfile>
  readonly cardFormats: ReadonlyMap<string, CardFormat>
  readonly buses: Readonly<Record<string, BusConfig>>
  /** Absent: MQTT devices are offline with `no_broker`. */
  readonly mqtt?: MqttConfig | undefined
  /** Names this edge at the broker; the site's id. */
  readonly name?: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: DeviceLogger
  /** Keys of readers on secure channels; without them no reader gets a key and none is trusted. */
  readonly readerKeys?: ReaderKeys
  /** Replaces how byte buses are opened; by default TCP and serial. */
  readonly openTransport?: (bus: string, config: WireConfig, handlers: ByteLinkHandlers) => ByteLink
}

/** All devices of a site behind one door: events out, requests in. */
export interface DeviceHub {
  start(): Promise<void>
  stop(): Promise<void>
  /** Registers a listener; returns how to remove it. A listener that throws does not stop the others. */
  onEvent(listener: (event: DeviceEvent) => void): () => void
  /** Releases a strike. Always answers within `driveTimeoutMax`. */
  strike(deviceId: DeviceId, command: { readonly pulseMs: number }): Promise<DriveOutcome>
  /** Puts a strike to rest at once, also in the middle of a pulse. */
  rest(deviceId: DeviceId): Promise<DriveOutcome>
  /** A barrier by id; unknown ids answer `failed` with `unknown_device` when used. */
  barrier(deviceId: DeviceId): Barrier
  display(deviceId: DeviceId, content: DisplayContent): Promise<DriveOutcome>
  /** Prints one paper. `done` when it was printed, `failed` when nothing was; out of paper is the outcome's detail. */
  print(deviceId: DeviceId, paper: Paper): Promise<DriveOutcome>
  /** Shows at a reader what came of a card; readers without light and buzzer answer `failed` with `no_indicator`. */
  signal(deviceId: DeviceId, signal: ReaderSignal): Promise<DriveOutcome>
  /**
   * Opens the install window of a reader; it closes by itself, and when the reader has its key. One that is online has
   * one already (`reader_online`): its window would stay open for whoever takes its place.
   */
  openInstallWindow(
    deviceId: DeviceId,
    forMs: number,
  ): Result<void, 'unknown_device' | 'not_secure' | 'reader_online' | 'wrong_time'>
  /** Takes a message that a camera posted; gives how many of its readings were new arrivals. */
  acceptCameraMessage(
    deviceId: DeviceId,
    message: CameraMessage,
  ): Result<number, CameraRefusal | { readonly code: 'unknown_device' | 'not_a_camera' }>
  /** A device that calls the edge (camera, kiosk, screen) was heard. */
  heardFrom(deviceId: DeviceId): void
  /** Follows a changed directory: keeps what is equal, closes what left, opens what is new. */
  reconfigure(devices: DeviceRows): void
  status(): DeviceStatus[]
  /** Messages that came from the broker so far. */
  readonly brokerMessages: number
}
