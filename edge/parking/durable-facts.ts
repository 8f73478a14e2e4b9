import type { Outcome } from '../ledger/receipts.ts'

/** A command that says what happened and must not be lost while the store cannot take it. */
export interface FactSubmission {
  readonly kind: string
  readonly caller: string
  readonly key: string
  readonly input: unknown
}

/** Facts that wait at most; the oldest are dropped and counted beyond. */
const waitingMax = 1_000

/** Refusals that pass: the store is full, locked or busy. */
const passing = new Set(['store_full', 'store_unavailable', 'busy', 'internal'])

/** Tells whether a refusal says that the store cannot answer now, and not that the answer is no. */
export function isStoreTrouble(outcome: Outcome): boolean {
  return !outcome.ok && passing.has(outcome.refusal.code)
}

/** Submits facts one after another in their order, and keeps them while the store refuses. */
export class DurableFacts {
  readonly #submit: (fact: FactSubmission) => Promise<Outcome>
  readonly #waiting: FactSubmission[] = []
  #draining: Promise<void> | undefined
  dropped = 0

  constructor(submit: (fact: FactSubmission) => Promise<Outcome>) {
    this.#submit = submit
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Adds a fact and submits what waits. */
  push(fact: FactSubmission): void {
    if (this.#waiting.length >= waitingMax) {
      this.#waiting.shift()
      this.dropped += 1
    }
    this.#waiting.push(fact)
    this.retry()
  }

  /** Submits what waits, until the store refuses again. */
  retry(): void {
    if (this.#waiting.length === 0) return
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined
    })
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#draining
  }

  async #drain(): Promise<void> {
    for (;;) {
      const [first] = this.#waiting
      if (first === undefined) return
      const outcome = await this.#submit(first)
      if (isStoreTrouble(outcome)) return
      this.#waiting.shift()
    }
  }
}
