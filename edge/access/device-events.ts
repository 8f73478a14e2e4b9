import { doorPinPolicy, pinWithinMs } from '@gatehouse/shared/access/pin-at-door'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DeviceId, DoorId } from '@gatehouse/shared/ids/ids'
import { doorIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import type { Random } from '@gatehouse/shared/random/random'
import { z } from 'zod'
import type { DeviceEvent } from '../devices/hub.ts'
import type { ReaderSignal } from '../devices/ports/indicator.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { type AwaitingCard, CardsAwaitingPin } from './cards-awaiting-pin.ts'
import type { DoorWatch } from './door-watch.ts'
import { type DoorWires, doorWires } from './door-wires.ts'
import { FireContacts } from './fire-contacts.ts'
import { ReaderAlarms, type TroubleOfReader } from './reader-alarms.ts'

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
  readonly onAnswer: (deviceId: DeviceId, signal: ReaderSignal) => void
}

const answerSchema = z.object({ granted: z.boolean(), reason: z.string().optional() })

// Entries whose effect energises a strike.
const releases: ReadonlySet<string> = new Set([
  'access.granted',
  'access.exit_requested',
  'door.unlocked',
  'device.tested',
])

/**
 * Turns what readers, contacts and exit buttons report into commands, and tells the doors' watch of every release that
 * was recorded, whoever asked for it. Returns the listener for the device hub, and what gives up cards whose PIN did not
 * come; call it a few times a second.
 */
export function accessDeviceEvents(options: AccessDevicesOptions): {
  readonly handle: (event: DeviceEvent) => void
  readonly tick: () => void
} {
  const { kernel, directory, doors } = options
  kernel.onCommitted((entries) => {
    for (const { entry } of entries) {
      // Of a device that was tried by hand, only a door's strike names a door.
      if (!releases.has(entry.type) || entry.body.doorId === undefined) continue
      const doorId = doorIdSchema.parse(entry.body.doorId)
      doors.observe(doorId, { kind: 'released', pulseMs: directory.get('door', doorId)?.pulseMs ?? 0 })
    }
  })
  let wires = doorWires(directory)
  directory.onChange((changes) => {
    if (changes.some(({ kind }) => kind === 'door')) wires = doorWires(directory)
  })
  const alarms = new ReaderAlarms(options.clock)
  const awaiting = new CardsAwaitingPin()
  const presses = new ButtonPresses(options.clock)
  const fires = new FireContacts(options)
  const tick = () => {
    giveUpWaiting(options, awaiting)
    fires.tick()
    for (const ended of alarms.takeEnded()) endTrouble(options, ended)
  }
  const handle = (event: DeviceEvent) => {
    if (event.kind === 'tamper') {
      if (event.active) alarm(options, alarms, event.deviceId, { alarm: 'tampered' })
      else over(options, alarms, { deviceId: event.deviceId, trouble: 'tampered' })
    }
    if (event.kind === 'power') {
      if (event.failed) alarm(options, alarms, event.deviceId, { alarm: 'power_failed' })
      else over(options, alarms, { deviceId: event.deviceId, trouble: 'power_failed' })
    }
    // Whatever is online without a word of distrust is trusted; only readers were ever distrusted.
    if (event.kind === 'status' && event.online && (isReader(wires, event) || alarms.knows(event.deviceId))) {
      over(options, alarms, { deviceId: event.deviceId, trouble: 'untrusted' })
    }
    if (event.kind === 'untrusted') {
      alarm(options, alarms, event.deviceId, { alarm: 'untrusted', reason: event.reason })
    }
    if (event.kind === 'card') present(options, { wires, awaiting }, event.deviceId, 'card', event.number)
    if (event.kind === 'pin') present(options, { wires, awaiting }, event.deviceId, 'pin', event.digits)
    if (event.kind === 'code') presentCode(options, wires, event)
    if (event.kind === 'contact') {
      const doorId = wires.byContact.get(event.deviceId)
      if (doorId) doors.hearContact(doorId, event.closed)
    }
    if (event.kind === 'line') {
      const doorId = wires.byContact.get(event.deviceId)
      if (doorId) doors.loseContact(doorId, event.fault)
    }
    if (event.kind === 'status') {
      const doorId = wires.byContact.get(event.deviceId)
      if (doorId && event.online) doors.regainContact(doorId)
      if (doorId && !event.online) doors.loseContact(doorId, 'offline')
    }
    if (event.kind === 'fire') fires.hear(event.deviceId, event.active)
    if (event.kind === 'button') {
      const doorId = wires.byExitButton.get(event.deviceId)
      if (doorId && presses.isNews(doorId)) requestExit(options, doorId)
    }
  }
  return { handle, tick }
}

/** Buttons bounce; a press within the pulse of the one before changes nothing for whoever presses. */
const bounceMs = 150

/** Tells a press of an exit button from its bouncing. */
class ButtonPresses {
  readonly #clock: Clock
  readonly #pressedMs = new Map<DoorId, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  isNews(doorId: DoorId): boolean {
    const nowMs = this.#clock.now().monotonicMs
    const before = this.#pressedMs.get(doorId)
    if (before !== undefined && nowMs - before < bounceMs) return false
    this.#pressedMs.set(doorId, nowMs)
    return true
  }
}

function present(
  options: AccessDevicesOptions,
  { wires, awaiting }: { readonly wires: DoorWires; readonly awaiting: CardsAwaitingPin },
  deviceId: DeviceId,
  kind: 'card' | 'pin',
  secret: string,
): void {
  const digest = credentialDigest(options.siteKey, kind, secret)
  const exitDoorId = wires.byExitReader.get(deviceId)
  if (exitDoorId) {
    requestExit(options, exitDoorId, { kind, deviceId, digest })
    return
  }
  const doorId = wires.byReader.get(deviceId)
  if (!doorId) {
    options.onKioskCredential(deviceId, kind, digest)
    return
  }
  const nowMs = options.clock.now().monotonicMs
  const before = awaiting.take(deviceId, nowMs)
  if (kind === 'pin') {
    const shown = before ? { ...cardInput(before), pinDigest: digest } : { doorId, deviceId, kind, digest }
    void presentAtDoor(options, shown)
    return
  }
  const door = options.directory.get('door', doorId)
  if (!door || doorPinPolicy(door) !== 'with_card') {
    void presentAtDoor(options, { doorId, deviceId, kind, digest })
    return
  }
  // Held before the answer is there: the PIN may come in the same breath.
  const card: AwaitingCard = { doorId, deviceId, digest, untilMs: nowMs + pinWithinMs(door) }
  awaiting.hold(card)
  void presentAtDoor(options, cardInput(card)).then((signal) => {
    if (signal !== 'pin_wanted') awaiting.release(card)
  })
}

/** Cards whose PIN did not come in time are refused as such. */
function giveUpWaiting(options: AccessDevicesOptions, awaiting: CardsAwaitingPin): void {
  for (const card of awaiting.takeOverdue(options.clock.now().monotonicMs)) {
    void presentAtDoor(options, { ...cardInput(card), pinTimeIsOver: true })
  }
}

function cardInput({ doorId, deviceId, digest }: AwaitingCard): ShownAtDoor {
  return { doorId, deviceId, kind: 'card', digest }
}

interface ShownAtDoor {
  readonly doorId: DoorId
  readonly deviceId: DeviceId
  readonly kind: 'card' | 'pin'
  readonly digest: string
  readonly pinDigest?: string
  readonly pinTimeIsOver?: boolean
}

function presentAtDoor(options: AccessDevicesOptions, input: ShownAtDoor): Promise<ReaderSignal> {
  const caller = `device:${input.deviceId}`
  const key = randomCode(options.random, 20)
  return answer(options, input.deviceId, { kind: 'presentCredential', caller, key, input })
}

/** Submits what was shown at a reader, and tells the reader what came of it. */
async function answer(
  { kernel, onAnswer }: AccessDevicesOptions,
  deviceId: DeviceId,
  submission: Parameters<Kernel['submit']>[0],
): Promise<ReaderSignal> {
  const outcome = await kernel.submit(submission)
  const said = answerSchema.safeParse(outcome.ok ? outcome.value : undefined)
  const signal = said.success ? signalOf(said.data) : 'refused'
  onAnswer(deviceId, signal)
  return signal
}

function signalOf({ granted, reason }: z.infer<typeof answerSchema>): ReaderSignal {
  if (granted) return 'granted'
  return reason === 'pin_wanted' || reason === 'second_member_wanted' ? reason : 'refused'
}

function alarm(
  { kernel, random }: AccessDevicesOptions,
  alarms: ReaderAlarms,
  deviceId: DeviceId,
  what:
    | { readonly alarm: 'tampered' | 'power_failed' }
    | { readonly alarm: 'untrusted'; readonly reason: string },
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

function isReader(
  { byReader, byExitReader }: DoorWires,
  { deviceId }: { readonly deviceId: DeviceId },
): boolean {
  return byReader.has(deviceId) || byExitReader.has(deviceId)
}

function over(options: AccessDevicesOptions, alarms: ReaderAlarms, ended: TroubleOfReader): void {
  if (alarms.over(ended)) endTrouble(options, ended)
}

/** Tells the end of a trouble; the ledger knows whether it ever began. */
function endTrouble({ kernel, random }: AccessDevicesOptions, input: TroubleOfReader): void {
  const caller = `device:${input.deviceId}`
  void kernel.submit({ kind: 'endReaderTrouble', caller, key: randomCode(random, 20), input })
}

/** Whatever a scanner at a door reads is shown there as a pass, so that what is none is recorded as that, too. */
function presentCode(
  options: AccessDevicesOptions,
  wires: DoorWires,
  { deviceId, text }: { readonly deviceId: DeviceId; readonly text: string },
): void {
  const exitDoorId = wires.byExitReader.get(deviceId)
  if (exitDoorId) requestExit(options, exitDoorId, { kind: 'pass', deviceId, presentation: text })
  const doorId = wires.byReader.get(deviceId)
  if (!doorId) return
  const input = { deviceId, doorId, presentation: text }
  const key = randomCode(options.random, 20)
  void answer(options, deviceId, { kind: 'presentPass', caller: `device:${deviceId}`, key, input })
}

type ShownInside =
  | { readonly kind: 'card' | 'pin'; readonly deviceId: DeviceId; readonly digest: string }
  | { readonly kind: 'pass'; readonly deviceId: DeviceId; readonly presentation: string }

function requestExit(options: AccessDevicesOptions, doorId: DoorId, shown?: ShownInside): void {
  const submission = {
    kind: 'requestExit',
    caller: shown ? `device:${shown.deviceId}` : 'device:exit',
    key: randomCode(options.random, 20),
    input: { doorId, ...(shown && { shown }) },
  }
  if (shown) void answer(options, shown.deviceId, submission)
  else void options.kernel.submit(submission)
}
