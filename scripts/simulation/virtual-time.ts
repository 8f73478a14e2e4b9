import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'

/** Who asked for a timer: a life of a site, or of the cloud. */
export type Owner = string

interface VirtualTimer {
  readonly id: number
  readonly owner: Owner
  readonly everyMs: number | undefined
  readonly run: () => void
  dueMs: number
}

/** What the code gets from `setTimeout`; it offers what Node's own handles offer. */
class TimerHandle {
  readonly id: number
  constructor(id: number) {
    this.id = id
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  hasRef(): boolean {
    return true
  }
  [Symbol.toPrimitive](): number {
    return this.id
  }
}

const timersMax = 10_000

/**
 * The time of the simulated world. Timers of the code under test wait here; they fire only when the simulation
 * moves time and fires them, in the order in which they are due. A timer that repeats fires once however far time
 * has jumped, like that of a process which was not scheduled meanwhile.
 */
export class VirtualTime {
  /** True time of the world, epoch milliseconds. */
  nowMs: number
  /** Whose code runs now; it owns the timers that it makes. */
  owner: Owner = 'world'
  readonly #timers = new Map<number, VirtualTimer>()
  /** Lives that have ended for good. */
  readonly #ended = new Set<Owner>()
  #ids = 0

  constructor(nowMs: number) {
    this.nowMs = nowMs
  }

  /** Starts again at another moment, without timers. */
  reset(nowMs: number): void {
    this.nowMs = nowMs
    this.#timers.clear()
    this.#ended.clear()
    this.#ids = 0
  }

  get waiting(): number {
    return this.#timers.size
  }

  /** A life has ended for good: its timers are forgotten, and what it still asks for never comes. */
  end(owner: Owner): void {
    this.#ended.add(owner)
    this.forget(owner)
  }

  /** Forgets the timers of an owner, who may begin anew. */
  forget(owner: Owner): void {
    for (const [id, timer] of this.#timers) if (timer.owner === owner) this.#timers.delete(id)
  }

  /** Moves time forward and tells which timers are due, the earliest first. */
  advance(byMs: number): readonly number[] {
    this.nowMs += byMs
    return [...this.#timers.values()]
      .filter(({ dueMs }) => dueMs <= this.nowMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.id - b.id)
      .map(({ id }) => id)
  }

  /** When the next timer is due, epoch milliseconds. */
  nextDueMs(): number | undefined {
    let next: number | undefined
    for (const { dueMs } of this.#timers.values()) next = next === undefined ? dueMs : Math.min(next, dueMs)
    return next
  }

  /** Fires one timer, on behalf of its owner; nothing happens when it was cleared meanwhile. */
  fire(id: number): void {
    const timer = this.#timers.get(id)
    if (!timer) return
    if (timer.everyMs === undefined) this.#timers.delete(id)
    else timer.dueMs = this.nowMs + timer.everyMs
    this.owner = timer.owner
    timer.run()
  }

  /** Puts this time in the place of the machine's for the whole process. */
  install(): void {
    const start = (
      run: (...args: unknown[]) => void,
      ms: number | undefined,
      repeats: boolean,
      args: unknown[],
    ) => new TimerHandle(this.#add(() => run(...args), Math.max(1, ms ?? 1), repeats))
    const stop = (handle: unknown) => {
      if (handle instanceof TimerHandle) this.#timers.delete(handle.id)
    }
    const promised = (ms?: number, value?: unknown, options?: { signal?: AbortSignal }) =>
      this.#pause(ms ?? 1, value, options?.signal)
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms?: number, ...args: unknown[]) => start(run, ms, false, args),
      setInterval: (run: () => void, ms?: number, ...args: unknown[]) => start(run, ms, true, args),
      clearTimeout: stop,
      clearInterval: stop,
    })
    Object.assign(timersPromises, { setTimeout: promised })
    syncBuiltinESMExports()
    Date.now = () => this.nowMs
    AbortSignal.timeout = (ms: number) => {
      const controller = new AbortController()
      this.#add(() => controller.abort(new DOMException('timed out', 'TimeoutError')), ms, false)
      return controller.signal
    }
  }

  #add(run: () => void, ms: number, repeats: boolean): number {
    if (this.#timers.size >= timersMax) throw new RangeError('the code under test leaves timers behind')
    this.#ids += 1
    const timer = {
      id: this.#ids,
      owner: this.owner,
      everyMs: repeats ? ms : undefined,
      run,
      dueMs: this.nowMs + ms,
    }
    if (!this.#ended.has(this.owner)) this.#timers.set(timer.id, timer)
    return timer.id
  }

  #pause(ms: number, value: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        this.#timers.delete(id)
        reject(signal?.reason)
      }
      const end = () => {
        signal?.removeEventListener('abort', stop)
        resolve(value)
      }
      const id = this.#add(end, Math.max(1, ms), false)
      signal?.addEventListener('abort', stop)
    })
  }
}
