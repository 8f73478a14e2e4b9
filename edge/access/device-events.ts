import type { DeviceId, DoorId } from '@gatehouse/shared/ids/ids'
import { doorIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import type { Random } from '@gatehouse/shared/random/random'
import type { DeviceEvent } from '../devices/hub.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { DoorWatch } from './door-watch.ts'

export interface AccessDevicesOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly doors: DoorWatch
  readonly random: Random
  /** Keys the digests of cards and PINs. */
  readonly siteKey: string
  /** A card or PIN at a reader that belongs to a kiosk, not to a door. */
  readonly onKioskCredential: (deviceId: DeviceId, kind: 'card' | 'pin', digest: string) => void
}

// Entries whose effect energises a strike.
const releases: ReadonlySet<string> = new Set(['access.granted', 'access.exit_requested', 'door.unlocked'])

interface DoorWires {
  readonly byReader: ReadonlyMap<string, DoorId>
  readonly byContact: ReadonlyMap<string, DoorId>
  readonly byExitButton: ReadonlyMap<string, DoorId>
}

/**
 * Turns what readers, contacts and exit buttons report into commands, and tells the doors' watch of every release that
 * was recorded, whoever asked for it. Returns the listener for the device hub.
 */
export function accessDeviceEvents(options: AccessDevicesOptions): (event: DeviceEvent) => void {
  const { kernel, directory, doors } = options
  kernel.onCommitted((entries) => {
    for (const { entry } of entries) {
      if (!releases.has(entry.type)) continue
      const doorId = doorIdSchema.parse(entry.body.doorId)
      doors.observe(doorId, { kind: 'released', pulseMs: directory.get('door', doorId)?.pulseMs ?? 0 })
    }
  })
  let wires = doorWires(directory)
  directory.onChange((changes) => {
    if (changes.some(({ kind }) => kind === 'door')) wires = doorWires(directory)
  })
  return (event) => {
    if (event.kind === 'card') present(options, wires, event.deviceId, 'card', event.number)
    if (event.kind === 'pin') present(options, wires, event.deviceId, 'pin', event.digits)
    if (event.kind === 'code') presentCode(options, wires, event)
    if (event.kind === 'contact') {
      const doorId = wires.byContact.get(event.deviceId)
      if (doorId) doors.observe(doorId, { kind: event.closed ? 'closed' : 'opened' })
    }
    if (event.kind === 'button') {
      const doorId = wires.byExitButton.get(event.deviceId)
      if (doorId) requestExit(options, doorId)
    }
  }
}

function present(
  options: AccessDevicesOptions,
  wires: DoorWires,
  deviceId: DeviceId,
  kind: 'card' | 'pin',
  secret: string,
): void {
  const digest = credentialDigest(options.siteKey, kind, secret)
  const doorId = wires.byReader.get(deviceId)
  if (doorId) presentAtDoor(options, { doorId, deviceId, kind, digest })
  else options.onKioskCredential(deviceId, kind, digest)
}

function presentAtDoor(
  { kernel, random }: AccessDevicesOptions,
  input: { doorId: DoorId; deviceId: DeviceId; kind: 'card' | 'pin'; digest: string },
): void {
  const caller = `device:${input.deviceId}`
  void kernel.submit({ kind: 'presentCredential', caller, key: randomCode(random, 20), input })
}

/** Whatever a scanner at a door reads is shown there as a pass, so that what is none is recorded as that, too. */
function presentCode(
  { kernel, random }: AccessDevicesOptions,
  wires: DoorWires,
  { deviceId, text }: { readonly deviceId: DeviceId; readonly text: string },
): void {
  const doorId = wires.byReader.get(deviceId)
  if (!doorId) return
  const input = { deviceId, doorId, presentation: text }
  const key = randomCode(random, 20)
  void kernel.submit({ kind: 'presentPass', caller: `device:${deviceId}`, key, input })
}

function requestExit({ kernel, random }: AccessDevicesOptions, doorId: DoorId): void {
  const key = randomCode(random, 20)
  void kernel.submit({ kind: 'requestExit', caller: 'device:exit', key, input: { doorId } })
}

function doorWires(directory: DirectoryReader): DoorWires {
  const byReader = new Map<string, DoorId>()
  const byContact = new Map<string, DoorId>()
  const byExitButton = new Map<string, DoorId>()
  for (const [key, door] of directory.all('door')) {
    const doorId = doorIdSchema.parse(key)
    byReader.set(door.readerDeviceId, doorId)
    if (door.contactDeviceId) byContact.set(door.contactDeviceId, doorId)
    if (door.exitButtonDeviceId) byExitButton.set(door.exitButtonDeviceId, doorId)
  }
  return { byReader, byContact, byExitButton }
}
