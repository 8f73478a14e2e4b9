import type { InputTerminal, OutputTerminal } from './simulated-board.ts'
import { realTime, type SimulatedTime } from './simulated-time.ts'

/*
 *   locked ──strike on──▶ unlocked ──strike off──▶ locked
 *      │ force               │ somebody opens
 *      ▼                     ▼
 *   forced ───close───▶   open ──holdOpen──▶ held_open ──close──▶ locked (or unlocked)
 */

export type DoorState = 'locked' | 'unlocked' | 'open' | 'held_open' | 'forced'

/** How long people and leaves take, milliseconds. */
export interface DoorTiming {
  /** From the click of the strike until somebody who waits pulls the leaf. */
  readonly reactMs: number
  /** How long the leaf stays open when somebody walks through. */
  readonly passMs: number
  /** How long the exit button is held. */
  readonly pressMs: number
}

const usualTiming: DoorTiming = { reactMs: 700, passMs: 2_000, pressMs: 250 }

/** A simulated door: leaf, strike, contact and exit button, wired to a simulated board. */
export interface SimulatedDoor {
  readonly state: DoorState
  onState(listener: (state: DoorState) => void): () => void
  /** Somebody walks up and goes through as soon as the strike lets go, within `patienceMs`; false when it did not. */
  enter(patienceMs?: number): Promise<boolean>
  /** Somebody inside presses the exit button and goes out. The button releases the lock by its own contact. */
  leave(): void
  /** Breaks the lock: the leaf opens without a release, and closes after the usual time or by `close`. */
  force(): void
  /** Wedges the leaf until `close`. Only an open or released door can be wedged; false otherwise. */
  holdOpen(): boolean
  close(): void
  stop(): void
}

export interface DoorOptions {
  readonly strike: OutputTerminal
  readonly contact: InputTerminal
  readonly exitButton?: InputTerminal
  readonly timing?: Partial<DoorTiming>
  readonly time?: SimulatedTime
}

class Door implements SimulatedDoor {
  readonly #wires: DoorOptions
  readonly #time: SimulatedTime
  readonly #timing: DoorTiming
  readonly #listeners = new Set<(state: DoorState) => void>()
  readonly #waiting = new Set<() => void>()
  readonly #stopStrike: () => void
  #stopClosing: (() => void) | undefined
  state: DoorState

  constructor(options: DoorOptions) {
    this.#wires = options
    this.#time = options.time ?? realTime()
    this.#timing = { ...usualTiming, ...options.timing }
    this.state = options.strike.on ? 'unlocked' : 'locked'
    this.#stopStrike = options.strike.onChange((on) => {
      if (on && this.state === 'locked') this.#become('unlocked')
      if (!on && this.state === 'unlocked') this.#become('locked')
      if (on) for (const wake of [...this.#waiting]) wake()
    })
    options.contact.set(true)
  }

  onState(listener: (state: DoorState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  enter(patienceMs = 10_000): Promise<boolean> {
    const { strike } = this.#wires
    return new Promise((resolve) => {
      const settle = (entered: boolean) => {
        this.#waiting.delete(wake)
        stopWaiting()
        if (entered) this.#openFor('open')
        resolve(entered)
      }
      const wake = () => {
        this.#waiting.delete(wake)
        this.#time.after(this.#timing.reactMs, () => settle(strike.on || this.state === 'open'))
      }
      const stopWaiting = this.#time.after(patienceMs, () => settle(false))
      this.#waiting.add(wake)
      if (strike.on) wake()
    })
  }

  leave(): void {
    const { pressMs, reactMs } = this.#timing
    this.#wires.exitButton?.set(true)
    this.#time.after(pressMs, () => this.#wires.exitButton?.set(false))
    this.#time.after(pressMs + reactMs, () => this.#openFor('open'))
  }

  force(): void {
    this.#openFor('forced')
  }

  holdOpen(): boolean {
    if (this.state !== 'open' && this.state !== 'unlocked') return false
    this.#stopClosing?.()
    this.#become('held_open')
    return true
  }

  close(): void {
    this.#stopClosing?.()
    this.#become(this.#wires.strike.on ? 'unlocked' : 'locked')
  }

  stop(): void {
    this.#stopStrike()
    this.#stopClosing?.()
  }

  #openFor(next: 'open' | 'forced'): void {
    this.#stopClosing?.()
    this.#become(next)
    this.#stopClosing = this.#time.after(this.#timing.passMs, () => this.close())
  }

  #become(next: DoorState): void {
    if (this.state === next) return
    this.state = next
    const closed = next === 'locked' || next === 'unlocked'
    if (this.#wires.contact.closed !== closed) this.#wires.contact.set(closed)
    for (const listener of this.#listeners) listener(next)
  }
}

/** Wires a door. Its contact closes its circuit while the leaf is closed. */
export function createSimulatedDoor(options: DoorOptions): SimulatedDoor {
  return new Door(options)
}
