import type { InputView } from '@gatehouse/shared/api/device-views'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DeviceEvent } from '../devices/hub-contract.ts'

/** What was seen of one device since the edge was started. */
export interface DeviceNote {
  events: number
  /** Since when it is online or offline, epoch ms. */
  sinceMs?: number
  /** Why it is not believed, until it is online again. */
  untrusted?: string
  readonly inputs: Map<string, InputView>
}

/** Remembers what devices said of themselves; never what was read at them: no card, no digits, no plate. */
export class DeviceNotes {
  readonly #clock: Clock
  readonly #byDevice = new Map<string, DeviceNote>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of(deviceId: string): DeviceNote {
    const known = this.#byDevice.get(deviceId) ?? { events: 0, inputs: new Map() }
    this.#byDevice.set(deviceId, known)
    return known
  }

  /** Listens to the hub. */
  hear(event: DeviceEvent): void {
    const note = this.of(event.deviceId)
    if (event.kind !== 'status') note.events += 1
    if (event.kind === 'untrusted') note.untrusted = event.reason
    if (event.kind === 'status') {
      note.sinceMs = this.#clock.now().wallMs
      if (event.online) delete note.untrusted
    }
    const seen = inputOf(event)
    if (seen) this.#input(note, seen)
  }

  #input(note: DeviceNote, seen: Pick<InputView, 'input' | 'loop' | 'isActive'>): void {
    const name = `${seen.input}/${seen.loop ?? ''}`
    const before = note.inputs.get(name)
    const changed = before === undefined || before.isActive !== seen.isActive || seen.input === 'button'
    const changes = (before?.changes ?? 0) + (changed ? 1 : 0)
    note.inputs.set(name, { ...seen, atMs: this.#clock.now().wallMs, changes })
  }
}

/** What an event says of an input; what is read at a device is none. */
function inputOf(event: DeviceEvent): Pick<InputView, 'input' | 'loop' | 'isActive'> | undefined {
  switch (event.kind) {
    case 'contact':
      return { input: 'contact', isActive: event.closed }
    case 'loop':
      return { input: 'loop', loop: event.loop, isActive: event.covered }
    case 'bay':
      return { input: 'bay', isActive: event.occupied }
    case 'tamper':
      return { input: 'tamper', isActive: event.active }
    case 'button':
      return { input: 'button', isActive: true }
    default:
      return undefined
  }
}
