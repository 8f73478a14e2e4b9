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

/** Wires a door. Its contact closes its circuit while the leaf is closed. */
export function createSimulatedDoor(options: {
  readonly strike: OutputTerminal
  readonly contact: InputTerminal
  readonly exitButton?: InputTerminal
  readonly timing?: Partial<DoorTiming>
  readonly time?: SimulatedTime
}): SimulatedDoor {
  const { strike, contact, exitButton, time = realTime() } = options
  const timing = { ...usualTiming, ...options.timing }
  const listeners = new Set<(state: DoorState) => void>()
  const waiting = new Set<() => void>()
  let state: DoorState = strike.on ? 'unlocked' : 'locked'
  let stopClosing: (() => void) | undefined

  const become = (next: DoorState) => {
    if (state === next) return
    state = next
    const closed = next === 'locked' || next === 'unlocked'
    if (contact.closed !== closed) contact.set(closed)
    for (const listener of listeners) listener(next)
  }
  const close = () => {
    stopClosing?.()
    become(strike.on ? 'unlocked' : 'locked')
  }
  const openFor = (next: 'open' | 'forced') => {
    stopClosing?.()
    become(next)
    stopClosing = time.after(timing.passMs, close)
  }
  const stopStrike = strike.onChange((on) => {
    if (on && state === 'locked') become('unlocked')
    if (!on && state === 'unlocked') become('locked')
    if (on) for (const wake of [...waiting]) wake()
  })
  contact.set(true)

  return {
    get state() {
      return state
    },
    onState: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    enter: (patienceMs = 10_000) =>
      new Promise((resolve) => {
        const settle = (entered: boolean) => {
          waiting.delete(wake)
          stopWaiting()
          if (entered) openFor('open')
          resolve(entered)
        }
        const wake = () => {
          waiting.delete(wake)
          time.after(timing.reactMs, () => settle(strike.on || state === 'open'))
        }
        const stopWaiting = time.after(patienceMs, () => settle(false))
        waiting.add(wake)
        if (strike.on) wake()
      }),
    leave: () => {
      exitButton?.set(true)
      time.after(timing.pressMs, () => exitButton?.set(false))
      time.after(timing.pressMs + timing.reactMs, () => openFor('open'))
    },
    force: () => openFor('forced'),
    holdOpen: () => {
      if (state !== 'open' && state !== 'unlocked') return false
      stopClosing?.()
      become('held_open')
      return true
    },
    close,
    stop: () => {
      stopStrike()
      stopClosing?.()
    },
  }
}
