import { type ContactHistory, hearContact, settleContact } from '@gatehouse/shared/access/contact-chatter'
import {
  type DoorObservation,
  type DoorReport,
  type DoorRules,
  type DoorSession,
  type DoorTrouble,
  keepsReleased,
  type LineFault,
  observeDoor,
} from '@gatehouse/shared/access/door-session'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DeviceId, DoorId } from '@gatehouse/shared/ids/ids'
import type { DirectoryReader } from '../sync/directory.ts'

const heldOpenDefaultMs = 60_000
/** Between two warnings at a reader that a door stands open. */
const warnEveryMs = 3_000
/** A lock that is kept released is told so again this often; its pulse ends by itself when this process dies. */
const keepEveryMs = 4_000
/** Length of each of these pulses: two of them may get lost. */
export const keepPulseMs = 12_000

export interface DoorWatchOptions {
  readonly directory: DirectoryReader
  readonly clock: Clock
  /** Called when a door's reported state changes. */
  readonly onReport: (doorId: DoorId, state: DoorReport) => void
  /** Called when the line of a door's contact becomes faulty or sound again. */
  readonly onTrouble: (doorId: DoorId, trouble: DoorTrouble) => void
  /** Called every few seconds while a door stands open and an alarm is near. */
  readonly onWarn: (doorId: DoorId) => void
  /** Called when a lock is to be released for another `keepPulseMs`, and when it is to be put to rest at once. */
  readonly onLock: (doorId: DoorId, how: 'keep' | 'rest') => void
}

/** What screens are told of a door; finer than what the ledger records. */
export type DoorView =
  | 'unknown'
  | 'locked'
  | 'unlocked'
  | 'open'
  | 'held_open'
  | 'forced'
  | 'free'
  | 'trouble'

const views: Record<DoorSession['kind'], DoorView> = {
  ...{ unknown: 'unknown', locked: 'locked', unlocked: 'unlocked', open: 'open', warned: 'open' },
  ...{ held_open: 'held_open', forced: 'forced', free: 'free', free_open: 'open', trouble: 'trouble' },
}

interface WatchedDoor {
  session: DoorSession
  contact: ContactHistory | undefined
  /** The contact's board answers again, and did not say yet whether anything changed meanwhile. */
  awaitsWord: boolean
  warnedMs: number
  keptMs: number
}

/** Follows every door's contact and releases; tells opened, closed, held open, forced and troubled doors. */
export class DoorWatch {
  readonly #options: DoorWatchOptions
  readonly #doors = new Map<DoorId, WatchedDoor>()

  constructor(options: DoorWatchOptions) {
    this.#options = options
  }

  stateOf(doorId: DoorId): DoorView {
    return views[this.#doors.get(doorId)?.session.kind ?? 'unknown']
  }

  /** How long a strike is to be energised, milliseconds: of a door that is kept released, never for less than that. */
  strikePulseMs(deviceId: DeviceId, pulseMs: number): number {
    const { directory } = this.#options
    const keeps = [...this.#doors].some(
      ([doorId, { session }]) =>
        directory.get('door', doorId)?.strikeDeviceId === deviceId &&
        keepsReleased(session, this.#rulesOf(doorId)),
    )
    return keeps ? Math.max(pulseMs, keepPulseMs) : pulseMs
  }

  /** Takes what a door's contact says. */
  hearContact(doorId: DoorId, closed: boolean): void {
    const door = this.#doorOf(doorId)
    door.awaitsWord = false
    const { history, news } = hearContact(door.contact, closed, this.#nowMs())
    door.contact = history
    if (news === 'chatter') this.observe(doorId, { kind: 'line_faulty', fault: 'chatter' })
    else if (news) this.observe(doorId, { kind: news })
  }

  /** Takes that the line of a contact, or its whole board, says nothing to be believed. */
  loseContact(doorId: DoorId, fault: Exclude<LineFault, 'chatter'>): void {
    this.#doorOf(doorId).awaitsWord = false
    this.observe(doorId, { kind: 'line_faulty', fault })
  }

  /** Takes that the board of a contact answers again; inputs that did not change are not told again. */
  regainContact(doorId: DoorId): void {
    const door = this.#doorOf(doorId)
    door.awaitsWord = door.session.kind === 'trouble' && door.session.fault === 'offline'
  }

  /** Takes one observation of one door. */
  observe(doorId: DoorId, observation: DoorObservation): void {
    const { onReport, onTrouble, onLock } = this.#options
    const door = this.#doorOf(doorId)
    const rules = this.#rulesOf(doorId)
    const atMs = this.#nowMs()
    const { session, report, trouble, rest } = observeDoor(door.session, observation, { atMs, rules })
    const kept = keepsReleased(door.session, rules)
    door.session = session
    if (trouble) onTrouble(doorId, trouble)
    if (report) onReport(doorId, report)
    const keeps = keepsReleased(session, rules)
    if (rest) onLock(doorId, 'rest')
    if (keeps && (!kept || atMs - door.keptMs >= keepEveryMs)) {
      door.keptMs = atMs
      onLock(doorId, 'keep')
    }
    this.#warn(doorId, door, atMs)
  }

  /** Lets time pass at every door; called a few times a second. */
  tick(): void {
    const atMs = this.#nowMs()
    for (const [doorId, door] of this.#doors) {
      const { contact } = door
      if (door.awaitsWord && contact) this.hearContact(doorId, contact.closed)
      const settled = contact && settleContact(contact, atMs)
      if (settled?.news && settled.news !== 'chatter') {
        door.contact = settled.history
        this.observe(doorId, { kind: settled.news })
      }
      this.observe(doorId, { kind: 'ticked' })
    }
  }

  #warn(doorId: DoorId, door: WatchedDoor, atMs: number): void {
    if (door.session.kind !== 'warned' || atMs - door.warnedMs < warnEveryMs) return
    door.warnedMs = atMs
    this.#options.onWarn(doorId)
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs
  }

  #doorOf(doorId: DoorId): WatchedDoor {
    const known = this.#doors.get(doorId)
    if (known) return known
    const long = Number.NEGATIVE_INFINITY
    const session = { kind: 'unknown' } as const
    const door: WatchedDoor = { session, contact: undefined, awaitsWord: false, warnedMs: long, keptMs: long }
    this.#doors.set(doorId, door)
    return door
  }

  #rulesOf(doorId: DoorId): DoorRules {
    const { directory } = this.#options
    const door = directory.get('door', doorId)
    return {
      heldOpenMs: door?.heldOpenMs ?? directory.site()?.settings.heldOpenMs ?? heldOpenDefaultMs,
      preAlarmMs: door?.heldOpenWarnMs ?? 0,
      lock: door?.lock ?? 'fail_secure',
      relock: door?.relock ?? 'after_pulse',
    }
  }
}
