import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DeviceId, DoorId } from '@gatehouse/shared/ids/ids'
import { doorIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import type { Random } from '@gatehouse/shared/random/random'
import { z } from 'zod'
import type { DeviceEvent } from '../devices/hub.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { DoorWatch } from './door-watch.ts'
import { ReaderAlarms } from './reader-alarms.ts'

export interface AccessDevicesOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly doors: DoorWatch
  readonly random: Random
  readonly clock: Clock
  /** Keys the digests of cards and PINs. */
  readonly siteKey: string
  /** A card or PIN at a reader that belongs to a kiosk, not to a door. */
  readonly onKioskCredential: (deviceId: DeviceId, kind: 'card' | 'pin', digest: string) => void
  /** What came of a card, PIN or pass at the reader of a door. */
  readonly onAnswer: (deviceId: DeviceId, signal: 'granted' | 'refused') => void
}

const answerSchema = z.object({ granted: z.boolean() })

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
  const alarms = new ReaderAlarms(options.clock)
  return (event) => {
    if (event.kind === 'tamper' && event.active) alarm(options, alarms, event.deviceId, { alarm: 'tampered' })
    if (event.kind === 'tamper' && !event.active) alarms.closed(event.deviceId)
    if (event.kind === 'status' && event.online) alarms.trusted(event.deviceId)
    if (event.kind === 'untrusted') {
      alarm(options, alarms, event.deviceId, { alarm: 'untrusted', reason: event.reason })
    }
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
  options: AccessDevicesOptions,
  input: { doorId: DoorId; deviceId: DeviceId; kind: 'card' | 'pin'; digest: string },
): void {
  const caller = `device:${input.deviceId}`
  const key = randomCode(options.random, 20)
  void answer(options, input.deviceId, { kind: 'presentCredential', caller, key, input })
}

/** Submits what was shown at a reader, and tells the reader what came of it. */
async function answer(
  { kernel, onAnswer }: AccessDevicesOptions,
  deviceId: DeviceId,
  submission: Parameters<Kernel['submit']>[0],
): Promise<void> {
  const outcome = await kernel.submit(submission)
  const said = answerSchema.safeParse(outcome.ok ? outcome.value : undefined)
  onAnswer(deviceId, said.success && said.data.granted ? 'granted' : 'refused')
}

function alarm(
  { kernel, random }: AccessDevicesOptions,
  alarms: ReaderAlarms,
  deviceId: DeviceId,
  what: { readonly alarm: 'tampered' } | { readonly alarm: 'untrusted'; readonly reason: string },
): void {
  if (!alarms.isNews(deviceId, what.alarm === 'untrusted' ? what.reason : what.alarm)) return
  const input = { deviceId, ...what }
  void kernel.submit({
    kind: 'reportReader',
    caller: `device:${deviceId}`,
    key: randomCode(random, 20),
    input,
  })
}

/** Whatever a scanner at a door reads is shown there as a pass, so that what is none is recorded as that, too. */
function presentCode(
  options: AccessDevicesOptions,
  wires: DoorWires,
  { deviceId, text }: { readonly deviceId: DeviceId; readonly text: string },
): void {
  const doorId = wires.byReader.get(deviceId)
  if (!doorId) return
  const input = { deviceId, doorId, presentation: text }
  const key = randomCode(options.random, 20)
  void answer(options, deviceId, { kind: 'presentPass', caller: `device:${deviceId}`, key, input })
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
