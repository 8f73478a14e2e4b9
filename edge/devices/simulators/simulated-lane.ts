import type { InputTerminal, OutputTerminal } from './simulated-board.ts'
import { realTime, type SimulatedTime } from './simulated-time.ts'

/*
 * A car:   approaching ──▶ waiting (approach loop) ──boom up──▶ passing (safety loop) ──▶ gone
 *                              └── backs out ──▶ gone
 * A boom:  down ──vend──▶ rising ──▶ up ──last car off the safety loop, or nobody came──▶ falling ──▶ down
 *
 * As on a real barrier the safety loop holds the boom up by itself, and a boom that falls rises again when the
 * loop is covered.
 */

export type BoomState = 'down' | 'rising' | 'up' | 'falling'
export type CarPosition = 'approaching' | 'waiting' | 'passing' | 'gone'

/** How long cars and booms take, milliseconds. */
export interface LaneTiming {
  readonly approachMs: number
  readonly boomMs: number
  /** From the open boom until the car's nose covers the safety loop. */
  readonly startMs: number
  /** From there until its tail leaves the approach loop. */
  readonly overlapMs: number
  /** From there until its tail leaves the safety loop. */
  readonly clearMs: number
  /** How long an open boom waits for a car that does not come. */
  readonly holdMs: number
  readonly pressMs: number
}

const usualTiming: LaneTiming = {
  approachMs: 1_000,
  boomMs: 1_200,
  startMs: 600,
  overlapMs: 500,
  clearMs: 700,
  holdMs: 15_000,
  pressMs: 250,
}

/** A car in the lane. */
export interface SimulatedCar {
  readonly position: CarPosition
  /** Resolves with how it left: through the barrier, or backwards. */
  readonly left: Promise<'passed' | 'backed_out'>
  /** Leaves the approach loop backwards; false when it already passes. */
  backOut(): boolean
}

/** A simulated lane with barrier, two loops and a ticket button, wired to a simulated board. */
export interface SimulatedLane {
  readonly boom: BoomState
  /** The car at the front, if there is one. */
  readonly front: SimulatedCar | undefined
  onChange(listener: () => void): () => void
  /** Drives a car up to the barrier. It passes as soon as it is in front and the boom is up. */
  arrive(): SimulatedCar
  /** Drives a second car up so close that it slips through behind the one in front. */
  tailgate(): SimulatedCar
  pressTicket(): void
  /** The boom does not follow its motor any more, or does again. */
  setBoomStuck(stuck: boolean): void
  /** Somebody lifts the boom, or runs into it. */
  forceBoom(): void
  /** A detector that says covered whatever stands there, or works again. */
  setLoopStuck(loop: 'approach' | 'safety', stuck: boolean): void
  stop(): void
}

interface Car extends SimulatedCar {
  position: CarPosition
  readonly follows: boolean
  readonly leave: (how: 'passed' | 'backed_out') => void
}

class Lane implements SimulatedLane {
  readonly #wires: LaneWires
  readonly #time: SimulatedTime
  readonly #timing: LaneTiming
  readonly #listeners = new Set<() => void>()
  readonly #stopVend: () => void
  #cars: Car[] = []
  #onApproach = 0
  #onSafety = 0
  readonly #stuckLoops = new Set<'approach' | 'safety'>()
  readonly #stopHold: () => void
  #stopBoom: (() => void) | undefined
  #boomStuck = false
  boom: BoomState = 'down'

  constructor(options: LaneOptions) {
    this.#wires = options
    this.#time = options.time ?? realTime()
    this.#timing = { ...usualTiming, ...options.timing }
    this.#wires.approach.set(false)
    this.#wires.safety.set(false)
    this.#showBoom()
    this.#stopVend = options.vend.onChange((on) => {
      if (on) this.#raise()
    })
    this.#stopHold = options.hold?.onChange((on) => (on ? this.#raise() : this.#lower())) ?? (() => {})
  }

  get front(): SimulatedCar | undefined {
    return this.#cars[0]
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  arrive(): SimulatedCar {
    return this.#drive(false)
  }

  tailgate(): SimulatedCar {
    return this.#drive(true)
  }

  pressTicket(): void {
    this.#wires.ticketButton?.set(true)
    this.#time.after(this.#timing.pressMs, () => this.#wires.ticketButton?.set(false))
  }

  setBoomStuck(stuck: boolean): void {
    this.#boomStuck = stuck
  }

  forceBoom(): void {
    this.#stopBoom?.()
    this.#setBoom('up')
    this.#advance()
  }

  setLoopStuck(loop: 'approach' | 'safety', stuck: boolean): void {
    if (stuck) this.#stuckLoops.add(loop)
    else this.#stuckLoops.delete(loop)
    this.#sense(loop)
    if (!stuck && loop === 'safety' && this.boom === 'up') this.#lower()
  }

  stop(): void {
    this.#stopVend()
    this.#stopHold()
    this.#stopBoom?.()
  }

  #drive(follows: boolean): SimulatedCar {
    let leave: Car['leave'] = () => {}
    const left = new Promise<'passed' | 'backed_out'>((resolve) => {
      leave = resolve
    })
    const car: Car = { position: 'approaching', follows, left, leave, backOut: () => this.#backOut(car) }
    this.#cars.push(car)
    this.#time.after(this.#timing.approachMs, () => {
      if (car.position !== 'approaching') return
      car.position = 'waiting'
      this.#cover('approach', 1)
      this.#advance()
    })
    this.#changed()
    return car
  }

  #backOut(car: Car): boolean {
    if (car.position !== 'approaching' && car.position !== 'waiting') return false
    if (car.position === 'waiting') this.#cover('approach', -1)
    this.#remove(car, 'backed_out')
    return true
  }

  #remove(car: Car, how: 'passed' | 'backed_out'): void {
    car.position = 'gone'
    this.#cars = this.#cars.filter((other) => other !== car)
    car.leave(how)
    this.#changed()
    this.#advance()
  }

  /** Lets the front car go when the boom is up, and whoever follows it closely. */
  #advance(): void {
    if (this.boom !== 'up') return
    for (const [index, car] of this.#cars.entries()) {
      if (car.position !== 'waiting') continue
      const ahead = this.#cars[index - 1]
      if (!ahead || (car.follows && ahead.position === 'passing')) this.#pass(car)
    }
  }

  #pass(car: Car): void {
    const { startMs, overlapMs, clearMs } = this.#timing
    car.position = 'passing'
    this.#changed()
    this.#stopBoom?.()
    this.#time.after(startMs, () => {
      this.#cover('safety', 1)
      this.#advance()
      this.#time.after(overlapMs, () => this.#cover('approach', -1))
      this.#time.after(overlapMs + clearMs, () => {
        this.#cover('safety', -1)
        const followed = this.#cars.some((other) => other !== car && other.position === 'passing')
        // The boom starts to fall before the next car can start: one vend lets one honest car through.
        if (!followed) this.#lower()
        this.#remove(car, 'passed')
      })
    })
  }

  #raise(): void {
    if (this.#boomStuck || this.boom === 'up' || this.boom === 'rising') return
    this.#stopBoom?.()
    this.#setBoom('rising')
    this.#stopBoom = this.#time.after(this.#timing.boomMs, () => {
      this.#setBoom('up')
      this.#stopBoom = this.#time.after(this.#timing.holdMs, () => this.#lower())
      this.#advance()
    })
  }

  #lower(): void {
    const isKeptUp = this.#onSafety > 0 || this.#stuckLoops.has('safety') || this.#wires.hold?.on === true
    if (isKeptUp || this.#boomStuck) return
    this.#stopBoom?.()
    this.#setBoom('falling')
    this.#stopBoom = this.#time.after(this.#timing.boomMs, () => {
      this.#setBoom('down')
    })
  }

  #cover(loop: 'approach' | 'safety', by: 1 | -1): void {
    if (loop === 'approach') {
      this.#onApproach += by
      this.#sense('approach')
    } else {
      this.#onSafety += by
      this.#sense('safety')
      if (this.#onSafety > 0 && this.boom === 'falling') this.#raise()
    }
    this.#changed()
  }

  #sense(loop: 'approach' | 'safety'): void {
    const vehicles = loop === 'approach' ? this.#onApproach : this.#onSafety
    this.#wires[loop].set(vehicles > 0 || this.#stuckLoops.has(loop))
  }

  #setBoom(boom: BoomState): void {
    this.boom = boom
    this.#showBoom()
    this.#changed()
  }

  #showBoom(): void {
    this.#wires.boomOpen?.set(this.boom === 'up')
    this.#wires.boomClosed?.set(this.boom === 'down')
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

interface LaneWires {
  readonly vend: OutputTerminal
  readonly approach: InputTerminal
  readonly safety: InputTerminal
  readonly ticketButton?: InputTerminal
  /** Contacts of the barrier, closed while the boom is fully open or fully closed. */
  readonly boomOpen?: InputTerminal
  readonly boomClosed?: InputTerminal
  /** The input of the barrier that keeps its boom up. */
  readonly hold?: OutputTerminal
}

export interface LaneOptions extends LaneWires {
  readonly timing?: Partial<LaneTiming>
  readonly time?: SimulatedTime
}

/** Wires a lane. Loops close their circuit while covered. */
export function createSimulatedLane(options: LaneOptions): SimulatedLane {
  return new Lane(options)
}
