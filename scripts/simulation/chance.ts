import { randomInt, SeededRandom } from '@gatehouse/shared/random/random'

/** What one step draws: its own seed decides, whatever the steps before it were. */
export class Chance {
  readonly #random: SeededRandom

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
  }

  /** An integer in `[0, bound)`. */
  below(bound: number): number {
    return randomInt(this.#random, bound)
  }

  /** One of a list that is not empty. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0]
  }

  /** One of a list, `undefined` of an empty one. */
  pickAny<Item>(items: readonly Item[]): Item | undefined {
    return items.length === 0 ? undefined : items[this.below(items.length)]
  }

  /** True `count` times out of a hundred. */
  percent(count: number): boolean {
    return this.below(100) < count
  }

  /** A key as people's apps make them. */
  key(): string {
    return `key-${this.below(0x1_0000_0000).toString(36).padStart(8, '0')}`
  }
}
