import type { Priority } from './command.ts'

/** How many commands may wait per priority; more are refused as `busy` instead of growing without bound. */
const waitingMax: Record<Priority, number> = { 0: 1_000, 1: 2_000, 2: 4_000, 3: 2_000 }

/** Behind so many batches with more urgent items, the oldest of a priority leaves first, once: a flood starves nobody. */
const passedOverMax = 8

/** Whether people at a screen must not delay commands of this priority: life safety, doors and gates. */
export function isUrgent(priority: Priority): boolean {
  return priority <= 1
}

/**
 * A bounded queue per priority. Items leave in priority order, and in order of arrival within one; what was passed over
 * again and again leaves first, one item at a time.
 */
export class CommandQueue<Item> {
  readonly #lanes: Record<Priority, Item[]> = { 0: [], 1: [], 2: [], 3: [] }

  readonly #passedOver: Record<Priority, number> = { 0: 0, 1: 0, 2: 0, 3: 0 }

  /** Adds an item; `false` when its priority is full. */
  push(priority: Priority, item: Item): boolean {
    const lane = this.#lanes[priority]
    if (lane.length >= waitingMax[priority]) return false
    lane.push(item)
    return true
  }

  /** Removes and returns up to `countMax` items, the most urgent first. */
  take(countMax: number): Item[] {
    const taken = this.#takePassedOver()
    for (const priority of [0, 1, 2, 3] as const) {
      if (taken.length >= countMax) break
      taken.push(...this.#lanes[priority].splice(0, countMax - taken.length))
    }
    return taken
  }

  #takePassedOver(): Item[] {
    let longest: Priority = 0
    let hasMoreUrgent = false
    for (const priority of [0, 1, 2, 3] as const) {
      const waits = this.#lanes[priority].length > 0
      this.#passedOver[priority] = waits && hasMoreUrgent ? this.#passedOver[priority] + 1 : 0
      if (this.#passedOver[priority] > this.#passedOver[longest]) longest = priority
      hasMoreUrgent ||= waits
    }
    if (this.#passedOver[longest] <= passedOverMax) return []
    this.#passedOver[longest] = 0
    return this.#lanes[longest].splice(0, 1)
  }

  /** Returns items that were taken but not run to the front of their priorities, in their order. */
  putBack(items: readonly (readonly [Priority, Item])[]): void {
    for (const [priority, item] of [...items].reverse()) this.#lanes[priority].unshift(item)
  }

  /** Whether something urgent waits. */
  get hasUrgent(): boolean {
    return this.#lanes[0].length + this.#lanes[1].length > 0
  }

  get size(): number {
    return this.#lanes[0].length + this.#lanes[1].length + this.#lanes[2].length + this.#lanes[3].length
  }
}
