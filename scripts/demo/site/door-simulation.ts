import type { InputTerminal, OutputTerminal } from '@gatehouse/edge/devices/simulators/simulated-board'

export interface DoorWires {
  readonly strike: OutputTerminal
  /** Closed circuit: the leaf is shut. */
  readonly contact: InputTerminal
  readonly exitButton: InputTerminal
}

const pushMs = 250
const openMs = 1_800
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A door leaf in its frame: whoever was let in pushes it open, and it falls shut behind them. */
export class DoorSimulation {
  readonly #wires: DoorWires
  /** Somebody stands at the door and pushes as soon as it gives. */
  #wanted = 0
  #held = false

  constructor(wires: DoorWires) {
    this.#wires = wires
    wires.contact.set(true)
    wires.strike.onChange((on) => {
      if (on && this.#wanted > 0) {
        this.#wanted -= 1
        void this.#walkThrough()
      }
    })
  }

  get isOpen(): boolean {
    return !this.#wires.contact.closed
  }

  get isReleased(): boolean {
    return this.#wires.strike.on
  }

  /** Somebody waits in front of the door, for as long as a person would. */
  expectSomebody(patienceMs = 3_000): void {
    this.#wanted += 1
    setTimeout(() => {
      this.#wanted = Math.max(0, this.#wanted - 1)
    }, patienceMs)
  }

  /** Presses the exit button from inside and walks out. */
  async pressExit(): Promise<void> {
    this.expectSomebody()
    this.#wires.exitButton.set(true)
    await wait(pushMs)
    this.#wires.exitButton.set(false)
  }

  /** Opens the leaf without a release and leaves it open, as a crowbar does. */
  force(): void {
    this.#held = true
    this.#wires.contact.set(false)
  }

  /** Opens the leaf and leaves it open; without a release that is forcing it. */
  hold(): void {
    this.#held = true
    this.#wires.contact.set(false)
  }

  shut(): void {
    this.#held = false
    this.#wires.contact.set(true)
  }

  async #walkThrough(): Promise<void> {
    await wait(pushMs)
    this.#wires.contact.set(false)
    await wait(openMs)
    if (!this.#held) this.#wires.contact.set(true)
  }
}
