/** Turns without anything to do after which the process counts as quiet. */
const calmTurns = 2

const realImmediate = globalThis.setImmediate

/**
 * Knows whether code is still running: counts turns that were asked for and calls that wait for the database.
 * Everything else that code can wait for is a timer or a message, and those belong to the simulation.
 */
export class Quiet {
  #turns = 0
  #calls = 0
  #wake: (() => void) | undefined

  /** Counts the turns that code asks for with `setImmediate`. */
  install(): void {
    const counted = (run: (...args: unknown[]) => void, ...args: unknown[]) => {
      this.#turns += 1
      return realImmediate(() => {
        this.#turns -= 1
        run(...args)
      })
    }
    Object.assign(globalThis, { setImmediate: counted })
  }

  /** Counts a call to the outside until it ends. */
  async track<Value>(call: Promise<Value>): Promise<Value> {
    this.#calls += 1
    try {
      return await call
    } finally {
      this.#calls -= 1
      if (this.#calls === 0) {
        this.#wake?.()
        this.#wake = undefined
      }
    }
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    for (let calm = 0; calm < calmTurns; ) {
      if (this.#calls > 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        calm = 0
      }
      await new Promise<void>((resolve) => realImmediate(resolve))
      calm = this.#turns === 0 && this.#calls === 0 ? calm + 1 : 0
    }
  }
}
