/**
 * Lets so many messages through in each turn of the event loop and the others wait, in order: between two turns doors and
 * gates have theirs, however much sensors say at once. What waits is bounded by its callers, who read no further meanwhile.
 */
export class PublishTurns {
  readonly #perTurnMax: number
  readonly #waiting: (() => void)[] = []
  #through = 0
  #isScheduled = false

  constructor(perTurnMax: number) {
    this.#perTurnMax = perTurnMax
  }

  /** Calls `through` at once or in a later turn. */
  take(through: () => void): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(() => this.#turn())
    }
    if (this.#waiting.length > 0 || this.#through >= this.#perTurnMax) {
      this.#waiting.push(through)
      return
    }
    this.#through += 1
    through()
  }

  #turn(): void {
    const now = this.#waiting.splice(0, this.#perTurnMax)
    this.#through = now.length
    this.#isScheduled = now.length > 0
    if (this.#isScheduled) setImmediate(() => this.#turn())
    for (const through of now) through()
  }
}
