import type { ManualClock } from '@gatehouse/shared/clock/clock'

interface Task {
  readonly atMs: number
  /** Breaks ties in the order of planning, so that a plan always runs the same way. */
  readonly place: number
  readonly run: () => Promise<void>
}

/** Runs tasks in the order of their times and moves the clock to each; tasks may plan further ones. */
export class Timeline {
  readonly #clock: ManualClock
  #tasks: Task[] = []
  #planned = 0

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  /** Plans a task; one for the past runs at once, with the clock as it is. */
  at(atMs: number, run: () => Promise<void>): void {
    this.#planned += 1
    const task = { atMs, place: this.#planned, run }
    // Kept sorted with the next task last; plans are made almost in order, so this seldom moves much.
    let index = this.#tasks.length
    while (index > 0 && isBefore(this.#tasks[index - 1], task)) index -= 1
    this.#tasks.splice(index, 0, task)
  }

  /** Plans many tasks at once. */
  plan(tasks: readonly { readonly atMs: number; readonly run: () => Promise<void> }[]): void {
    const added = tasks.map(({ atMs, run }) => {
      this.#planned += 1
      return { atMs, place: this.#planned, run }
    })
    this.#tasks = [...this.#tasks, ...added].sort((a, b) => b.atMs - a.atMs || b.place - a.place)
  }

  /** Runs everything planned up to and including `untilMs`, then moves the clock there. */
  async runUntil(untilMs: number): Promise<void> {
    for (
      let task = this.#tasks.at(-1);
      task !== undefined && task.atMs <= untilMs;
      task = this.#tasks.at(-1)
    ) {
      this.#tasks.pop()
      this.#moveTo(task.atMs)
      await task.run()
    }
    this.#moveTo(untilMs)
  }

  #moveTo(atMs: number): void {
    const byMs = atMs - this.#clock.now().wallMs
    if (byMs > 0) this.#clock.advance(byMs)
  }
}

function isBefore(a: Task | undefined, b: Task): boolean {
  return a !== undefined && (a.atMs < b.atMs || (a.atMs === b.atMs && a.place < b.place))
}
