import type { InputTerminal, OutputTerminal } from '@gatehouse/edge/devices/simulators/simulated-board'

/**
 * A lane as a driver and a barrier know it: loops, boom and the car that stands there.
 *
 *   car:   gone ─drive─▶ approaching ─▶ waiting ─boom up─▶ passing ─▶ gone
 *   boom:  down ─vend pulse─▶ moving ─▶ up ─safety loop clear─▶ moving ─▶ down
 *
 * The boom is the barrier's own controller: it lifts on the pulse and lowers once the car has cleared the safety loop.
 */
export type CarPosition = 'approaching' | 'waiting' | 'passing' | 'gone'
export type Boom = 'down' | 'moving' | 'up'

export interface LaneWires {
  readonly vend: OutputTerminal
  readonly approach: InputTerminal
  readonly safety: InputTerminal
  /** Absent at exits. */
  readonly button: InputTerminal | undefined
}

export interface Car {
  readonly plate: string
  readonly vehicleClass: string
}

export interface LaneSimulationOptions {
  readonly wires: LaneWires
  /** Posts the picture to the edge as the camera of this lane does. */
  readonly readPlate: (car: Car) => Promise<void>
  /** At an exit: the driver holds the ticket to the scanner. */
  readonly showTicket: (car: Car) => void
  readonly onChange: () => void
}

/** How a drive ended: through the lane, or turned away because the boom stayed down. */
export type DriveOutcome = 'passed' | 'turned_away'

const rollUpMs = 350
const boomMs = 700
const driveMs = 900
const buttonMs = 250
/** A driver whose lane does not open backs out after this long. */
const patienceMaxMs = 25_000

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Plays one lane over its wires; one car at a time, the next waits behind it. */
export class LaneSimulation {
  readonly #options: LaneSimulationOptions
  #boom: Boom = 'down'
  #car: (Car & { position: CarPosition }) | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #opened: (() => void) | undefined

  constructor(options: LaneSimulationOptions) {
    this.#options = options
    options.wires.vend.onChange((on) => {
      if (on) void this.#lift()
    })
  }

  get boom(): Boom {
    return this.#boom
  }

  get car(): (Car & { readonly position: CarPosition }) | undefined {
    return this.#car
  }

  /** Drives a car up, lets it be read (or press the ticket button) and through when the boom lifts. */
  drive(car: Car, by: 'camera' | 'ticket'): Promise<DriveOutcome> {
    const turn = this.#queue.then(() => this.#driveNow(car, by))
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async #driveNow(car: Car, by: 'camera' | 'ticket'): Promise<DriveOutcome> {
    const { wires, readPlate, showTicket } = this.#options
    this.#place(car, 'approaching')
    await wait(rollUpMs)
    const opened = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMaxMs)
      this.#opened = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
    wires.approach.set(true)
    this.#place(car, 'waiting')
    await wait(rollUpMs)
    if (by === 'camera') await readPlate(car).catch(() => undefined)
    else if (wires.button) await press(wires.button)
    else showTicket(car)
    const isOpen = await opened
    this.#opened = undefined
    if (isOpen) await this.#pass(car)
    wires.approach.set(false)
    this.#car = undefined
    this.#options.onChange()
    return isOpen ? 'passed' : 'turned_away'
  }

  async #pass(car: Car): Promise<void> {
    const { approach, safety } = this.#options.wires
    this.#place(car, 'passing')
    safety.set(true)
    await wait(driveMs / 2)
    approach.set(false)
    await wait(driveMs / 2)
    safety.set(false)
    this.#place(car, 'gone')
    await this.#move('down')
  }

  async #lift(): Promise<void> {
    if (this.#boom !== 'up') await this.#move('up')
    this.#opened?.()
  }

  async #move(to: 'up' | 'down'): Promise<void> {
    this.#boom = 'moving'
    this.#options.onChange()
    await wait(boomMs)
    this.#boom = to
    this.#options.onChange()
  }

  #place(car: Car, position: CarPosition): void {
    this.#car = { ...car, position }
    this.#options.onChange()
  }
}

async function press(button: InputTerminal): Promise<void> {
  button.set(true)
  await wait(buttonMs)
  button.set(false)
}
